import SeatLedger

/// One tenant's year as the page shows it.
struct YearEndReport {
  /// When it was made, by the clock on the district's wall.
  let made: String
  /// Its end carries the totals, the name and how far the year is.
  let byProgram: YearEndLedger.Answer
  let byFund: [ReplyValues]
  let bySchool: [ReplyValues]
  let pools: [ReplyValues]

  /// The costliest of many lines, and what the others add up to.
  struct Excerpt {
    let shown: [ReplyValues]
    let rest: Int
    let restIdle: Int64
    let restReserved: Int64
    let restCost: Money

    init(_ lines: [ReplyValues], most: Int) {
      // By cost, then in the report's own order.
      let costly = lines.enumerated().sorted {
        ($1.element.money(.cost).cents, $0.offset) < ($0.element.money(.cost).cents, $1.offset)
      }.map(\.element)
      shown = Array(costly.prefix(lines.count == most + 1 ? most + 1 : most))
      let others = costly.dropFirst(shown.count)
      rest = others.count
      restIdle = others.reduce(0) { $0 + $1.count(.expiredIdle) }
      restReserved = others.reduce(0) { $0 + $1.count(.expiredReserved) }
      restCost = Money(cents: others.reduce(0) { $0 + $1.money(.cost).cents })
    }
  }
}
