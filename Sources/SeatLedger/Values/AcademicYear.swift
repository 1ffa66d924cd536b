/// July 1 through June 30, written `2024-2025` (R1).
package struct AcademicYear: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The calendar year of its July.
  package let start: Int

  package init(start: Int) { self.start = start }

  package init(containing date: CivilDate) {
    let (year, month, _) = date.parts
    start = month >= 7 ? year : year - 1
  }

  /// `nil` unless `text` is two consecutive years, `2024-2025`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 9, bytes[4] == UInt8(ascii: "-"), let first = bytes[0..<4].decimal,
      let second = bytes[5..<9].decimal, second == first + 1, CivilDate.years.contains(first),
      CivilDate.years.contains(second)
    else { return nil }
    start = first
  }

  package var firstDay: CivilDate { Self.july1(of: start) }
  package var lastDay: CivilDate { Self.july1(of: start + 1) - 1 }
  package var next: Self { Self(start: start + 1) }

  package static func < (left: Self, right: Self) -> Bool { left.start < right.start }

  package var description: String { "\(start)-\(start + 1)" }

  /// A year is stored as its first calendar year, which `CivilDate.years` bounds only where a person writes it.
  private static func july1(of year: Int) -> CivilDate {
    let epoch = CivilDate(day: 181)  // 1970-07-01
    return epoch.adding(years: year - 1970)
  }
}
