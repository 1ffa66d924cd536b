import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// One conversation a rule, as a school's secretary or the district's finance office has it.
///
/// Everything takes place in the district `d` with the schools `apex` and `cary`, where nothing else is said on
/// 2024-08-01 in New York.
@Suite("Rules, told at the socket")
struct RuleTranscriptTests {
  private func tell(
    _ rule: Rule, at clock: String = "2024-08-01T09:00:00-04:00", extra: [String] = [], _ script: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: clock, extra: extra)
    _ = try daemon.talk([
      "tenant.add tenant=d name=District zone=America/New_York", "school.add tenant=d school=apex name=Apex",
      "school.add tenant=d school=cary name=Cary",
    ])
    try expect(daemon, says: script, sourceLocation: sourceLocation)
    let proof = try daemon.ask("verify tenant=d")
    #expect(proof.contains(" differences=0"), "\(rule.name): \(proof)", sourceLocation: sourceLocation)
  }

  @Test("R1: June 30 ends at midnight, by the district's clocks")
  func r1() throws {
    try tell(
      .academicYear, at: "2025-06-30T23:59:58-04:00", extra: ["--no-rollover"],
      """
      C: tenant.add tenant=west name=West zone=America/Los_Angeles
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK entry=1 … expires=2025-06-30 available=1 …
      C: purchase tenant=west school=district program=ase-entry-level seats=1 unit-price=40.00
      S: OK entry=1 … expires=2025-06-30 …
      C: clock.set at=2025-07-01T00:00:00-04:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: ERR state.no-seats retry=no rule=R3 …
      C: reserve tenant=west school=district candidate=k1 test=brakes
      S: OK attempt=2 number=1 seats=1 …
      """)
  }

  @Test("R2: one seat pays for a series")
  func r2() throws {
    try tell(
      .costOfReserve,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=5 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=painting-refinishing
      S: OK attempt=2 number=1 seats=1 kind=seats fund=general available=4 …
      C: reserve tenant=d school=apex candidate=k1 test=structural-analysis
      S: OK attempt=3 number=1 seats=0 available=4 …
      C: start tenant=d attempt=3 proctor=attested
      S: OK attempt=3 seats=1 available=4 consumed=1 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK attempt=2 seats=0 available=4 consumed=1 …
      """)
  }

  @Test("R3: no seats, and what every pool has")
  func r3() throws {
    try tell(
      .noSeats,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00 fund=perkins
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK …
      C: reserve tenant=d school=apex candidate=k2 test=brakes
      S: ERR state.no-seats retry=no rule=R3 available=0 left=perkins:2025-06-30:0 msg=…
      """)
  }

  @Test("R4: general pays before the other funds, unless one is named")
  func r4() throws {
    try tell(
      .whichPoolPays,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=5 unit-price=40.00 fund=carl
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level seats=5 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=3 number=1 seats=1 kind=seats fund=general available=4 …
      C: reserve tenant=d school=apex candidate=k2 test=brakes fund=carl
      S: OK attempt=4 number=1 seats=1 kind=seats fund=carl available=4 …
      """)
  }

  @Test("R5: a free second attempt, 30 days later")
  func r5() throws {
    try tell(
      .retestWait, at: "2025-03-01T09:00:00-05:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK attempt=2 next-earliest=2025-03-31 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-03-30
      S: ERR state.too-early retry=no rule=R5 earliest=2025-03-31 msg=…
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-03-31T00:30
      S: OK attempt=5 number=2 seats=0 available=0 earliest=2025-03-31 latest=2025-06-30 …
      C: start tenant=d attempt=5 proctor=attested
      S: ERR state.too-early retry=no rule=R5 earliest=2025-03-31 msg=…
      """)
  }

  @Test("R6: one attempt at a time")
  func r6() throws {
    try tell(
      .oneAtATime,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=5 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-01-15
      S: ERR state.attempt-open retry=no rule=R6 attempt=2 msg=…
      C: cancel tenant=d attempt=2
      S: OK attempt=2 seats=1 available=5 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-01-15
      S: OK attempt=4 number=1 …
      """)
  }

  @Test("R7: a retest is completed by June 30, its minutes included")
  func r7() throws {
    try tell(
      .retestDeadline, at: "2025-06-01T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2025-06-01T09:00:30
      S: ERR state.too-late retry=no rule=R13 latest=2025-06-01 msg=…
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=incomplete
      S: OK attempt=2 available=1 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-07-01
      S: ERR state.too-late retry=no rule=R7 latest=2025-06-30 msg=…
      C: eligibility tenant=d school=apex candidate=k1 test=brakes on=2025-06-30T23:30
      S: OK allowed=no number=2 seats=0 latest=2025-06-30 rule=R7 why=…
      """)
  }

  @Test("R8: a third attempt takes a seat and somebody else's approval")
  func r8() throws {
    try tell(
      .paidRetest, at: "2025-01-06T09:00:00-05:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 number=1 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK …
      C: clock.set at=2025-02-06T09:00:00-05:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=5 number=2 seats=0 …
      C: start tenant=d attempt=5 proctor=attested
      S: OK attempt=5 seats=0 …
      C: result tenant=d attempt=5 outcome=fail
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-03-07
      S: ERR state.too-early retry=no rule=R8 earliest=2025-03-08 msg=…
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-03-10
      S: ERR state.needs-approval retry=no rule=R8 number=3 msg=…
      # the same person may not approve it
      C: approve tenant=d school=apex candidate=k1 test=brakes reason="worked hard"
      S: OK approval=8 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-03-10
      S: ERR state.needs-approval retry=no rule=R8 number=3 msg=…
      """)
  }

  @Test("R9: no fourth attempt in a year that allows three; a program of two allows two")
  func r9() throws {
    try tell(
      .attemptLimit,
      """
      C: program.add program=two name=Two coverage=series expiry=year-end free-retests=1 paid-retests=0 approval-needed=no wait-days=0 wait-binds=appointment starts-anew=yes retest-in-year=yes no-show=release cutoff=0 fee=no certificate=1 renewable=no proctor=no
      S: OK …
      C: test.add program=two series=s test=welding name=Welding minutes=30
      S: OK …
      C: purchase tenant=d school=apex program=two seats=2 unit-price=10.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=welding
      S: OK attempt=2 number=1 seats=1 …
      C: start tenant=d attempt=2
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK attempt=2 next-earliest=2024-08-01 …
      C: reserve tenant=d school=apex candidate=k1 test=welding
      S: OK attempt=5 number=2 seats=0 …
      C: start tenant=d attempt=5
      S: OK …
      C: result tenant=d attempt=5 outcome=fail
      S: OK attempt=5 available=1 …
      C: reserve tenant=d school=apex candidate=k1 test=welding
      S: ERR state.attempt-limit retry=no rule=R9 number=3 msg=…
      """)
  }

  @Test("R10: what is passed is not tried again by mistake")
  func r10() throws {
    try tell(
      .alreadyPassed,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=pass
      S: OK attempt=2 certificate-through=2026-08-01 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2024-09-03
      S: ERR state.already-passed retry=no rule=R10 certificate-through=2026-08-01 msg=…
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2024-09-03 even-if-passed=yes
      S: OK attempt=5 number=2 seats=0 …
      """)
  }

  @Test("R11: a new year takes a new seat, counts from 1 and does not wait")
  func r11() throws {
    try tell(
      .newYear, at: "2025-06-20T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=42.00 year=2025-2026
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=3 number=1 seats=1 …
      C: start tenant=d attempt=3 proctor=attested
      S: OK …
      C: result tenant=d attempt=3 outcome=fail
      S: OK attempt=3 available=…
      C: clock.set at=2025-07-01T08:00:00-04:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=… number=1 seats=1 kind=seats fund=general available=0 …
      """)
  }

  @Test("R12: a first attempt that starts before midnight is valid, and of the old year")
  func r12() throws {
    try tell(
      .straddlingAttempt, at: "2025-06-30T23:59:30-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK attempt=2 seats=1 …
      C: clock.set at=2025-07-01T00:45:00-04:00
      S: OK …
      C: result tenant=d attempt=2 outcome=pass
      S: OK attempt=2 certificate-through=2027-07-01 …
      C: attempts tenant=d
      S: D attempt=2 … state=passed year=2024-2025 … completed=2025-07-01 seats=1
      S: OK …
      """)
  }

  @Test("R13: a start of June 30 that is told in July")
  func r13() throws {
    try tell(
      .latePosting, at: "2025-06-30T08:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: clock.set at=2025-07-02T09:00:00-04:00
      S: OK …
      C: start tenant=d attempt=2 proctor=attested
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 msg=…
      C: start tenant=d attempt=2 proctor=attested at=2025-06-30T07:00
      S: ERR state.too-early retry=no rule=R13 earliest=2025-06-30 msg=…
      C: start tenant=d attempt=2 proctor=attested at=2025-06-30T10:00
      S: OK attempt=2 seats=1 available=0 consumed=1 …
      C: statement tenant=d from=2025-07-01
      S: D entry=3 kind=expire … principal=daemon …
      S: D entry=4 kind=expire … principal=daemon …
      S: D entry=5 kind=unexpire seats=1 cost=40.00 from=apex/ase-entry-level/2025-06-30/general/expired to=apex/ase-entry-level/2025-06-30/general/reserved attempt=2 effective=2025-07-01T00:00:00-04:00 …
      S: OK …
      # a reserve, too, if a seat was there all the while
      C: reserve tenant=d school=apex candidate=k2 test=brakes at=2025-06-30T08:30
      S: OK attempt=8 number=1 seats=1 …
      C: start tenant=d attempt=8 proctor=attested at=2025-06-30T09:30
      S: OK attempt=8 seats=1 available=0 consumed=2 …
      C: reserve tenant=d school=apex candidate=k3 test=brakes at=2025-06-29T08:30
      S: ERR state.no-seats retry=no rule=R3 …
      C: balance tenant=d
      S: D … purchased=3 … available=0 held=0 reserved=0 consumed=2 forfeited=0 expired=1 …
      S: OK …
      """)
  }

  @Test("R13, R15: a late reserve on a seat that another test has used is over as the year is")
  func r13WithoutSeat() throws {
    try tell(
      .latePosting, at: "2025-06-01T08:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: clock.set at=2025-07-02T09:00:00-04:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=engine-repair at=2025-06-15T09:00
      S: OK attempt=5 number=1 seats=0 …
      C: cancel tenant=d attempt=5
      S: ERR state.attempt-closed retry=no rule=R16 state=expired msg=…
      C: attempts tenant=d candidate=k1 state=expired
      S: D attempt=5 … state=expired year=2024-2025 seats=0
      S: OK rows=1 …
      C: attempts tenant=d state=reserved
      S: OK rows=0 …
      # what has happened can still be told
      C: start tenant=d attempt=5 proctor=attested at=2025-06-20T10:00
      S: OK attempt=5 seats=0 …
      C: attempts tenant=d candidate=k1 test=engine-repair
      S: D attempt=5 … state=started …
      S: OK rows=1 …
      """)
  }

  @Test("R13: a moment that an answer tells can be named again")
  func tellsMoments() throws {
    try tell(
      .latePosting, at: "2024-08-01T09:00:00-04:00",
      """
      C: clock.set at=2024-09-01T09:00:00-04:00
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: balance tenant=d +as-of=2024-09-01T08:59:59-04:00
      S: OK rows=0 …
      C: balance tenant=d +as-of=2024-09-01T09:00:09-04:00
      S: D … available=2 …
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: clock.set at=2024-09-02T09:00
      S: OK …
      """)
    // Every effective time is a whole second, and a start at its own reserve's is not before it.
    let daemon = try TestDaemon(database: try TestDatabase.make())
    _ = try daemon.talk([
      "tenant.add tenant=d name=D zone=America/New_York",
      "purchase tenant=d school=district program=ase-entry-level seats=2 unit-price=40.00",
      "reserve tenant=d school=district candidate=k1 test=brakes",
    ])
    var client = try daemon.connect()
    let times = try client.ask("statement tenant=d").compactMap { $0.value(.effective) }
    let (bought, reserved) = (try #require(times.first), try #require(times.last))
    #expect(try daemon.ask("balance tenant=d +as-of=\(bought)").hasPrefix("OK rows=1 "))
    let start = try daemon.ask("start tenant=d attempt=2 at=\(reserved) proctor=attested")
    #expect(start.hasPrefix("OK "), "\(start)")
    #expect(try daemon.ask("reserve tenant=d school=district candidate=k2 test=brakes at=\(bought)").hasPrefix("OK "))
  }

  @Test("R6, R9: while no day is legal, eligibility tells none")
  func noLegalDay() throws {
    try tell(
      .oneAtATime,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: eligibility tenant=d school=apex candidate=k1 test=brakes
      S: OK allowed=no number=2 seats=0 rule=R6 why=…
      C: eligibility tenant=d school=apex candidate=k2 test=brakes on=2026-07-10
      S: OK allowed=no number=1 seats=1 earliest=2026-07-01 latest=2027-06-30 rule=R3 why=…
      """)
  }

  @Test("R10: without even-if-passed the first legal date comes after the certificate's last")
  func afterTheCertificate() throws {
    try tell(
      .alreadyPassed,
      """
      C: purchase tenant=d school=apex program=ase-professional seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=a5
      S: OK attempt=2 …
      C: start tenant=d attempt=2
      S: OK …
      C: result tenant=d attempt=2 outcome=pass
      S: OK attempt=2 certificate-through=2029-08-01 …
      C: eligibility tenant=d school=apex candidate=k1 test=a5
      S: OK allowed=no number=2 seats=1 earliest=2029-08-02 rule=R10 why=…
      """)
  }

  @Test("R4: where a seat's days are its own, the last legal date is that of the seats that live longest")
  func lastLegalDate() throws {
    try tell(
      .whichPoolPays,
      """
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=40.00
      S: OK entry=1 … expires=2024-10-30 …
      C: clock.set at=2024-08-15T09:00:00-04:00
      S: OK …
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=40.00
      S: OK entry=2 … expires=2024-11-13 …
      C: eligibility tenant=d school=apex candidate=k1 test=a5
      S: OK allowed=yes number=1 seats=1 earliest=2024-08-15 latest=2024-11-13 rule=…
      """)
  }

  @Test("R10: allowed on a day behind the certificate, the first legal date is behind it, too")
  func allowedAfterTheCertificate() throws {
    try tell(
      .alreadyPassed, at: "2026-07-02T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=pass
      S: OK … certificate-through=2028-07-02 …
      C: clock.set at=2028-05-02T09:00
      S: OK …
      C: clock.set at=2028-07-01T09:00
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: eligibility tenant=d school=apex candidate=k1 test=brakes on=2028-07-20
      S: OK allowed=yes number=1 seats=1 earliest=2028-07-03 latest=2029-06-30 rule=R2 …
      """)
  }

  @Test("R13: what is posted late is judged by what was so then: an open attempt, and no approval")
  func lateJudgement() throws {
    try tell(
      .latePosting,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=4 unit-price=40.00
      S: OK …
      C: clock.set at=2024-08-20T09:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK …
      C: clock.set at=2024-09-20T12:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2024-08-10T10:00 on=2024-09-25
      S: ERR state.attempt-open retry=no rule=R6 attempt=2 msg="attempt 1 of brakes was not completed by then"
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2024-08-20T15:00 on=2024-09-20
      S: OK attempt=5 number=2 …
      C: start tenant=d attempt=5 proctor=attested
      S: OK …
      C: result tenant=d attempt=5 outcome=fail
      S: OK …
      C: clock.set at=2024-11-05T09:00
      S: OK …
      C: approve tenant=d school=apex candidate=k1 test=brakes reason=yes
      S: OK approval=8 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2024-11-04T10:00
      S: ERR state.needs-approval retry=no rule=R8 number=3 msg="attempt 3 takes another seat and needs an approval first: …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: ERR state.needs-approval retry=no rule=R8 number=3 msg="attempt 3 was approved by the principal that reserves it; …
      """)
  }

  @Test(
    "R13, R28: what a hold was kept for can be posted when it has ended, whether the job has run or not",
    arguments: ["2025-03-03", "2025-06-30"], [true, false])
  func lateOnHold(_ until: String, _ rollsOver: Bool) throws {
    let after = until == "2025-06-30" ? "2025-07-02" : "2025-03-05"
    try tell(
      .latePosting, at: "2025-02-01T09:00:00-05:00", extra: rollsOver ? [] : ["--no-rollover"],
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=10.00
      S: OK …
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=2 until=\(until)
      S: OK hold=2 available=1 held=2 …
      C: clock.set at=\(after)T10:00:00-04:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes hold=2 at=\(until)T10:00
      S: OK attempt=… number=1 seats=1 kind=seats fund=general available=…
      C: reserve tenant=d school=apex candidate=k2 test=brakes hold=2 at=\(until)T10:00
      S: OK attempt=… number=1 seats=1 kind=seats fund=general available=…
      C: reserve tenant=d school=apex candidate=k3 test=brakes hold=2 at=\(until)T10:00
      S: ERR state.no-seats retry=no rule=R28 …
      C: balance tenant=d +as-of=\(until)T11:00
      S: D … available=1 held=0 reserved=2 …
      S: OK …
      """)
  }

  @Test("R2: where a hold is not drawn on, another fund named beside it touches nothing")
  func holdUntouched() throws {
    try tell(
      .costOfReserve,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=4 unit-price=40.00 fund=perkins
      S: OK …
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=2 until=2025-01-31 fund=perkins
      S: OK hold=2 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes hold=2 fund=general
      S: ERR syntax.bad-value retry=no argument=fund …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=3 …
      C: reserve tenant=d school=apex candidate=k1 test=suspension-steering hold=2 fund=general
      S: OK attempt=4 number=1 seats=0 …
      C: reverse tenant=d entry=3 reason=wrong
      S: ERR state.seats-moved-on retry=no rule=R23 …
      C: reverse tenant=d entry=4 reason=wrong
      S: OK entry=5 …
      C: reverse tenant=d entry=3 reason=wrong
      S: OK entry=6 … available=2 …
      """)
  }

  @Test(
    "R15: seats that have expired are told to be so, whether the rollover has run or not", arguments: [true, false])
  func expiredEitherWay(_ rollsOver: Bool) throws {
    try tell(
      .nobodyWaitsForTheJob, at: "2025-06-30T12:00:00-04:00", extra: rollsOver ? [] : ["--no-rollover"],
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=4 unit-price=40.00
      S: OK …
      C: clock.set at=2025-07-01T00:00:00-04:00
      S: OK …
      C: return tenant=d school=apex program=ase-entry-level year=2024-2025 seats=9 reason=x
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 …
      C: transfer tenant=d from=apex to=cary program=ase-entry-level year=2024-2025 seats=4
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 …
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=4 until=2025-07-02
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 …
      """)
  }

  @Test("the balance is in the order of school, program, year and fund")
  func balanceOrder() throws {
    try tell(
      .whichPoolPays,
      """
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=1.00 fund=perkins
      S: OK … expires=2024-10-30 …
      C: clock.set at=2024-08-05T09:00
      S: OK …
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=1.00 fund=general
      S: OK … expires=2024-11-03 …
      C: balance tenant=d +limit=1
      S: D … fund=general expires=2024-11-03 …
      S: OK rows=1 …
      C: balance tenant=d +limit=1 +after=apex/ase-professional/2024-11-03/general/seats
      S: D … fund=perkins expires=2024-10-30 …
      S: OK rows=1 …
      """)
  }

  @Test("R29 comes before the wait of R8, and after that of R5")
  func proctorBeforeApproval() throws {
    try tell(
      .paidRetest,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2024-09-02
      S: OK attempt=5 number=2 …
      C: start tenant=d attempt=5
      S: ERR state.too-early retry=no rule=R5 …
      C: clock.set at=2024-09-02T09:00
      S: OK …
      C: start tenant=d attempt=5 proctor=attested
      S: OK …
      C: result tenant=d attempt=5 outcome=fail
      S: OK …
      C: approve tenant=d school=apex candidate=k1 test=brakes reason=yes +actor=boss
      S: OK approval=8 …
      C: token.issue tenant=d name=desk
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2024-10-05
      S: ERR state.needs-approval retry=no rule=R8 …
      """)
  }

  @Test("R14: what is left on June 30 is worth nothing")
  func r14() throws {
    try tell(
      .leftoverSeats, at: "2025-06-30T08:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=10 unit-price=40.00
      S: OK …
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=3 until=2025-06-30
      S: OK hold=2 available=7 held=3 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=3 …
      C: rollover tenant=d +dry
      S: D tenant=d pools=1 expired-idle=9 expired-reserved=1 cost=400.00
      S: OK tenants=1 pools=1 expired-idle=9 expired-reserved=1 cost=400.00 seq=3 replayed=no
      C: clock.set at=2025-07-01T00:00:00-04:00
      S: OK …
      C: rollover tenant=d year=2024-2025
      S: D tenant=d pools=1 expired-idle=9 expired-reserved=1 cost=400.00
      S: OK …
      C: balance tenant=d
      S: D … available=0 held=0 reserved=0 consumed=0 forfeited=0 expired=10 …
      S: OK …
      """)
  }

  @Test("R15: nobody waits for the rollover")
  func r15() throws {
    try tell(
      .nobodyWaitsForTheJob, at: "2025-06-30T23:00:00-04:00", extra: ["--no-rollover"],
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: clock.set at=2025-07-01T00:00:00-04:00
      S: OK …
      C: start tenant=d attempt=2 proctor=attested
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 msg=…
      C: return tenant=d school=apex program=ase-entry-level year=2024-2025 seats=1 reason=late
      S: ERR state.expired retry=no rule=R15 latest=2025-06-30 msg=…
      C: balance tenant=d
      S: D … available=1 held=0 reserved=1 …
      S: OK …
      C: rollover tenant=d
      S: I done=1 total=1 seconds-left=0
      S: D tenant=d pools=1 expired-idle=1 expired-reserved=1 cost=80.00
      S: OK …
      """)
  }

  @Test("R16: a cancelled attempt gives seat and number back; the professional tests until 4 days before")
  func r16() throws {
    try tell(
      .cancel, at: "2025-06-01T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=60.00 fee=34.00
      S: OK … available=1 cost=94.00 …
      C: reserve tenant=d school=apex candidate=k1 test=a5 on=2025-06-13T09:00
      S: OK attempt=2 …
      C: clock.set at=2025-06-09T23:00:00-04:00
      S: OK …
      C: schedule tenant=d attempt=2 on=2025-06-14T09:00
      S: OK attempt=2 on=2025-06-14T09:00:00-04:00 …
      C: clock.set at=2025-06-11T00:00:00-04:00
      S: OK …
      C: cancel tenant=d attempt=2
      S: ERR state.inside-cutoff retry=no rule=R16 latest=2025-06-10 msg=…
      """)
  }

  @Test("R17: a no-show gives the seat back, or forfeits it")
  func r17() throws {
    try tell(
      .noShow, at: "2025-06-01T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: purchase tenant=d school=apex program=ase-professional seats=1 unit-price=60.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-06-05T09:00
      S: OK attempt=3 …
      C: reserve tenant=d school=apex candidate=k1 test=a5 on=2025-06-05T09:00
      S: OK attempt=4 …
      C: no-show tenant=d attempt=3
      S: ERR state.too-early retry=no rule=R17 earliest=2025-06-05 msg=…
      C: clock.set at=2025-06-05T09:00:00-04:00
      S: OK …
      C: no-show tenant=d attempt=3 reason=ill
      S: OK attempt=3 seats=1 available=1 …
      C: no-show tenant=d attempt=4
      S: OK attempt=4 seats=1 available=0 …
      C: balance tenant=d program=ase-professional
      S: D … forfeited=1 …
      S: OK …
      """)
  }

  @Test("R18: a result is neither before the start nor in the future")
  func r18() throws {
    try tell(
      .result,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: result tenant=d attempt=2 outcome=pass
      S: ERR state.not-started retry=no rule=R18 msg=…
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=pass on=2024-08-02
      S: ERR state.too-late retry=no rule=R18 latest=2024-08-01 msg=…
      C: result tenant=d attempt=2 outcome=pass on=2024-07-31
      S: ERR state.too-early retry=no rule=R18 earliest=2024-08-01 msg=…
      C: result tenant=d attempt=2 outcome=pass
      S: OK attempt=2 certificate-through=2026-08-01 …
      """)
  }

  @Test("R19: seats and numbers follow the candidate to another school")
  func r19() throws {
    try tell(
      .changeOfSchool,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 … available=0 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      C: result tenant=d attempt=2 outcome=fail
      S: OK …
      # the family has moved; cary has bought nothing
      C: reserve tenant=d school=cary candidate=k1 test=brakes on=2024-09-02
      S: OK attempt=5 number=2 seats=0 …
      C: reserve tenant=d school=cary candidate=k1 test=suspension-steering on=2024-09-02
      S: OK attempt=6 number=1 seats=0 …
      C: balance tenant=d
      S: D school=apex … consumed=1 …
      S: OK rows=1 …
      """)
  }

  @Test("R20: seats move between schools with their cost, both sides or none")
  func r20() throws {
    try tell(
      .transfer,
      """
      C: purchase tenant=d school=district program=ase-entry-level seats=10 unit-price=40.00
      S: OK …
      C: transfer tenant=d from=district to=apex program=ase-entry-level year=2024-2025 seats=4
      S: OK entry=2 from-available=6 to-available=4 …
      C: transfer tenant=d from=district to=apex program=ase-entry-level year=2024-2025 seats=7
      S: ERR state.no-seats retry=no rule=R20 available=6 msg=…
      C: transfer tenant=d from=apex to=apex program=ase-entry-level year=2024-2025 seats=1
      S: ERR state.same-school retry=no rule=R20 msg=…
      C: costs tenant=d by=school
      S: D school=apex purchased=0.00 transferred-in=160.00 … available=160.00
      S: D school=district purchased=400.00 transferred-in=0.00 transferred-out=160.00 … available=240.00
      S: OK rows=2 purchased=400.00 … available=400.00 seq=2
      """)
  }

  @Test("R21: available seats go back to the vendor at what they cost")
  func r21() throws {
    try tell(
      .returnToVendor,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
      S: OK …
      C: return tenant=d school=apex program=ase-entry-level year=2024-2025 seats=2 reason="ordered twice"
      S: OK entry=2 available=1 …
      C: return tenant=d school=apex program=ase-entry-level year=2024-2025 seats=2 reason=again
      S: ERR state.no-seats retry=no rule=R21 available=1 msg=…
      C: costs tenant=d
      S: D purchased=120.00 … returned=80.00 available=40.00
      S: OK …
      """)
  }

  @Test("R22: the same request twice is done once")
  func r22() throws {
    try tell(
      .sameRequestTwice,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00 +idem=po-1
      S: OK entry=1 … available=3 … seq=1 replayed=no
      C: purchase tenant=d unit-price=40.00 school=apex seats=3 program=ase-entry-level +idem=po-1
      S: OK entry=1 … available=3 … seq=1 replayed=yes
      C: purchase tenant=d school=apex program=ase-entry-level seats=4 unit-price=40.00 +idem=po-1
      S: ERR idem.mismatch retry=no field=seats msg=…
      # a batch is answered in another form, though it be of this one line
      C: batch.begin tenant=d +idem=po-1
      S: OK
      C: purchase school=apex program=ase-entry-level seats=3 unit-price=40.00
      S: OK queued=1
      C: batch.commit
      S: ERR idem.mismatch retry=no field=command msg=…
      C: batch.begin tenant=d +idem=one
      S: OK
      C: purchase school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK queued=1
      C: batch.commit
      S: D line=1 entry=2 … replayed=no
      S: OK rows=1 seq=2 replayed=no
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00 +idem=one
      S: ERR idem.mismatch retry=no field=command msg=…
      C: lookup tenant=d idem=one
      S: D line=1 entry=2 … replayed=yes
      S: OK command=batch rows=1 seq=2 replayed=yes
      """)
  }

  @Test("R23: a mistake is answered by its opposite, once")
  func r23() throws {
    try tell(
      .mistakes,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
      S: OK entry=1 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2 proctor=attested
      S: OK attempt=2 seats=1 available=2 consumed=1 seq=3 …
      # it was another student
      C: reverse tenant=d entry=3 reason="another student"
      S: OK entry=4 reverses=3 kind=start available=2 …
      C: reverse tenant=d entry=3 reason="another student"
      S: ERR state.not-reversible retry=no rule=R23 entry=4 msg=…
      C: reverse tenant=d entry=4 reason=no
      S: ERR state.not-reversible retry=no rule=R23 msg=…
      # the seat is in use: not all of the order can be undone
      C: reverse tenant=d entry=1 reason="wrong price"
      S: ERR state.seats-moved-on retry=no rule=R23 entry=1 msg=…
      C: cancel tenant=d attempt=2
      S: OK attempt=2 seats=1 available=3 …
      C: reverse tenant=d entry=1 reason="wrong price"
      S: OK entry=6 reverses=1 kind=purchase available=0 …
      C: balance tenant=d
      S: D … purchased=0 … available=0 …
      S: OK …
      C: reverse tenant=d entry=77 reason=x
      S: ERR notfound.entry retry=no msg=…
      """)
  }

  @Test("R24: seats for the next year are bought in spring and pay from July on")
  func r24() throws {
    try tell(
      .buyingAhead, at: "2025-05-05T09:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK … warning=…
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=42.00 year=2025-2026
      S: OK entry=2 … expires=2026-06-30 available=1 cost=42.00 seq=2 replayed=no
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=42.00 year=2026-2027
      S: ERR state.too-early retry=no rule=R24 earliest=2025-07-01 msg=…
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=42.00 year=2023-2024
      S: ERR state.too-late retry=no rule=R24 latest=2024-06-30 msg=…
      C: reserve tenant=d school=apex candidate=k1 test=brakes on=2025-08-20
      S: OK attempt=3 number=1 seats=1 kind=seats fund=general available=0 …
      # held seats, too, pay in their own year
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=42.00 year=2025-2026
      S: OK entry=4 …
      C: hold tenant=d school=apex program=ase-entry-level year=2025-2026 seats=1 until=2025-10-01
      S: OK hold=5 …
      C: reserve tenant=d school=apex candidate=k2 test=brakes hold=5 on=2025-06-02
      S: ERR state.too-early retry=no rule=R24 earliest=2025-07-01 msg="the seats of hold 5 pay from 2025-07-01 on"
      """)
  }

  @Test("R25: the rollover can be repeated")
  func r25() throws {
    try tell(
      .rollover, at: "2025-06-30T08:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: rollover tenant=d year=2024-2025
      S: ERR state.too-early retry=no rule=R25 earliest=2025-07-01 msg=…
      C: clock.set at=2025-07-01T00:00:00-04:00
      S: OK …
      C: rollover tenant=d
      S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00 seq=2 replayed=no
      C: rollover tenant=d year=2024-2025
      S: D tenant=d pools=1 expired-idle=1 expired-reserved=0 cost=40.00
      S: OK …
      """)
  }

  @Test("R26: a sealed year takes no entries any more")
  func r26() throws {
    try tell(
      .seal, at: "2025-06-30T08:00:00-04:00",
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: year.seal tenant=d program=ase-entry-level year=2024-2025
      S: ERR state.too-early retry=no rule=R26 earliest=2025-07-01 msg=…
      C: clock.set at=2025-07-05T08:00:00-04:00
      S: OK …
      C: year.list tenant=d
      S: D program=ase-entry-level year=2024-2025 pools=1 open-pools=0 sealed=no
      S: OK …
      C: year.seal tenant=d program=ase-entry-level year=2024-2025
      S: OK entry=5 program=ase-entry-level year=2024-2025 …
      C: start tenant=d attempt=2 proctor=attested at=2025-06-30T10:00
      S: ERR state.year-sealed retry=no rule=R26 msg=…
      C: reverse tenant=d entry=2 reason=x
      S: ERR state.year-sealed retry=no rule=R26 msg=…
      C: year.seal tenant=d program=ase-entry-level year=2024-2025
      S: ERR state.year-sealed retry=no rule=R26 msg=…
      C: year.list tenant=d
      S: D program=ase-entry-level year=2024-2025 pools=1 open-pools=0 sealed=yes
      S: OK …
      """)
  }

  @Test("R27: a site licence pays for attempts 1 and 2 without number")
  func r27() throws {
    try tell(
      .siteLicence,
      """
      C: purchase tenant=d school=apex program=ase-entry-level kind=site seats=2 unit-price=1800.00
      S: ERR syntax.bad-value retry=no argument=seats msg=…
      C: purchase tenant=d school=apex program=ase-entry-level kind=site seats=1 unit-price=1800.00
      S: OK entry=1 school=apex program=ase-entry-level kind=site … expires=2025-06-30 available=0 cost=1800.00 …
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=3 number=1 seats=0 kind=site fund=general available=1 …
      C: reserve tenant=d school=apex candidate=k2 test=brakes
      S: OK attempt=4 number=1 seats=0 kind=site …
      C: start tenant=d attempt=3 proctor=attested
      S: OK attempt=3 seats=0 …
      C: cancel tenant=d attempt=4
      S: OK attempt=4 seats=0 …
      C: balance tenant=d
      S: D … kind=seats … available=1 … uses=0
      S: D … kind=site … uses=1
      S: OK …
      # cary has no licence and no seats
      C: reserve tenant=d school=cary candidate=k3 test=brakes
      S: ERR state.no-seats retry=no rule=R3 …
      C: costs tenant=d
      S: D purchased=1840.00 … expended=1800.00 … available=40.00
      S: OK …
      """)
  }

  @Test("R27, R13: a site licence pays for nothing that happened before it was bought")
  func licenceThen() throws {
    try tell(
      .siteLicence,
      """
      C: clock.set at=2024-09-02T09:00-04:00
      S: OK …
      C: purchase tenant=d school=apex program=ase-entry-level kind=site seats=1 unit-price=1800.00
      S: OK entry=1 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2024-09-02T08:00
      S: ERR state.no-seats retry=no rule=R3 …
      C: clock.set at=2024-09-03T09:00-04:00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes at=2024-09-02T10:00
      S: OK attempt=2 number=1 seats=0 kind=site …
      C: purchase tenant=d school=apex program=ase-entry-level kind=site seats=1 unit-price=1800.00 on=2024-08-10
      S: OK entry=3 …
      C: reserve tenant=d school=apex candidate=k2 test=brakes at=2024-08-10T08:00
      S: OK attempt=4 number=1 seats=0 kind=site …
      """)
  }

  @Test("R27, R5: a retest of an attempt on a site licence uses no other test's seat")
  func retestOffSite() throws {
    try tell(
      .siteLicence,
      """
      C: purchase tenant=d school=apex program=ase-entry-level kind=site seats=1 unit-price=1800.00
      S: OK …
      C: purchase tenant=d school=cary program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=painting-refinishing
      S: OK attempt=3 number=1 seats=0 kind=site …
      C: start tenant=d attempt=3 proctor=attested
      S: OK …
      C: result tenant=d attempt=3 outcome=fail
      S: OK …
      C: reserve tenant=d school=cary candidate=k1 test=structural-analysis
      S: OK attempt=6 number=1 seats=1 …
      C: clock.set at=2024-09-01T09:00:00-04:00
      S: OK …
      C: reserve tenant=d school=cary candidate=k1 test=painting-refinishing
      S: OK attempt=7 number=2 seats=0 …
      C: start tenant=d attempt=7 proctor=attested
      S: OK attempt=7 seats=0 …
      C: cancel tenant=d attempt=6
      S: OK attempt=6 seats=1 available=1 …
      """)
  }

  @Test("R28: held seats are for those who name the hold, and come back when it ends")
  func r28() throws {
    try tell(
      .blockHold,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
      S: OK …
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=4 until=2024-08-15
      S: ERR state.no-seats retry=no rule=R28 available=3 msg=…
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=3 until=2025-07-15
      S: ERR state.too-late retry=no rule=R28 latest=2025-06-30 msg=…
      C: hold tenant=d school=apex program=ase-entry-level year=2024-2025 seats=3 until=2024-08-15
      S: OK hold=2 available=0 held=3 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: ERR state.no-seats retry=no rule=R3 …
      C: reserve tenant=d school=apex candidate=k1 test=brakes hold=2
      S: OK attempt=3 number=1 seats=1 …
      C: release tenant=d hold=2 seats=1
      S: OK hold=2 available=1 held=1 …
      C: reserve tenant=d school=cary candidate=k9 test=brakes hold=2
      S: ERR notfound.hold retry=no msg=…
      C: clock.set at=2024-08-16T00:00:00-04:00
      S: OK …
      C: balance tenant=d
      S: D … available=2 held=0 reserved=1 …
      S: OK …
      C: reserve tenant=d school=apex candidate=k2 test=brakes hold=2
      S: ERR state.expired retry=no rule=R28 latest=2024-08-15 msg=…
      C: release tenant=d hold=9
      S: ERR notfound.hold retry=no msg=…
      """)
  }

  @Test("R29: a start says that a proctor is there")
  func r29() throws {
    try tell(
      .proctor,
      """
      C: purchase tenant=d school=apex program=ase-entry-level seats=1 unit-price=40.00
      S: OK …
      C: reserve tenant=d school=apex candidate=k1 test=brakes
      S: OK attempt=2 …
      C: start tenant=d attempt=2
      S: ERR state.needs-proctor retry=no rule=R29 msg=…
      C: start tenant=d attempt=2 proctor=attested
      S: OK …
      """)
  }

  @Test("R30: a token that looks like a person is not taken")
  func r30() throws {
    try tell(
      .privacy,
      """
      C: reserve tenant=d school=apex candidate=jane.doe test=brakes
      S: ERR privacy.looks-like-a-person retry=no rule=R30 msg=…
      C: eligibility tenant=d school=apex candidate=919-555-1234 test=brakes
      S: ERR privacy.looks-like-a-person retry=no rule=R30 msg=…
      C: attempts tenant=d candidate=123-45-6789
      S: ERR privacy.looks-like-a-person retry=no rule=R30 msg=…
      """)
  }
}
