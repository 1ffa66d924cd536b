/// One parameter that is an array of rows of a composite type, in PostgreSQL's binary format.
///
/// A table's rows travel as one array: an array a column would cost the server a scan, a store and a memory context for
/// each of them with every statement.
package struct RowsParameter: Sendable {
  private var bytes: [UInt8] = []
  private var count: Int32 = 0
  private let type: RowType

  private static let headerBytes = 20

  /// - Parameter capacity: rows that are expected.
  package init(_ type: RowType, capacity: Int, bytesOfARow: Int = 200) {
    self.type = type
    bytes.reserveCapacity(Self.headerBytes + capacity * bytesOfARow)
    bytes.append(contentsOf: repeatElement(0, count: Self.headerBytes))
  }

  /// Appends one row, its columns in the order of the type.
  package mutating func append(_ columns: (inout Columns) -> Void) {
    let start = bytes.count
    // Length and number of columns are written when the row is whole.
    bytes.append(contentsOf: repeatElement(0, count: 8))
    // The buffer has one owner at any time: a second one would make every row copy all rows before it.
    var row = Columns(bytes: bytes.moved())
    columns(&row)
    bytes = row.bytes.moved()
    bytes.write(bigEndian: Int32(bytes.count - start - 4), at: start)
    bytes.write(bigEndian: row.count, at: start + 4)
    count += 1
  }

  /// An array of one dimension; an empty one has none at all.
  consuming func finished() -> [UInt8] {
    var whole = bytes.moved()
    whole.write(bigEndian: Int32(count == 0 ? 0 : 1), at: 0)
    whole.write(bigEndian: type.number, at: 8)
    whole.write(bigEndian: count, at: 12)
    whole.write(bigEndian: Int32(1), at: 16)
    if count == 0 { whole.removeSubrange(12...) }
    return whole
  }

  /// One row that is being written.
  package struct Columns {
    fileprivate var bytes: [UInt8]
    fileprivate var count: Int32 = 0

    package mutating func append(_ value: Int64?) {
      guard let value else { return appendNull(.int8) }
      append((ArrayParameter.Element.int8.rawValue.bigEndian, Int32(8).bigEndian, value.bigEndian))
    }

    package mutating func append(_ value: Int32?) {
      guard let value else { return appendNull(.int4) }
      append((ArrayParameter.Element.int4.rawValue.bigEndian, Int32(4).bigEndian, value.bigEndian))
    }

    package mutating func append(_ value: Int16) {
      append((ArrayParameter.Element.int2.rawValue.bigEndian, Int32(2).bigEndian))
      withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func append(_ value: Bool) {
      append((ArrayParameter.Element.bool.rawValue.bigEndian, Int32(1).bigEndian))
      bytes.append(value ? 1 : 0)
    }

    package mutating func append(_ value: String?) {
      guard let value else { return appendNull(.text) }
      let text = value.utf8
      append((ArrayParameter.Element.text.rawValue.bigEndian, Int32(text.count).bigEndian))
      bytes.append(contentsOf: text)
    }

    package mutating func append(_ value: [UInt8]) {
      append((ArrayParameter.Element.bytea.rawValue.bigEndian, Int32(value.count).bigEndian))
      bytes.append(contentsOf: value)
    }

    /// - Parameter daysSince1970: PostgreSQL itself counts from 2000.
    package mutating func append(date daysSince1970: Int32?) {
      guard let daysSince1970 else { return appendNull(.date) }
      append((ArrayParameter.Element.date.rawValue.bigEndian, Int32(4).bigEndian, (daysSince1970 - 10_957).bigEndian))
    }

    private mutating func appendNull(_ type: ArrayParameter.Element) {
      append((type.rawValue.bigEndian, Int32(-1).bigEndian))
    }

    private mutating func append<Head: BitwiseCopyable>(_ head: Head) {
      count += 1
      withUnsafeBytes(of: head) { bytes.append(contentsOf: $0) }
    }
  }
}

/// A composite type, by the number that this database has for it (`pg_type.oid`).
package struct RowType: Hashable, Sendable {
  fileprivate let number: Int32

  init(number: Int32) { self.number = number }
}

extension [UInt8] {
  /// Takes the bytes out, with their buffer.
  fileprivate mutating func moved() -> Self {
    var all: Self = []
    swap(&all, &self)
    return all
  }

  mutating func write(bigEndian value: Int32, at offset: Int) {
    Swift.withUnsafeBytes(of: value.bigEndian) { replaceSubrange(offset..<offset + 4, with: $0) }
  }
}
