/// The opaque token that a district issued for a student: `[A-Za-z0-9][A-Za-z0-9._@-]{0,63}`.
package struct Candidate: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let token: String

  /// `nil` unless `token` has the shape of a candidate's token.
  package init?(_ token: String) {
    let bytes = token.utf8
    guard (1...64).contains(bytes.count), let first = bytes.first, first.isLetter || first.isDigit else { return nil }
    guard bytes.allSatisfy({ $0.isLetter || $0.isDigit || Self.marks.contains($0) }) else { return nil }
    self.token = token
  }

  package init(stored token: String) { self.token = token }

  package var description: String { token }

  package static func < (left: Self, right: Self) -> Bool { left.token < right.token }

  private static let marks: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-")]

  /// What the token looks like, if it looks like a person's own data (R30); such a token is never stored or logged.
  package var resemblance: Resemblance? {
    let bytes = Array(token.utf8)
    if bytes.contains(UInt8(ascii: "@")) { return .email }
    switch Self.shape(of: bytes) {
    case "ddd-dd-dddd", "ddddddddd": return .socialSecurityNumber
    case "dddd-dd-dd", "dd-dd-dddd": return .date
    case "dddddddddd", "ddd-ddd-dddd": return .phoneNumber
    default: break
    }
    let words = bytes.split(omittingEmptySubsequences: false) { !$0.isLetter && !$0.isDigit }
    if words.count == 2, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isLetter) }) { return .name }
    return nil
  }

  package enum Resemblance: String, Sendable {
    case email = "an e-mail address"
    case socialSecurityNumber = "a social security number"
    case date = "a date"
    case phoneNumber = "a phone number"
    case name = "a person's name"
  }

  /// Digits as `d`, everything else as it is.
  private static func shape(of bytes: [UInt8]) -> String {
    String(decoding: bytes.map { $0.isDigit ? UInt8(ascii: "d") : $0 }, as: UTF8.self)
  }
}
