/// A statement's parameters in PostgreSQL's binary format, in one buffer.
package struct Parameters: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var spans: [Range<Int>?] = []

  package init() {}

  /// Array parameters alone, in order.
  package init(_ arrays: [ArrayParameter]) {
    for array in arrays { add(array) }
  }

  /// An array of rows alone.
  package init(_ rows: consuming RowsParameter) {
    bytes = rows.finished()
    spans = [0..<bytes.count]
  }

  package mutating func add(_ array: consuming ArrayParameter) {
    array.finished().withUnsafeBytes { append($0) }
  }

  package mutating func add(_ rows: consuming RowsParameter) { append(rows.finished()) }

  /// All of another's, behind these.
  package mutating func add(_ other: Parameters) {
    let start = bytes.count
    bytes.append(contentsOf: other.bytes)
    spans.append(contentsOf: other.spans.map { $0.map { $0.lowerBound + start..<$0.upperBound + start } })
  }

  package mutating func add(_ value: Int64?) {
    guard let value else { return spans.append(nil) }
    withUnsafeBytes(of: value.bigEndian) { append($0) }
  }

  package mutating func add(_ value: Int32?) {
    guard let value else { return spans.append(nil) }
    withUnsafeBytes(of: value.bigEndian) { append($0) }
  }

  /// - Parameter timestamp: a moment in microseconds since 1970, where PostgreSQL itself counts from 2000.
  package mutating func add(timestamp microseconds: Int64?) { add(microseconds.map { $0 - 946_684_800_000_000 }) }

  package mutating func add(_ value: Bool) { append([value ? 1 : 0]) }

  package mutating func add(_ value: String?) {
    guard let value else { return spans.append(nil) }
    append(value.utf8)
  }

  package mutating func add(_ value: [UInt8]) { append(value) }

  private mutating func append(_ value: some Collection<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: value)
    spans.append(start..<bytes.count)
  }
}
