import SeatLedger
import SeatProtocol

/// Years and months as people name them, which depend on what day it is where the district is.
enum RelativeTime {
  static let words = ["last", "this", "next"]

  static func year(_ word: String, today: CivilDate) -> AcademicYear? {
    let running = AcademicYear(containing: today)
    return switch word {
    case "last": AcademicYear(start: running.start - 1)
    case "this": running
    case "next": running.next
    default: nil
    }
  }

  /// The first and the last day of `2025-03`, of `this` month or of the `last` one.
  static func month(_ text: String, today: CivilDate) -> (first: CivilDate, last: CivilDate)? {
    let named = text == "this" || text == "last" ? today : CivilDate("\(text)-01")
    guard let named, var first = CivilDate(year: named.parts.year, month: named.parts.month, day: 1) else { return nil }
    if text == "last" {
      let end = (first - 1).parts
      guard let before = CivilDate(year: end.year, month: end.month, day: 1) else { return nil }
      first = before
    }
    let (year, month, _) = first.parts
    let next =
      month == 12 ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1)
    return next.map { (first, $0 - 1) }
  }
}

extension Order {
  /// Whether somebody must say what day it is before this can be asked.
  var isRelative: Bool {
    own[.month] != nil
      || arguments.contains { spec[$0.name]?.type == .year && RelativeTime.words.contains($0.value) }
  }

  /// The same with years and months written out.
  func resolved(today: CivilDate) throws(UsageError) -> Order {
    var order = self
    for (index, argument) in arguments.enumerated() where spec[argument.name]?.type == .year {
      if let year = RelativeTime.year(argument.value, today: today) {
        order.arguments[index].value = year.description
      }
    }
    if let text = own[.month] {
      guard self[.from] == nil, self[.to] == nil else { throw UsageError("give --month, or --from and --to") }
      guard let (first, last) = RelativeTime.month(text, today: today) else {
        throw UsageError("--month takes a month like 2025-03, or this or last, not \(text)")
      }
      order.arguments += [(.from, first.description), (.to, last.description)]
      order.own[.month] = nil
    }
    return order
  }
}
