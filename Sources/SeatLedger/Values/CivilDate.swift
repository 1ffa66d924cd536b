/// A day of the proleptic Gregorian calendar, without a zone: days since 1970-01-01.
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let day: Int32

  package init(day: Int32) { self.day = day }

  /// The years that the ledger writes and reads; outside them a date is a typing mistake.
  package static let years = 1970...9899

  /// `nil` unless the three name a day of `years`.
  package init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, in: year)
    else { return nil }
    self.init(unchecked: year, month, day)
  }

  /// Days are counted in 400-year eras that begin on March 1, so that the leap day is the last of its year.
  private init(unchecked year: Int, _ month: Int, _ day: Int) {
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.day = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  package var parts: (year: Int, month: Int, day: Int) {
    let shifted = Int(day) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  package static func < (left: Self, right: Self) -> Bool { left.day < right.day }
  package static func + (date: Self, days: Int) -> Self { Self(day: date.day + Int32(clamping: days)) }
  package static func - (date: Self, days: Int) -> Self { Self(day: date.day - Int32(clamping: days)) }
  package static func - (left: Self, right: Self) -> Int { Int(left.day) - Int(right.day) }

  /// The same day so many years later; February 29 becomes February 28 where there is none (R18).
  package func adding(years: Int) -> Self {
    let (year, month, day) = parts
    return Self(unchecked: year + years, month, min(day, Self.length(ofMonth: month, in: year + years)))
  }

  package var description: String {
    let (year, month, day) = parts
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate {
  /// `nil` unless `text` is `yyyy-mm-dd`.
  package init?(_ text: String) {
    self.init(Array(text.utf8)[...])
  }

  package init?(_ bytes: ArraySlice<UInt8>) {
    let digits = Array(bytes)
    guard digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-"),
      let year = digits[0..<4].decimal, let month = digits[5..<7].decimal, let day = digits[8..<10].decimal
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension ArraySlice<UInt8> {
  /// The number that these ASCII digits write; `nil` for anything but 1 to 9 digits.
  package var decimal: Int? {
    guard (1...9).contains(count), allSatisfy(\.isDigit) else { return nil }
    return reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
