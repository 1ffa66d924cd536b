package import SeatLedger

/// The rules once more, as slow and as plain as possible: lists of what happened, asked by brute force. It knows one
/// school with one fund and one program, counts in days, and decides whether a thing may happen and what it costs.
package struct NaiveModel {
  struct Pool {
    let expires: CivilDate
    let from: CivilDate
    let isSite: Bool
    var bought = 0
    /// Seats that nobody had when the year ended, and nobody has got since.
    var wasted = 0
    var isClosed = false
  }

  struct Try {
    let id: Int64
    let student: String
    let test: String
    let series: String
    let number: Int
    /// First calendar year of its academic year.
    var year: Int
    let pool: CivilDate?
    let onSite: Bool
    /// The try whose seat this one uses: itself, another one, or none.
    let seatOf: Int64?
    let tookSeat: Bool
    let isPaidRetest: Bool
    let appointment: CivilDate?
    /// Since when it is reserved; a reversal begins it anew.
    var reserved: CivilDate
    var state = "reserved"
    var completed: CivilDate?
    /// Where the seat that it took is.
    var seat = "reserved"
    /// The start of this try was the first on its seat.
    var startConsumed = false
    var approval: Int?
    /// It ended before its start and gave its seat back.
    var gaveBack = false
    /// The entry that can be reversed, by what it did.
    var lastEntry: (kind: String, number: Int64)?
  }

  struct Hold {
    let number: Int64
    let pool: CivilDate
    let until: CivilDate
    var left: Int
  }

  let profile: Profile
  var pools: [Pool] = []
  var tries: [Try] = []
  var holds: [Hold] = []
  var approvals: [(student: String, test: String, usedBy: Int64?)] = []

  package init(_ profile: Profile) { self.profile = profile }

  static func year(_ day: CivilDate) -> Int { day.parts.month >= 7 ? day.parts.year : day.parts.year - 1 }
  static func lastDay(_ year: Int) -> CivilDate { AcademicYear(start: year).lastDay }

  // MARK: Seats

  func available(_ pool: Pool) -> Int {
    if pool.isSite { return 0 }
    let taken = tries.filter { $0.tookSeat && $0.pool == pool.expires && $0.seat != "available" }.count
    let held = holds.filter { $0.pool == pool.expires }.reduce(0) { $0 + $1.left }
    return pool.bought - taken - held - pool.wasted
  }

  func count(_ seat: String, _ expires: CivilDate) -> Int {
    tries.filter { $0.tookSeat && $0.pool == expires && $0.seat == seat }.count
  }

  func seatIndex(of attempt: Try) -> Int? { attempt.seatOf.flatMap { id in tries.firstIndex { $0.id == id } } }

  /// The last day on which a try can start.
  func lastDay(of attempt: Try) -> CivilDate? {
    let seat = seatIndex(of: attempt).map { tries[$0].seat }
    if seat != "consumed", let pool = attempt.pool { return pool }
    return profile.coverage == .series || profile.retestInYear ? Self.lastDay(attempt.year) : nil
  }

  func isOver(_ attempt: Try, _ day: CivilDate) -> Bool {
    attempt.state == "reserved" && lastDay(of: attempt).map { $0 < day } ?? false
  }

  func counts(_ attempt: Try) -> Bool { !["cancelled", "no-show", "expired"].contains(attempt.state) }

  // MARK: Reserving

  enum Payment: Equatable {
    case refused(String)
    case nothing(onSite: CivilDate?, cover: Int64?)
    case seat(CivilDate, hold: Int64?)

    var seats: Int { if case .seat = self { 1 } else { 0 } }
  }

  struct Plan {
    let number: Int
    let year: Int
    let payment: Payment
    var isPaidRetest = false
  }

  func plan(
    _ student: String, _ test: String, _ series: String, on asked: CivilDate?, hold: Int64?, _ today: CivilDate
  ) -> Plan {
    let day = asked ?? today
    let mine = tries.filter { $0.student == student && !isOver($0, today) }
    let here = mine.filter { $0.test == test && counts($0) }
    let running = Self.year(today)
    var year = Self.year(day)
    if profile.startsAnew {
      if here.contains(where: { $0.year == running }) { year = running }
    } else if profile.retestInYear, let first = here.first {
      year = first.year
    }
    let earlier = profile.startsAnew ? here.filter { $0.year == year } : here
    let number = earlier.count + 1
    let paid = number > 1 + profile.freeRetests
    func plan(_ payment: Payment) -> Plan { Plan(number: number, year: year, payment: payment, isPaidRetest: paid) }

    if let number = hold, !holds.contains(where: { $0.number == number }) { return plan(.refused("notfound.hold")) }
    if here.contains(where: { $0.state == "reserved" || $0.state == "started" }) {
      return plan(.refused("state.attempt-open"))
    }
    var through: CivilDate?
    for pass in here.filter({ $0.state == "passed" }).compactMap(\.completed).sorted() {
      if let life = through, pass <= life, !profile.certificateRenewable { continue }
      through = pass.adding(years: profile.certificateYears)
    }
    if let through, through >= day { return plan(.refused("state.already-passed")) }
    if case .limited(let paidRetests) = profile.paidRetests, number > 1 + profile.freeRetests + paidRetests {
      return plan(.refused("state.attempt-limit"))
    }
    if number > 1 {
      if profile.retestInYear, day > Self.lastDay(year) { return plan(.refused("state.too-late")) }
      if let last = earlier.compactMap(\.completed).max() {
        let first = last + profile.waitDays
        if day < first || (profile.waitBinds == .booking && today < first) { return plan(.refused("state.too-early")) }
      }
    }
    if paid, profile.approvalNeeded, freeApproval(student, test) == nil {
      return plan(.refused("state.needs-approval"))
    }
    return plan(payment(number > 1 ? earlier : mine, series, day, number, year, hold, today))
  }

  func freeApproval(_ student: String, _ test: String) -> Int? {
    approvals.firstIndex { $0.student == student && $0.test == test && $0.usedBy == nil }
  }

  private func payment(
    _ mine: [Try], _ series: String, _ day: CivilDate, _ number: Int, _ year: Int, _ hold: Int64?, _ today: CivilDate
  ) -> Payment {
    let paid = number > 1 + profile.freeRetests
    if profile.coverage == .series, !paid {
      for attempt in mine {
        guard let index = seatIndex(of: attempt) else { continue }
        let holder = tries[index]
        guard holder.series == series, holder.year == year, !holder.isPaidRetest,
          holder.seat == "reserved" || holder.seat == "consumed"
        else { continue }
        if let last = lastDay(of: holder) {
          if today > last { return .refused("state.expired") }
          if day > last { return .refused("state.too-late") }
        }
        return .nothing(onSite: nil, cover: holder.id)
      }
    }
    if !paid, let site = pools.first(where: { $0.isSite && $0.from <= day && day <= $0.expires && today <= $0.expires })
    {
      return .nothing(onSite: site.expires, cover: nil)
    }
    if number > 1, !paid { return .nothing(onSite: nil, cover: nil) }
    if let hold = holds.first(where: { $0.number == hold }) {
      guard hold.until >= today, let pool = pools.first(where: { !$0.isSite && $0.expires == hold.pool }) else {
        return .refused("state.expired")
      }
      if day < pool.from { return .refused("state.too-early") }
      if day > pool.expires { return .refused("state.too-late") }
      return hold.left > 0 ? .seat(pool.expires, hold: hold.number) : .refused("state.no-seats")
    }
    let living = pools.filter { !$0.isSite && $0.from <= day && day <= $0.expires }.sorted { $0.expires < $1.expires }
    let payers = living.filter { $0.expires >= today }
    if let pool = payers.first(where: { available($0) > 0 }) { return .seat(pool.expires, hold: nil) }
    return .refused(payers.isEmpty && !living.isEmpty ? "state.expired" : "state.no-seats")
  }

  mutating func reserve(
    _ id: Int64, _ plan: Plan, _ student: String, _ test: String, _ series: String, on asked: CivilDate?,
    _ today: CivilDate
  ) {
    var (pool, seatOf, onSite): (CivilDate?, Int64?, Bool) = (nil, nil, false)
    switch plan.payment {
    case .refused: return
    case .nothing(let site, let cover):
      pool = site ?? cover.flatMap { id in tries.first { $0.id == id }?.pool }
      seatOf = cover
      onSite = site != nil
    case .seat(let expires, let hold):
      (pool, seatOf) = (expires, id)
      if let index = holds.firstIndex(where: { $0.number == hold }) { holds[index].left -= 1 }
    }
    var attempt = Try(
      id: id, student: student, test: test, series: series, number: plan.number, year: plan.year, pool: pool,
      onSite: onSite, seatOf: seatOf, tookSeat: plan.payment.seats == 1,
      isPaidRetest: profile.coverage == .series && plan.isPaidRetest, appointment: asked, reserved: today)
    if plan.isPaidRetest, profile.approvalNeeded, let index = freeApproval(student, test) {
      approvals[index].usedBy = id
      attempt.approval = index
    }
    tries.append(attempt)
  }

  // MARK: What becomes of it

  /// - Parameter happened: the day of the start; before today for a late posting.
  func mayStart(_ attempt: Try, _ happened: CivilDate, _ today: CivilDate) -> Bool {
    guard attempt.state == "reserved" || attempt.state == "expired" else { return false }
    let holder = seatIndex(of: attempt).map { tries[$0] }
    guard happened >= attempt.reserved, happened >= holder?.reserved ?? attempt.reserved else { return false }
    let here = tries.filter { $0.student == attempt.student && $0.test == attempt.test && $0.id != attempt.id }
    if attempt.state == "expired" || isOver(attempt, today),
      here.contains(where: {
        counts($0) && !isOver($0, today) && $0.number >= attempt.number
          && (!profile.startsAnew || $0.year == attempt.year)
      })
    {
      return false
    }
    if attempt.number > 1 {
      if profile.retestInYear, happened > Self.lastDay(attempt.year) { return false }
      let earlier = here.filter {
        $0.id < attempt.id && counts($0) && (!profile.startsAnew || $0.year == attempt.year)
      }
      if let last = earlier.compactMap(\.completed).max(), happened < last + profile.waitDays { return false }
    }
    if let last = lastDay(of: attempt), happened > last { return false }
    if let pool = pools.first(where: { $0.expires == attempt.pool && $0.isSite == attempt.onSite }),
      happened < pool.from
    {
      return false
    }
    return true
  }

  mutating func start(_ index: Int, _ happened: CivilDate) -> Int {
    var consumed = 0
    if let holder = seatIndex(of: tries[index]), ["reserved", "expired"].contains(tries[holder].seat) {
      tries[holder].seat = "consumed"
      consumed = 1
    }
    tries[index].state = "started"
    tries[index].startConsumed = consumed == 1
    if case .days = profile.expiry, !(profile.retestInYear && tries[index].number > 1) {
      tries[index].year = Self.year(happened)
    }
    return consumed
  }

  func mayGiveUp(_ attempt: Try, noShow: Bool, _ today: CivilDate) -> Bool {
    guard attempt.state == "reserved", !isOver(attempt, today) else { return false }
    if noShow { return attempt.appointment.map { $0 <= today } ?? false }
    guard profile.cutoffDays > 0, let appointment = attempt.appointment else { return true }
    return today <= appointment - profile.cutoffDays
  }

  mutating func giveUp(_ index: Int, noShow: Bool) -> Int {
    let attempt = tries[index]
    tries[index].state = noShow ? "no-show" : "cancelled"
    tries[index].gaveBack = false
    if !noShow, let approval = attempt.approval { approvals[approval].usedBy = nil }
    guard let holder = seatIndex(of: attempt), tries[holder].seat == "reserved" else { return 0 }
    let others = tries.filter { $0.id != attempt.id && counts($0) && $0.seatOf == attempt.seatOf }
    guard others.isEmpty else { return 0 }
    tries[holder].seat = noShow && profile.noShow == .forfeit ? "forfeited" : "available"
    tries[index].gaveBack = true
    return 1
  }

  // MARK: Reversing

  func mayReverse(_ attempt: Try, _ kind: String) -> Bool {
    let here = tries.filter {
      $0.student == attempt.student && $0.test == attempt.test && $0.id != attempt.id && counts($0)
    }
    switch kind {
    case "start":
      guard attempt.state == "started" else { return false }
      return !attempt.startConsumed
        || !tries.contains {
          $0.id != attempt.id && $0.seatOf == attempt.seatOf && counts($0) && $0.state != "reserved"
        }
    case "result":
      return ["passed", "failed", "incomplete"].contains(attempt.state) && !here.contains { $0.id > attempt.id }
    default:
      guard attempt.state == "cancelled" || attempt.state == "no-show" else { return false }
      if here.contains(where: { $0.id > attempt.id || $0.state == "reserved" || $0.state == "started" }) {
        return false
      }
      if attempt.state == "cancelled", let approval = attempt.approval, approvals[approval].usedBy != nil {
        return false
      }
      guard let holder = seatIndex(of: attempt) else { return true }
      guard attempt.gaveBack else { return ["reserved", "consumed"].contains(tries[holder].seat) }
      // The seat itself is gone if somebody else has taken what it left.
      if tries[holder].seat == "forfeited" { return true }
      guard tries[holder].seat == "available",
        let pool = pools.first(where: { !$0.isSite && $0.expires == attempt.pool })
      else { return false }
      return available(pool) > 0
    }
  }

  mutating func reverse(_ index: Int, _ kind: String, _ today: CivilDate) {
    let since = tries[index].reserved
    switch kind {
    case "start":
      tries[index].state = "reserved"
      tries[index].reserved = today
      if tries[index].startConsumed { comeBack(index, today) }
      if case .days = profile.expiry, !(profile.retestInYear && tries[index].number > 1) {
        tries[index].year = Self.year(tries[index].appointment ?? since)
      }
    case "result":
      tries[index].state = "started"
      tries[index].completed = nil
    default:
      if tries[index].state == "cancelled", let approval = tries[index].approval {
        approvals[approval].usedBy = tries[index].id
      }
      tries[index].state = "reserved"
      tries[index].reserved = today
      if tries[index].gaveBack { comeBack(index, today) }
    }
    if isOver(tries[index], today) { tries[index].state = "expired" }
  }

  /// A seat is reserved again, or expires at once where its pool has expired.
  private mutating func comeBack(_ index: Int, _ today: CivilDate) {
    guard let holder = seatIndex(of: tries[index]) else { return }
    tries[holder].reserved = today
    let isPast = tries[index].pool.map { $0 < today } ?? false
    tries[holder].seat = isPast ? "expired" : "reserved"
    if isPast { tries[index].state = "expired" }
  }

  // MARK: Pools

  mutating func buy(_ seats: Int, expires: CivilDate, from: CivilDate, isSite: Bool) {
    if let index = pools.firstIndex(where: { $0.expires == expires && $0.isSite == isSite }) {
      pools[index].bought += seats
    } else {
      pools.append(Pool(expires: expires, from: from, isSite: isSite, bought: seats))
    }
  }

  /// Ends the holds and the pools whose last day is over.
  mutating func rollOver(_ today: CivilDate) {
    for index in holds.indices where holds[index].until < today { holds[index].left = 0 }
    for index in pools.indices where pools[index].expires < today && !pools[index].isClosed {
      let expires = pools[index].expires
      for other in tries.indices where tries[other].pool == expires && tries[other].onSite == pools[index].isSite {
        if isOver(tries[other], today) { tries[other].state = "expired" }
        if tries[other].tookSeat, tries[other].seat == "reserved" {
          tries[other].seat = "expired"
          if tries[other].state == "reserved" { tries[other].state = "expired" }
        }
      }
      pools[index].wasted += available(pools[index])
      pools[index].isClosed = true
    }
  }
}
