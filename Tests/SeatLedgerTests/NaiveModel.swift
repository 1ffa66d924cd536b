import SeatLedger

/// The rules once more, as slow and as plain as possible: a list of everything that happened, asked by brute force.
/// It knows one entry-level program in one school and fund, and decides only whether a thing may happen.
struct NaiveModel {
  struct Try {
    let id: Int64
    let student: String
    let test: String
    let series: String
    let number: Int
    /// First calendar year of its academic year.
    let year: Int
    /// Took a seat of its own, and for itself alone.
    let tookSeat: Bool
    let isThird: Bool
    let day: CivilDate?
    var state = "reserved"
    var completed: CivilDate?
    /// Where the seat that it took is.
    var seat = "reserved"
  }

  var bought: [Int: Int] = [:]
  var tries: [Try] = []
  /// Student and test, once for each approval that nobody uses.
  var approvals: [(String, String)] = []

  static func year(_ day: CivilDate) -> Int { day.parts.month >= 7 ? day.parts.year : day.parts.year - 1 }

  /// Seats of a year that nobody has.
  func available(_ year: Int) -> Int {
    (bought[year] ?? 0) - tries.filter { $0.tookSeat && $0.year == year && $0.seat != "available" }.count
  }

  /// A reserve that was left over when its year ended is over, too.
  func isOver(_ attempt: Try, _ today: CivilDate) -> Bool {
    attempt.state == "reserved" && Self.year(today) > attempt.year
  }

  func refusalOfReserve(_ student: String, _ test: String, _ series: String, on asked: CivilDate?, _ today: CivilDate)
    -> String?
  {
    let day = asked ?? today
    let mine = tries.filter { $0.student == student && !isOver($0, today) }
    let here = mine.filter { $0.test == test && !["cancelled", "no-show", "expired"].contains($0.state) }
    if here.contains(where: { $0.state == "reserved" || $0.state == "started" }) { return "state.attempt-open" }
    if let pass = here.filter({ $0.state == "passed" }).compactMap(\.completed).max(), pass.adding(years: 2) >= day {
      return "state.already-passed"
    }
    let year = here.contains { $0.year == Self.year(today) } ? Self.year(today) : Self.year(day)
    let earlier = here.filter { $0.year == year }
    let number = earlier.count + 1
    if number > 3 { return "state.attempt-limit" }
    if number > 1 {
      if Self.year(day) > year { return "state.too-late" }
      if let last = earlier.compactMap(\.completed).max(), day - last < 30 { return "state.too-early" }
    }
    if number == 3, !approvals.contains(where: { $0 == (student, test) }) { return "state.needs-approval" }
    if seats(student, series, number, year, today) == 1 {
      if Self.year(day) < Self.year(today) {
        return (bought[Self.year(day)] ?? 0) > 0 ? "state.expired" : "state.no-seats"
      }
      if available(Self.year(day)) == 0 { return "state.no-seats" }
    } else if number == 1, Self.year(today) > year {
      return "state.expired"
    }
    return nil
  }

  /// 0 for a free retest, and for a first try while a seat of the series and year is with the student.
  func seats(_ student: String, _ series: String, _ number: Int, _ year: Int, _ today: CivilDate) -> Int {
    if number == 2 { return 0 }
    if number == 3 { return 1 }
    let hasSeat = tries.contains {
      $0.student == student && $0.series == series && $0.year == year && $0.tookSeat && !$0.isThird
        && ($0.seat == "consumed" || ($0.seat == "reserved" && !(Self.year(today) > year)))
    }
    return hasSeat ? 0 : 1
  }

  mutating func reserve(
    _ id: Int64, _ student: String, _ test: String, _ series: String, on asked: CivilDate?, _ today: CivilDate
  ) -> Int {
    let day = asked ?? today
    let here = tries.filter {
      $0.student == student && $0.test == test && !isOver($0, today)
        && !["cancelled", "no-show", "expired"].contains($0.state)
    }
    let year = here.contains { $0.year == Self.year(today) } ? Self.year(today) : Self.year(day)
    let number = here.filter { $0.year == year }.count + 1
    let seats = seats(student, series, number, year, today)
    if number == 3, let used = approvals.firstIndex(where: { $0 == (student, test) }) { approvals.remove(at: used) }
    tries.append(
      Try(
        id: id, student: student, test: test, series: series, number: number, year: year, tookSeat: seats == 1,
        isThird: number == 3, day: asked))
    return seats
  }

  /// The try whose seat another one uses.
  func holder(of attempt: Try) -> Int? {
    if attempt.tookSeat { return tries.firstIndex { $0.id == attempt.id } }
    return tries.lastIndex {
      $0.student == attempt.student && $0.series == attempt.series && $0.year == attempt.year && $0.tookSeat
        && !$0.isThird
        && $0.id < attempt.id && ($0.seat == "reserved" || $0.seat == "consumed")
    }
  }

  mutating func start(_ index: Int) {
    if let holder = holder(of: tries[index]), tries[holder].seat == "reserved" { tries[holder].seat = "consumed" }
    tries[index].state = "started"
  }

  mutating func giveUp(_ index: Int, as state: String) {
    let attempt = tries[index]
    let holder = holder(of: attempt)
    tries[index].state = state
    if state == "cancelled", attempt.isThird { approvals.append((attempt.student, attempt.test)) }
    guard let holder, tries[holder].seat == "reserved" else { return }
    let others = tries.filter {
      $0.id != attempt.id && !["cancelled", "no-show", "expired"].contains($0.state) && self.holder(of: $0) == holder
    }
    if others.isEmpty { tries[holder].seat = "available" }
  }
}
