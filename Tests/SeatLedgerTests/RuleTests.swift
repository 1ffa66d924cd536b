import SeatLedger
import Testing

@Suite("Rules")
struct RuleTests {
  // MARK: R2: what a reserve costs

  @Test("R2: one seat pays for every test of one series in one year")
  func seatCoversSeries() {
    var desk = Desk()
    desk.buy(5)
    let first = desk.reserve("k1", "paint")
    #expect(first["seats"] == "1" && first["available"] == "4")
    let second = desk.reserve("k1", "frame")
    #expect(second["seats"] == "0" && second["number"] == "1" && second["available"] == "4")
    #expect(desk.reserve("k1", "brakes")["seats"] == "1")
    #expect(desk.start(second["attempt"])["seats"] == "1")
    #expect(desk.start(first["attempt"])["seats"] == "0")
    #expect(desk.total.consumed.seats == 1 && desk.total.reserved.seats == 1)
  }

  @Test("R2, R16: the seat stays while another attempt hangs on it, whoever took it")
  func sharedSeatSurvivesItsTaker() {
    var desk = Desk()
    desk.buy(1)
    let taker = desk.reserve("k1", "paint")
    let other = desk.reserve("k1", "frame")
    #expect(desk.cancel(taker["attempt"])["seats"] == "0")
    #expect(desk.total.reserved.seats == 1)
    #expect(desk.cancel(other["attempt"])["seats"] == "1")
    #expect(desk.total.available.seats == 1 && desk.total.available.cents == 4_000)
  }

  // MARK: R3, R4: who pays

  @Test("R3: no seats: refused with what every pool has, and nothing moves")
  func noSeats() {
    var desk = Desk()
    desk.buy(1)
    desk.buy(1, fund: "perkins")
    desk.reserve("k1")
    desk.reserve("k2")
    let before = desk.ledger.head
    let refused = desk.reserve("k3")
    #expect(refused.isRefused(.noSeats, .noSeats))
    #expect(refused["left"] == "general:2025-06-30:0,perkins:2025-06-30:0")
    #expect(desk.ledger.head == before)
  }

  @Test("R4: the named fund, else the earliest expiry, then general, then the others by name")
  func whichPoolPays() {
    var desk = Desk()
    for fund in ["zeta", "alpha", "general"] { desk.buy(1, fund: fund) }
    #expect(desk.reserve("k1", "brakes")["fund"] == "general")
    #expect(desk.reserve("k2", "brakes")["fund"] == "alpha")
    #expect(desk.reserve("k3", "brakes")["fund"] == "zeta")
    desk.go(to: "2025-01-10T09:00")
    desk.buy(1, "pro", fund: "general", on: "2025-01-10")
    desk.buy(1, "pro", fund: "perkins", on: "2025-01-01")
    #expect(desk.reserve("k4", "a5")["fund"] == "perkins")
  }

  // MARK: R5 to R9: attempts

  @Test("R6: one at a time, whatever school asks")
  func oneAtATime() {
    var desk = Desk()
    desk.buy(2)
    desk.buy(2, at: Desk.otherSchool)
    desk.reserve("k1")
    #expect(desk.reserve("k1", at: Desk.otherSchool).isRefused(.attemptOpen, .oneAtATime))
  }

  @Test("R5, R8, R9: a free retest after 30 days, a paid one with somebody else's approval, and no fourth")
  func threeAttempts() {
    var desk = Desk(at: "2024-09-02T10:00")
    desk.buy(3)
    desk.fail("k1")
    #expect(desk.reserve("k1", on: "2024-10-01").isRefused(.tooEarly, .retestWait))
    #expect(desk.reserve("k1", on: "2024-10-01")["earliest"] == "2024-10-02")
    desk.go(to: "2024-10-02T08:00")
    let second = desk.fail("k1")
    #expect(second["number"] == "2" && second["seats"] == "0")
    desk.go(to: "2024-11-01T08:00")
    #expect(desk.reserve("k1").isRefused(.needsApproval, .paidRetest))
    desk.approve("k1", by: "uid:1")
    #expect(desk.reserve("k1").isRefused(.needsApproval, .paidRetest), "nobody approves what they reserve")
    desk.approve("k1", by: "uid:2")
    let third = desk.reserve("k1")
    #expect(third["number"] == "3" && third["seats"] == "1")
    desk.cancel(third["attempt"])
    let again = desk.reserve("k1")
    #expect(again["number"] == "3", "a cancel gives the approval back")
    desk.start(again["attempt"])
    desk.result(again["attempt"], .incomplete)
    desk.go(to: "2025-01-15T08:00")
    #expect(desk.reserve("k1").isRefused(.attemptLimit, .attemptLimit))
    #expect(desk.total.consumed.seats == 2)
  }

  @Test("R10: a test that is passed is not tried again by mistake")
  func alreadyPassed() {
    var desk = Desk()
    desk.buy(2)
    let first = desk.reserve("k1")
    desk.start(first["attempt"])
    #expect(desk.result(first["attempt"], .pass)["certificate-through"] == "2026-08-01")
    desk.go(to: "2024-10-01T09:00")
    #expect(desk.reserve("k1").isRefused(.alreadyPassed, .alreadyPassed))
    #expect(desk.reserve("k1", evenIfPassed: true).isOK)
  }

  // MARK: R14, R15: the end of a year

  @Test(
    "R14, R15: past June 30 nothing pays and nothing starts, with the rollover or without it", arguments: [false, true])
  func yearEnd(hasRolledOver: Bool) {
    var desk = Desk()
    desk.buy(5)
    let waiting = desk.reserve("k1")
    let used = desk.reserve("k2")
    desk.start(used["attempt"])
    desk.go(to: "2025-06-30T23:59:59")
    #expect(desk.reserve("k3").isOK, "the last second of the year")
    desk.go(to: "2025-07-01")
    if hasRolledOver { desk.expireAll() }
    #expect(desk.start(waiting["attempt"]).isRefused(.expired, .nobodyWaitsForTheJob))
    #expect(desk.cancel(waiting["attempt"]).isRefused(.attemptClosed, .cancel))
    #expect(desk.reserve("k4").isRefused(.noSeats, .noSeats))
    #expect(desk.result(used["attempt"], .pass).isOK, "what was started can be completed")
    desk.expireAll()
    #expect(desk.total.expired == Amount(seats: 4, cents: 16_000) && desk.total.consumed.seats == 1)
    let head = desk.ledger.head
    desk.expireAll()
    #expect(desk.ledger.head == head, "a second rollover finds nothing")
  }

  @Test("cost: each reserve takes its share to the cent, and keeps it")
  func costFollowsTheSeat() {
    var desk = Desk()
    desk.buy(3, cents: 4_000)
    desk.buy(4, cents: 4_701)
    #expect(desk.total.purchased.cents == 30_804)
    let attempts = (1...6).map { desk.reserve("k\($0)") }
    for attempt in attempts.prefix(4) { desk.start(attempt["attempt"]) }
    desk.go(to: "2025-07-01")
    desk.expireAll()
    #expect(desk.total.consumed.cents == 17_601)
    #expect(desk.total.expired.cents == 13_203)
  }

  // MARK: R16 to R18

  @Test(
    "R16: the professional cut-off: four days before is the last",
    arguments: [("2025-06-09", true), ("2025-06-10", false)])
  func cutoff(_ day: String, _ isAllowed: Bool) {
    var desk = Desk(at: "2025-05-10T09:00")
    desk.buy(1, "pro")
    let attempt = desk.reserve("k1", "a5", on: "2025-06-13T10:00")
    desk.go(to: "\(day)T12:00")
    let answer = desk.cancel(attempt["attempt"])
    #expect(isAllowed ? answer.isOK : answer.isRefused(.insideCutoff, .cancel))
  }

  @Test("R17: a no-show releases the seat of one program and forfeits that of the other")
  func noShows() {
    var desk = Desk(at: "2025-05-10T09:00")
    desk.buy(1)
    desk.buy(1, "pro")
    let entry = desk.reserve("k1", on: "2025-05-12")
    let professional = desk.reserve("k1", "a5", on: "2025-05-12T09:00")
    #expect(desk.noShow(entry["attempt"]).isRefused(.tooEarly, .noShow))
    desk.go(to: "2025-05-12T09:01")
    #expect(desk.noShow(entry["attempt"])["available"] == "1")
    #expect(desk.noShow(professional["attempt"])["available"] == "0")
    #expect(desk.total.forfeited == Amount(seats: 1, cents: 4_000))
    #expect(desk.reserve("k1")["number"] == "1", "the number is given again, and no wait follows")
  }

  @Test("R17: without an appointment there is no no-show")
  func noShowWithoutAppointment() {
    var desk = Desk()
    desk.buy(1)
    #expect(desk.noShow(desk.reserve("k1")["attempt"]).isRefused(.tooEarly, .noShow))
  }

  @Test("R18: a result is neither before the start nor in the future")
  func resultDates() {
    var desk = Desk(at: "2024-09-10T09:00")
    desk.buy(1)
    let attempt = desk.reserve("k1")["attempt"]
    #expect(desk.result(attempt, .pass).isRefused(.notStarted, .result))
    desk.start(attempt)
    #expect(desk.start(attempt).isRefused(.alreadyStarted, .costOfReserve))
    #expect(desk.result(attempt, .pass, on: "2024-09-09").isRefused(.tooEarly, .result))
    #expect(desk.result(attempt, .pass, on: "2024-09-11").isRefused(.tooLate, .result))
    #expect(desk.result(attempt, .fail, on: "2024-09-10")["next-earliest"] == "2024-10-10")
    #expect(desk.result(attempt, .pass).isRefused(.attemptClosed, .result))
  }

  @Test("R29: a start says that a proctor is attested, where the profile asks")
  func proctor() {
    var desk = Desk(at: "2025-05-10T09:00")
    desk.buy(1)
    desk.buy(1, "pro")
    #expect(desk.start(desk.reserve("k1")["attempt"], proctor: false).isRefused(.needsProctor, .proctor))
    #expect(desk.start(desk.reserve("k1", "a5")["attempt"], proctor: false).isOK)
  }

  // MARK: R20 to R24

  @Test("R20, R21: only available seats move, and with their cost")
  func transferAndReturn() {
    var desk = Desk()
    desk.buy(3, cents: 1_001)
    let choice = Command.PoolChoice(program: Code(stored: "entry"), expires: AcademicYear(start: 2024).lastDay)
    func transfer(_ seats: Int64, to school: SchoolCode) -> Command {
      .transfer(.init(from: Desk.school, to: school, pool: choice, seats: seats))
    }
    #expect(desk.ask(transfer(1, to: Desk.school)).isRefused(.sameSchool, .transfer))
    #expect(desk.ask(transfer(4, to: Desk.otherSchool)).isRefused(.noSeats, .transfer))
    #expect(desk.ask(transfer(2, to: Desk.otherSchool))["to-available"] == "2")
    desk.reserve("k1", at: Desk.otherSchool)
    let back = Command.Return(school: Desk.otherSchool, pool: choice, seats: 2, reason: "unused")
    #expect(desk.ask(.return(back)).isRefused(.noSeats, .returnToVendor))
    desk.go(to: "2025-07-01")
    #expect(desk.ask(transfer(1, to: Desk.otherSchool)).isRefused(.expired, .nobodyWaitsForTheJob))
  }

  @Test("R22: the same request twice is answered as it was; anything else with its key is refused")
  func sameRequestTwice() {
    var desk = Desk()
    desk.buy(2)
    func reserve(_ candidate: String) -> Command {
      .reserve(
        .init(
          school: Desk.school, candidate: Candidate(stored: candidate),
          test: desk.catalogue.tests[Code(stored: "paint")]!))
    }
    guard case .done(let first) = desk.run(reserve("k1"), key: "a"),
      case .replayed(let second) = desk.run(reserve("k1"), key: "a")
    else {
      Issue.record("not done and replayed")
      return
    }
    #expect(first == second)
    guard case .refused(let other, _) = desk.run(reserve("k2"), key: "a"),
      case .refused(let stranger, _) = desk.run(reserve("k1"), by: "uid:9", key: "a")
    else {
      Issue.record("not refused")
      return
    }
    #expect(other.code == .keyMismatch && stranger.code == .keyMismatch)
    #expect(desk.total.reserved.seats == 1)
  }

  @Test("R22: keys that look alike are two keys, as they are in the database")
  func alikeKeys() {
    var desk = Desk()
    desk.buy(2)
    let test = desk.catalogue.tests[Code(stored: "paint")]!
    let same = Command.reserve(.init(school: Desk.school, candidate: Candidate(stored: "k1"), test: test))
    for key in ["ke\u{301}y", "k\u{E9}y"] {
      // The second one is refused by R6: it is another request, and not the first one again.
      if case .replayed = desk.run(same, key: key) { Issue.record("one key was taken for the other one") }
    }
    #expect(desk.ledger.head.number.value == 2)
  }

  @Test("R24: seats for the next year may be bought, and pay from July 1 on for tests not tried this year")
  func buyingAhead() {
    var desk = Desk(at: "2025-05-02T09:00")
    #expect(desk.buy(1)["warning"] == "these seats expire on 2025-06-30, in 59 days")
    #expect(desk.buy(1, year: "2026-2027").isRefused(.tooEarly, .buyingAhead))
    #expect(desk.buy(1, year: "2023-2024").isRefused(.tooLate, .buyingAhead))
    #expect(desk.buy(1, year: "2025-2026").isOK)
    let next = desk.reserve("k1", on: "2025-07-05")
    #expect(next["number"] == "1" && desk.reserve("k2", on: "2025-07-05").isRefused(.noSeats, .noSeats))
    #expect(desk.start(next["attempt"]).isRefused(.tooEarly, .buyingAhead))
    desk.fail("k3")
    #expect(desk.reserve("k3", on: "2025-07-05").isRefused(.tooLate, .retestDeadline))
    desk.go(to: "2025-07-05T09:00")
    #expect(desk.start(next["attempt"]).isOK)
  }

  @Test("R23: a cancel is not undone when somebody has got its number since, whoever is the older")
  func cancelledTwice() {
    var desk = Desk()
    desk.buy(3)
    let first = desk.reserve("k1")
    let cancelled = desk.cancel(first["attempt"])
    let second = desk.reserve("k1")
    let cancelledAgain = desk.cancel(second["attempt"])
    #expect(second["number"] == "1")
    #expect(desk.reverse(cancelled["seq"]).isOK)
    #expect(desk.reverse(cancelledAgain["seq"]).isRefused(.seatsMovedOn, .mistakes), "the first one is open")
    desk.start(first["attempt"])
    desk.result(first["attempt"], .fail)
    #expect(desk.reverse(cancelledAgain["seq"]).isRefused(.seatsMovedOn, .mistakes), "the first one is attempt 1")
    #expect(desk.reserve("k1").isRefused(.tooEarly, .retestWait))
  }

  @Test("R23, R26: an approval of a sealed year stays")
  func sealedApproval() {
    var desk = Desk()
    desk.buy(1)
    let approval = desk.approve("k1")
    desk.go(to: "2025-07-02")
    desk.expireAll()
    #expect(desk.ask(.seal(SealedYear(program: Code(stored: "entry"), year: AcademicYear(start: 2024)))).isOK)
    #expect(desk.reverse(approval["seq"]).isRefused(.yearSealed, .seal))
  }

  @Test("R23, R27: of two site licences one can be undone while the other carries the uses")
  func bookedTwice() {
    var desk = Desk()
    func licence() -> Desk.Answer {
      desk.ask(
        .purchase(
          .init(
            school: Desk.school, program: desk.catalogue.programs[Code(stored: "entry")]!, seats: 1,
            unitCents: 180_000, kind: .site)))
    }
    let first = licence()
    #expect(desk.reserve("k1")["seats"] == "0")
    let second = licence()
    #expect(desk.reverse(second["seq"]).isOK)
    #expect(desk.reverse(first["seq"]).isRefused(.seatsMovedOn, .mistakes))
  }

  @Test("R28: holds that end on one day come back together, at its end")
  func holdsOfOneDay() throws {
    var desk = Desk()
    desk.buy(20)
    let choice = Command.PoolChoice(program: Code(stored: "entry"), expires: AcademicYear(start: 2024).lastDay)
    let until = try #require(CivilDate("2024-08-10"))
    let holds = (0..<2).compactMap { _ in
      desk.ask(.hold(.init(school: Desk.school, pool: choice, seats: 5, until: until)))["hold"]
    }
    desk.go(to: "2024-08-15T09:00")
    desk.end(holds.compactMap { Int64($0).map { HoldNumber($0) } }, [])
    let ends = desk.ledger.posted.map(\.entry).filter { $0.kind == .release }.map(\.effective)
    #expect(ends == Array(repeating: desk.zone.end(of: until), count: 2))
    #expect(desk.total.available.seats == 20)
  }

  @Test("R19, R23: the school that may post an attempt's start undoes it")
  func ownStart() {
    var desk = Desk()
    desk.buy(1)
    let attempt = desk.reserve("k1")["attempt"]
    desk.reserve("k1", "frame", at: Desk.otherSchool)
    let start = desk.start(attempt)
    func undo(_ school: SchoolCode) -> Decision {
      desk.ledger.decide(
        Request(
          lines: [.init(.reverse(EntryNumber(Int64(start["seq"] ?? "") ?? 0), reason: "mistake"))],
          caller: Caller(principal: "uid:2", schools: [school])), at: desk.now, in: desk.catalogue)
    }
    guard case .refused(let refusal, _) = undo(.district) else {
      Issue.record("a school that has no part in it has undone it")
      return
    }
    #expect(refusal.code == .forbidden)
    guard case .done = undo(Desk.otherSchool) else {
      Issue.record("the school that reserved last could not undo it")
      return
    }
  }
}
