/// A statement's parameters in PostgreSQL's binary format, in one buffer.
package struct Parameters: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var spans: [Range<Int>?] = []

  package init() {}

  // MARK: Single values

  package mutating func add(_ value: Int64?) {
    scalar(value) { $0.append(bigEndian: $1) }
  }

  package mutating func add(_ value: Int32?) {
    scalar(value) { $0.append(bigEndian: $1) }
  }

  package mutating func add(_ value: Bool?) {
    scalar(value) { $0.append($1 ? 1 : 0) }
  }

  package mutating func add(_ value: String?) {
    scalar(value) { $0.append(contentsOf: $1.utf8) }
  }

  package mutating func add(_ value: [UInt8]?) {
    scalar(value) { $0.append(contentsOf: $1) }
  }

  // MARK: Arrays

  package mutating func add<Rows: Collection>(int8 rows: Rows, _ value: (Rows.Element) -> Int64?) {
    array(rows, of: 20, value) { $0.append(bigEndian: $1) }
  }

  package mutating func add<Rows: Collection>(int4 rows: Rows, _ value: (Rows.Element) -> Int32?) {
    array(rows, of: 23, value) { $0.append(bigEndian: $1) }
  }

  package mutating func add<Rows: Collection>(bool rows: Rows, _ value: (Rows.Element) -> Bool?) {
    array(rows, of: 16, value) { $0.append($1 ? 1 : 0) }
  }

  package mutating func add<Rows: Collection>(text rows: Rows, _ value: (Rows.Element) -> String?) {
    array(rows, of: 25, value) { $0.append(contentsOf: $1.utf8) }
  }

  package mutating func add<Rows: Collection>(bytea rows: Rows, _ value: (Rows.Element) -> [UInt8]?) {
    array(rows, of: 17, value) { $0.append(contentsOf: $1) }
  }

  private mutating func scalar<Value>(_ value: Value?, _ write: (inout [UInt8], Value) -> Void) {
    guard let value else {
      spans.append(nil)
      return
    }
    let start = bytes.count
    write(&bytes, value)
    spans.append(start..<bytes.count)
  }

  /// An array of one dimension; an empty one has none at all.
  private mutating func array<Rows: Collection, Value>(
    _ rows: Rows, of type: Int32, _ value: (Rows.Element) -> Value?, _ write: (inout [UInt8], Value) -> Void
  ) {
    let start = bytes.count
    bytes.append(bigEndian: Int32(rows.isEmpty ? 0 : 1))
    bytes.append(bigEndian: Int32(1))
    bytes.append(bigEndian: type)
    if !rows.isEmpty {
      bytes.append(bigEndian: Int32(rows.count))
      bytes.append(bigEndian: Int32(1))
    }
    for row in rows {
      guard let value = value(row) else {
        bytes.append(bigEndian: Int32(-1))
        continue
      }
      let length = bytes.count
      bytes.append(bigEndian: Int32(0))
      write(&bytes, value)
      let size = Int32(bytes.count - length - 4).bigEndian
      withUnsafeBytes(of: size) { size in
        for offset in 0..<4 { bytes[length + offset] = size[offset] }
      }
    }
    spans.append(start..<bytes.count)
  }
}

extension [UInt8] {
  fileprivate mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}
