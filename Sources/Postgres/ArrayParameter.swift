/// One array parameter, filled row by row in PostgreSQL's binary format.
///
/// Rows are walked once and each fills all of its columns: walking them once a column would copy every row as often.
package struct ArrayParameter: Sendable {
  private var bytes: WireBytes
  private var count: Int32 = 0

  private static let headerBytes = 20

  /// The elements' types by PostgreSQL's own numbers (`pg_type.oid`).
  package enum Element: Int32, Sendable {
    case bool = 16
    case bytea = 17
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case date = 1082
  }

  package init(_ element: Element, capacity: Int = 8) {
    bytes = WireBytes(capacity: Self.headerBytes + capacity * (element == .text || element == .bytea ? 40 : 12))
    // One dimension, which may hold NULL, its length, and the number of its first element.
    bytes.append(1, 1)
    bytes.append(element.rawValue)
    bytes.append(0, 1)
  }

  package mutating func append(_ value: Int64?) {
    guard let value else { return appendNull() }
    begin(8)
    bytes.append(value)
  }

  package mutating func append(_ value: Int32?) {
    guard let value else { return appendNull() }
    begin(4)
    bytes.append(value)
  }

  package mutating func append(_ value: Bool) {
    begin(1)
    bytes.append(value ? 1 : 0 as UInt8)
  }

  package mutating func append(_ value: String?) {
    guard var value else { return appendNull() }
    value.withUTF8 { text in
      begin(Int32(text.count))
      bytes.append(UnsafeRawBufferPointer(text))
    }
  }

  package mutating func append(_ value: [UInt8]) {
    begin(Int32(value.count))
    value.withUnsafeBytes { bytes.append($0) }
  }

  private mutating func begin(_ length: Int32) {
    count += 1
    bytes.append(length)
  }

  private mutating func appendNull() { begin(-1) }

  /// An array of one dimension; an empty one has none at all.
  consuming func finished() -> WireBytes {
    bytes.write(count, at: 12)
    if count == 0 {
      bytes.write(0, at: 0)
      bytes.removeAll(behind: 12)
    }
    return bytes
  }
}

// MARK: - Keys

extension ArrayParameter {
  /// A short array of keys, one of each element.
  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> String) {
    self.init(element, capacity: keys.underestimatedCount)
    for key in keys { append(value(key)) }
  }

  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> Int64) {
    self.init(element, capacity: keys.underestimatedCount)
    for key in keys { append(value(key)) }
  }

  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> Int32) {
    self.init(element, capacity: keys.underestimatedCount)
    for key in keys { append(value(key)) }
  }
}
