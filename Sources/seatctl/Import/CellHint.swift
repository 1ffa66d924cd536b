import SeatLedger
import SeatProtocol

/// What somebody may have meant by a cell that has not the shape of its column.
enum CellHint {
  static func instead(of text: String, _ type: ValueType) -> String? {
    switch type {
    case .date: date(text)
    case .moment, .time, .instant: moment(text)
    case .money: money(text)
    case .count, .number: count(text)
    case .year: year(text)
    case .code: code(text)
    case .choice(let words): choice(text.lowercased(), words)
    default: nil
    }
  }

  /// A day with the hour behind it, which is not dropped: an appointment at nine is none for the whole day.
  private static func moment(_ text: String) -> String? {
    let words = text.split(separator: " ")
    guard words.count > 1, let hour = words.indices.first(where: { words[$0].contains(":") }) else { return date(text) }
    guard let day = date(words[..<hour].joined(separator: " ")), day.count == "write 2025-06-30".count else {
      return nil
    }
    let clock = words[hour].split(separator: ":").map { Int($0) }
    guard (2...3).contains(clock.count), let hours = clock[0], let minutes = clock[1] else { return nil }
    let half = hour + 1 < words.count ? words[hour + 1].lowercased() : ""
    guard half.isEmpty || ["am", "pm"].contains(half), (0...59).contains(minutes) else { return nil }
    let inDay = half.isEmpty ? hours : hours % 12 + (half == "pm" ? 12 : 0)
    guard (0...23).contains(inDay) else { return nil }
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return "\(day)T\(twoDigits(inDay)):\(twoDigits(minutes))"
  }

  /// American dates, and the day numbers by which spreadsheets count.
  private static func date(_ text: String) -> String? {
    if let named = namedMonth(text) { return "write \(named)" }
    let words = text.split(separator: " ", maxSplits: 1)
    guard let first = words.first else { return nil }
    let parts = first.split(whereSeparator: { "/.-".contains($0) }).map { Int($0) }
    if parts.count == 3, let one = parts[0], let two = parts[1], let three = parts[2] {
      if one > 31 { return CivilDate(year: one, month: two, day: three).map { "write \($0)" } }
      let year = three < 100 ? 2000 + three : three
      let american = CivilDate(year: year, month: one, day: two)
      let european = CivilDate(year: year, month: two, day: one)
      switch (american, european) {
      case (let date?, nil): return "write \(date)"
      case (nil, let date?): return "write \(date)"
      case (let date?, let other?) where date == other: return "write \(date)"
      case (let date?, let other?): return "write \(date) for the American order, \(other) for the other one"
      case (nil, nil): return nil
      }
    }
    // Day 45,000 of spreadsheets, which begin on 1899-12-30, is in 2023.
    if let serial = Int(text), (30_000...80_000).contains(serial) {
      return "a spreadsheet's number of a day; write \(CivilDate(day: Int32(serial - 25_569)))"
    }
    return nil
  }

  /// `1-Feb-25`, `Feb 1, 2025`
  private static func namedMonth(_ text: String) -> CivilDate? {
    let parts = text.lowercased().split(whereSeparator: { "-/ ,.".contains($0) })
    guard parts.count == 3, let place = parts.firstIndex(where: { month($0) != nil }), place < 2,
      let month = month(parts[place]), let day = Int(parts[1 - place]), let year = Int(parts[2])
    else { return nil }
    return CivilDate(year: year < 100 ? 2000 + year : year, month: month, day: day)
  }

  private static func month(_ word: Substring) -> Int? {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    guard word.allSatisfy(\.isLetter) else { return nil }
    return months.firstIndex { word.hasPrefix($0) }.map { $0 + 1 }
  }

  private static func money(_ text: String) -> String? {
    if text.hasPrefix("("), text.hasSuffix(")") {
      return "brackets mean less than nothing; seats go back to the vendor with seatctl return"
    }
    if let other = text.first(where: { "£€¥".contains($0) }) {
      return "\(other) is no dollar; write the amount in dollars"
    }
    guard let bare = ungrouped(String(text.filter { $0 != "$" }.drop { $0 == " " })) else { return nil }
    for candidate in [bare, "\(bare)0", "\(bare).00"] where Money(candidate) != nil { return "write \(candidate)" }
    return nil
  }

  private static func count(_ text: String) -> String? {
    guard var bare = ungrouped(text) else { return nil }
    if bare.hasSuffix(".0") || bare.hasSuffix(".00") { bare = String(bare.prefix { $0 != "." }) }
    return bare != text && ValueType.number.value(of: bare) != nil ? "write \(bare)" : nil
  }

  /// A number without what groups its thousands, and with a point for the comma of other countries: `1,040.5` and `1 040,5`
  /// are 1040.5. `nil` where commas and spaces stand otherwise: to drop them would make a hundred dollars out of one.
  private static func ungrouped(_ text: String) -> String? {
    var whole = text[...]
    var places: Substring = ""
    if let mark = text.lastIndex(where: { $0 == "." || $0 == "," }) {
      let behind = text[text.index(after: mark)...]
      if text[mark] == "." || behind.count < 3 {
        (whole, places) = (text[..<mark], behind)
      }
    }
    let groups = whole.split(omittingEmptySubsequences: false) { ", ".contains($0) }
    guard groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }),
      groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.count == 1 || groups[0].count < 4, places.utf8.allSatisfy(\.isDigit)
    else { return nil }
    return groups.joined() + (places.isEmpty ? "" : ".\(places)")
  }

  private static func year(_ text: String) -> String? {
    let parts = text.split(whereSeparator: { "-/–".contains($0) }).map { Int($0) }
    guard let first = parts.first, let start = first, CivilDate.years.contains(start) else { return nil }
    if parts.count == 2, let end = parts[1], end == start + 1 || end == (start + 1) % 100 {
      return "write \(AcademicYear(start: start))"
    }
    return parts.count == 1 ? "write \(AcademicYear(start: start)) or \(AcademicYear(start: start - 1))" : nil
  }

  private static func code(_ text: String) -> String? {
    let folded = text.lowercased().map { $0 == " " || $0 == "_" ? "-" : $0 }
    return ValueType.code.value(of: String(folded)) == nil ? nil : "write \(String(folded))"
  }

  private static func choice(_ text: String, _ words: [String]) -> String? {
    let meant = ["passed": "pass", "failed": "fail", "p": "pass", "f": "fail", "i": "incomplete"][text]
    return (meant ?? Spelling.nearest(to: text, among: words)).flatMap { words.contains($0) ? "write \($0)" : nil }
  }
}
