internal import CLibPQ

/// The rows that one statement answered, in PostgreSQL's binary format.
package final class Rows {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  package var count: Int { Int(PQntuples(result)) }

  /// What the server says it did: `COMMIT`, `INSERT 0 3`.
  package var tag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  package func map<Value>(_ value: (inout Row) -> Value) -> [Value] {
    (0..<count).map { index in
      var row = Row(rows: self, index: Int32(index))
      return value(&row)
    }
  }

  package func forEach(_ body: (inout Row) -> Void) {
    for index in 0..<count {
      var row = Row(rows: self, index: Int32(index))
      body(&row)
    }
  }

  package func first<Value>(_ value: (inout Row) -> Value) -> Value? {
    guard count > 0 else { return nil }
    var row = Row(rows: self, index: 0)
    return value(&row)
  }

  fileprivate func bytes(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else { return nil }
    return UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column)))
  }
}

/// One row, read column by column from the left.
package struct Row {
  fileprivate let rows: Rows
  fileprivate let index: Int32
  private var column: Int32 = 0

  fileprivate init(rows: Rows, index: Int32) {
    self.rows = rows
    self.index = index
  }

  private mutating func next() -> UnsafeRawBufferPointer? {
    defer { column += 1 }
    return rows.bytes(index, column)
  }

  /// An integer of any width, or `nil` for NULL.
  package mutating func optionalInteger() -> Int64? {
    next().map { bytes in
      switch bytes.count {
      case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
      case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
      case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
      default: return 0
      }
    }
  }

  /// An integer of a column that is never NULL.
  package mutating func integer() -> Int64 { optionalInteger() ?? 0 }

  package mutating func optionalText() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }

  package mutating func text() -> String { optionalText() ?? "" }

  package static let mostBytesOfAWord = UInt128.bitWidth / 8

  /// A short text as the number that its bytes write; `nil` for NULL and for a longer one.
  package mutating func word() -> UInt128? {
    guard let bytes = next(), bytes.count <= Self.mostBytesOfAWord else { return nil }
    var word: UInt128 = 0
    for byte in bytes { word = word << 8 | UInt128(byte) }
    return word
  }

  package mutating func bytes() -> [UInt8] { next().map(Array.init) ?? [] }

  /// What `body` makes of the bytes where they are; `nil` for NULL.
  package mutating func bytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value?) -> Value? { next().flatMap(body) }

  package mutating func flag() -> Bool { next()?.first == 1 }
}
