/// One array parameter, filled row by row in PostgreSQL's binary format.
///
/// Rows are walked once and each fills all of its columns: walking them once a column would copy every row as often.
package struct ArrayParameter: Sendable {
  private(set) var bytes: [UInt8] = []
  private var count: Int32 = 0
  private let type: Int32

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

  package init(_ element: Element, capacity: Int = 0) {
    type = element.rawValue
    bytes.reserveCapacity(20 + capacity * (element == .text || element == .bytea ? 40 : 12))
    // The header is written when the array is whole.
    bytes.append(contentsOf: repeatElement(0, count: 20))
  }

  package mutating func append(_ value: Int64?) {
    guard let value else { return appendNull() }
    begin(8)
    bytes.append(bigEndian: value)
  }

  package mutating func append(_ value: Int32?) {
    guard let value else { return appendNull() }
    begin(4)
    bytes.append(bigEndian: value)
  }

  package mutating func append(_ value: Bool) {
    begin(1)
    bytes.append(value ? 1 : 0)
  }

  package mutating func append(_ value: String?) {
    guard let value else { return appendNull() }
    let text = value.utf8
    begin(Int32(text.count))
    bytes.append(contentsOf: text)
  }

  package mutating func append(_ value: [UInt8]) {
    begin(Int32(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func begin(_ length: Int32) {
    count += 1
    bytes.append(bigEndian: length)
  }

  private mutating func appendNull() {
    count += 1
    bytes.append(bigEndian: Int32(-1))
  }

  /// An array of one dimension; an empty one has none at all.
  var finished: ArraySlice<UInt8> {
    var whole = bytes
    var header: [UInt8] = []
    header.append(bigEndian: Int32(count == 0 ? 0 : 1))
    header.append(bigEndian: Int32(1))
    header.append(bigEndian: type)
    header.append(bigEndian: count)
    header.append(bigEndian: Int32(1))
    whole.replaceSubrange(0..<20, with: header)
    return count == 0 ? whole[..<12] : whole[...]
  }
}

extension [UInt8] {
  mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}

// MARK: - Keys

extension ArrayParameter {
  /// A short array of keys, one of each element.
  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> String) {
    self.init(element)
    for key in keys { append(value(key)) }
  }

  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> Int64) {
    self.init(element)
    for key in keys { append(value(key)) }
  }

  package init<Keys: Sequence>(_ element: Element, _ keys: Keys, _ value: (Keys.Element) -> Int32) {
    self.init(element)
    for key in keys { append(value(key)) }
  }
}
