internal import Postgres

/// The words of an enumeration of the database. They are read as numbers: a journal has millions of them, and a string for
/// each would cost more than all the rest of its row. They are written as ordinals: to look one up by its letters took the
/// database as long as to insert a column.
struct Words<Value: CaseIterable & Equatable & RawRepresentable<String> & Sendable>: Sendable {
  private let type: String
  private let words: [(word: UInt128, value: Value)]

  /// - Parameter type: the enumeration's name in the database.
  init(_: Value.Type, type: String) {
    self.type = type
    words = Value.allCases.map { value in
      let bytes = value.rawValue.utf8
      precondition(bytes.count <= Row.mostBytesOfAWord, "\(value.rawValue) is longer than a word may be")
      return (bytes.reduce(0) { $0 << 8 | UInt128($1) }, value)
    }
  }

  /// SQL for the word whose ordinal, counted from 1, a column holds.
  func word(_ column: String) -> String {
    "('{\(words.map(\.value.rawValue).joined(separator: ","))}'::\(type)[])[\(column)]"
  }

  func ordinal(of value: Value?) -> Int16? {
    words.firstIndex { $0.value == value }.map { Int16($0 + 1) }
  }

  subscript(word: UInt128?) -> Value? { words.first { $0.word == word }?.value }
}
