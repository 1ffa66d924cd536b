/// The opaque token that a district issued for a student: `[A-Za-z0-9][A-Za-z0-9._@-]{0,63}`.
package struct Candidate: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let token: String

  /// `nil` unless `token` has the shape of a candidate's token.
  package init?(_ token: String) {
    guard (1...64).contains(token.utf8.count), let first = token.utf8.first, first.isLetter || first.isDigit,
      token.hasOnly({ $0.isLetter || $0.isDigit || Self.isMark($0) })
    else { return nil }
    self.token = token
  }

  package init(stored token: String) { self.token = token }

  package var description: String { token }

  package static func < (left: Self, right: Self) -> Bool { left.token < right.token }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// What the token looks like, if it looks like a person's own data (R30); such a token is never stored or logged.
  package var resemblance: Resemblance? {
    var token = token
    return token.withUTF8 { bytes in
      if bytes.contains(UInt8(ascii: "@")) { return .email }
      return Self.shapes.first { Self.has(bytes, $0.shape) }?.resemblance ?? (Self.isTwoWords(bytes) ? .name : nil)
    }
  }

  package enum Resemblance: String, Sendable {
    case email = "an e-mail address"
    case socialSecurityNumber = "a social security number"
    case date = "a date"
    case phoneNumber = "a phone number"
    case name = "a person's name"
  }

  /// A digit stands as `d`, everything else as it is.
  private static let shapes: [(shape: StaticString, resemblance: Resemblance)] = [
    ("ddd-dd-dddd", .socialSecurityNumber), ("ddddddddd", .socialSecurityNumber), ("dddd-dd-dd", .date),
    ("dd-dd-dddd", .date), ("dddddddddd", .phoneNumber), ("ddd-ddd-dddd", .phoneNumber),
  ]

  private static func has(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: StaticString) -> Bool {
    bytes.count == shape.utf8CodeUnitCount
      && shape.withUTF8Buffer { shape in
        zip(bytes, shape).allSatisfy { $1 == UInt8(ascii: "d") ? $0.isDigit : $0 == $1 }
      }
  }

  /// Two words of letters with one mark between them.
  private static func isTwoWords(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let mark = bytes.firstIndex(where: { !$0.isLetter }), !bytes[mark].isDigit, mark > 0, mark + 1 < bytes.count
    else { return false }
    return bytes[(mark + 1)...].allSatisfy(\.isLetter)
  }
}
