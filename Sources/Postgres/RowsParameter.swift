/// One parameter that is an array of rows of a composite type, in PostgreSQL's binary format.
///
/// A table's rows travel as one array: an array a column would cost the server a scan, a store and a memory context for
/// each of them with every statement.
package struct RowsParameter: Sendable {
  private var row: Columns
  private var count: Int32 = 0
  private let type: RowType

  private static let headerBytes = 20

  /// - Parameter capacity: rows that are expected.
  package init(_ type: RowType, capacity: Int, bytesOfARow: Int = 200) {
    self.type = type
    row = Columns(bytes: WireBytes(capacity: Self.headerBytes + capacity * bytesOfARow))
    for _ in 0..<Self.headerBytes / 4 { row.bytes.append(0 as Int32) }
  }

  /// Appends one row, its columns in the order of the type.
  package mutating func append(_ columns: (inout Columns) -> Void) {
    let start = row.bytes.count
    // Length and number of columns are written when the row is whole.
    row.bytes.append(0, 0)
    row.count = 0
    columns(&row)
    row.bytes.write(Int32(row.bytes.count - start - 4), at: start)
    row.bytes.write(row.count, at: start + 4)
    count += 1
  }

  /// An array of one dimension; an empty one has none at all.
  consuming func finished() -> [UInt8] {
    row.bytes.write(count == 0 ? 0 : 1, at: 0)
    row.bytes.write(type.number, at: 8)
    row.bytes.write(count, at: 12)
    row.bytes.write(1, at: 16)
    if count == 0 { row.bytes.removeAll(behind: 12) }
    return row.bytes.finished()
  }

  /// One row that is being written.
  package struct Columns: Sendable {
    fileprivate var bytes: WireBytes
    fileprivate var count: Int32 = 0

    package mutating func append(_ value: Int64?) {
      guard let value else { return appendNull(.int8) }
      begin(.int8, 8)
      bytes.append(value)
    }

    package mutating func append(_ value: Int32?) {
      guard let value else { return appendNull(.int4) }
      begin(.int4, 4)
      bytes.append(value)
    }

    package mutating func append(_ value: Int16?) {
      guard let value else { return appendNull(.int2) }
      begin(.int2, 2)
      bytes.append(value)
    }

    package mutating func append(_ value: Bool) {
      begin(.bool, 1)
      bytes.append(value ? 1 : 0 as UInt8)
    }

    package mutating func append(_ value: String?) {
      guard var value else { return appendNull(.text) }
      value.withUTF8 { text in
        begin(.text, Int32(text.count))
        bytes.append(UnsafeRawBufferPointer(text))
      }
    }

    package mutating func append(_ value: UnsafeRawBufferPointer) {
      begin(.bytea, Int32(value.count))
      bytes.append(value)
    }

    /// - Parameter daysSince1970: PostgreSQL itself counts from 2000.
    package mutating func append(date daysSince1970: Int32?) {
      guard let daysSince1970 else { return appendNull(.date) }
      begin(.date, 4)
      bytes.append(daysSince1970 - 10_957)
    }

    private mutating func appendNull(_ type: ArrayParameter.Element) { begin(type, -1) }

    private mutating func begin(_ type: ArrayParameter.Element, _ length: Int32) {
      count += 1
      bytes.append(type.rawValue, length)
    }
  }
}

/// A composite type, by the number that this database has for it (`pg_type.oid`).
package struct RowType: Hashable, Sendable {
  fileprivate let number: Int32

  init(number: Int32) { self.number = number }
}
