/// Reads what `Fields` has written, each field where it is expected: a proof reads a journal's details by the million, so
/// none is searched for and nothing but the values themselves becomes a string.
struct StoredFields {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// - Parameter bytes: valid for as long as this value is used.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  /// The value of the next field if it has this name; otherwise the next field stays the next one.
  mutating func text(_ name: FieldName) -> String? {
    guard skip(name) else { return nil }
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      let (value, end) = Fields.unquote(bytes, from: position + 1)
      position = end
      skipSpace()
      return String(decoding: value, as: UTF8.self)
    }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: " ") { position += 1 }
    defer { skipSpace() }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }

  /// The same for a whole number; a field of this name that holds none counts as missing.
  mutating func integer(_ name: FieldName) -> Int64? {
    let start = position
    guard skip(name) else { return nil }
    let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let first = position
    var value: Int64 = 0
    while position < bytes.count, bytes[position].isDigit {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, spills) = tens.addingReportingOverflow(Int64(bytes[position] - UInt8(ascii: "0")))
      guard !overflows, !spills else {
        position = start
        return nil
      }
      value = sum
      position += 1
    }
    guard position > first, isAtEnd || bytes[position] == UInt8(ascii: " ") else {
      position = start
      return nil
    }
    skipSpace()
    return isNegative ? -value : value
  }

  /// Passes `name=`, if it is next.
  private mutating func skip(_ name: FieldName) -> Bool {
    let name = name.rawValue.utf8
    let end = position + name.count
    guard end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return false }
    var index = position
    for byte in name {
      guard bytes[index] == byte else { return false }
      index += 1
    }
    position = end + 1
    return true
  }

  private mutating func skipSpace() {
    if position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }
}
