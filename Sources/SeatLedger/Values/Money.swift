/// Seats with the cents that they carry.
package struct Amount: Hashable, Sendable {
  package var seats: Int64
  package var cents: Int64

  package init(seats: Int64 = 0, cents: Int64 = 0) {
    self.seats = seats
    self.cents = cents
  }

  package static var none: Self { Self() }

  package static func + (left: Self, right: Self) -> Self {
    Self(seats: left.seats.cappedSum(right.seats), cents: left.cents.cappedSum(right.cents))
  }
  package static func - (left: Self, right: Self) -> Self {
    Self(seats: left.seats.cappedDifference(right.seats), cents: left.cents.cappedDifference(right.cents))
  }
  package static func += (left: inout Self, right: Self) { left = left + right }
  package static func -= (left: inout Self, right: Self) { left = left - right }

  /// What `count` of these seats carry: whole cents of `cents * count / seats`, the last seat takes all.
  ///
  /// The moving weighted average: what a reserve, a transfer or a return takes out of `available` or `held`.
  package func share(of count: Int64) -> Self {
    guard count < seats else { return self }
    let (high, low) = cents.multipliedFullWidth(by: count)
    return Self(seats: count, cents: seats.dividingFullWidth((high, low)).quotient)
  }

  /// No seats owed and no money without a seat.
  package var isSound: Bool { seats >= 0 && cents >= 0 && (seats > 0 || cents == 0) }
}

// What nobody can count, a forged entry or orders beyond all sense, must not end the daemon that counts for everybody.

extension Int64 {
  /// The sum, or the number nearest to it.
  package func cappedSum(_ other: Int64) -> Int64 {
    let (sum, isBeyond) = addingReportingOverflow(other)
    return isBeyond ? (other > 0 ? .max : .min) : sum
  }

  /// The difference, or the number nearest to it.
  package func cappedDifference(_ other: Int64) -> Int64 {
    let (difference, isBeyond) = subtractingReportingOverflow(other)
    return isBeyond ? (other < 0 ? .max : .min) : difference
  }
}

/// A sum of money in whole cents, written with exactly two places.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  package let cents: Int64

  package init(cents: Int64) { self.cents = cents }

  /// The largest sum that a request may name, in cents: 1000000.00.
  package static let maximum: Int64 = 100_000_000

  /// `nil` unless `text` is a decimal with exactly two places and at most `maximum`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (4...10).contains(bytes.count), bytes[bytes.count - 3] == UInt8(ascii: ".") else { return nil }
    guard bytes.count == 4 || bytes[0] != UInt8(ascii: "0") else { return nil }
    var cents: Int64 = 0
    for (index, byte) in bytes.enumerated() where index != bytes.count - 3 {
      guard byte.isDigit else { return nil }
      cents = cents * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    guard cents <= Self.maximum else { return nil }
    self.cents = cents
  }

  /// A sum as `description` writes it, however large; `nil` for anything else.
  package init?(anySum text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
    guard text.utf8.dropLast(2).last == UInt8(ascii: "."), let cents = Int64(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.cents = text.utf8.first == UInt8(ascii: "-") ? -cents : cents
  }

  package var description: String {
    let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(cents < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
