/// A moment: microseconds since 1970-01-01T00:00:00Z.
package struct Instant: Hashable, Comparable, Sendable {
  package let microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }
  package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

  package func adding(minutes: Int) -> Self { Self(microseconds: microseconds + Int64(minutes) * 60_000_000) }
  package func adding(microseconds: Int64) -> Self { Self(microseconds: self.microseconds + microseconds) }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 { microseconds.dividedDown(by: 1_000_000) }

  /// The same moment as people are told it.
  package var wholeSecond: Self { Self(seconds: seconds) }
}

/// A date and a time of day without a zone.
package struct CivilTime: Hashable, Sendable {
  package let date: CivilDate
  /// 0 to 86,399.
  package let second: Int

  package init(date: CivilDate, second: Int) {
    self.date = date
    self.second = second
  }
}

extension Int64 {
  /// Quotient rounded towards negative infinity: times before 1970 belong to the day that holds them.
  func dividedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
