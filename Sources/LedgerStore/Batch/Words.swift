internal import Postgres

/// The words that the database writes for an enumeration's cases, compared as numbers: a journal has millions of them,
/// and a string for each would cost more than all the rest of its row.
struct Words<Value: CaseIterable & RawRepresentable<String> & Sendable>: Sendable {
  private let words: [(word: UInt128, value: Value)]

  init(_: Value.Type) {
    words = Value.allCases.map { value in
      let bytes = value.rawValue.utf8
      precondition(bytes.count <= Row.mostBytesOfAWord, "\(value.rawValue) is longer than a word may be")
      return (bytes.reduce(0) { $0 << 8 | UInt128($1) }, value)
    }
  }

  subscript(word: UInt128?) -> Value? { words.first { $0.word == word }?.value }
}
