import Postgres
import TestSupport
import Testing

/// What the finance desk asks beyond one balance.
@Suite("Finance desk")
struct FinanceTests {
  @Test("the forecast tells how wrong it would have been a year ago, at the same distance from the year's end")
  func hindsight() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-05-20T09:00:00-04:00")
    try expect(
      daemon,
      says: #"""
        C: tenant.add tenant=d name=D zone=America/New_York
        S: OK …
        C: school.add tenant=d school=apex name=Apex
        S: OK …
        C: purchase tenant=d school=apex program=ase-entry-level seats=10 unit-price=40.00
        S: OK …
        C: reserve tenant=d school=apex candidate=k1 test=brakes
        S: OK attempt=2 …
        C: reserve tenant=d school=apex candidate=k2 test=brakes
        S: OK attempt=3 …
        C: reserve tenant=d school=apex candidate=k3 test=brakes
        S: OK attempt=4 …
        C: cancel tenant=d attempt=4
        S: OK …
        # The first year has nothing to look back to.
        C: forecast tenant=d
        S: D school=apex program=ase-entry-level days-left=42 taken=2 idle=8 reserved=2 usable=3 waste=5 waste-cost=200.00
        S: I why="each school's idle seats less what it will take at its pace of the 28 days up to 2025-05-20, …"
        S: OK rows=1 …
        C: start tenant=d attempt=2 proctor=attested
        S: OK …
        C: start tenant=d attempt=3 proctor=attested
        S: OK …
        C: clock.set at=2025-06-10T09:00:00-04:00
        S: OK …
        C: reserve tenant=d school=apex candidate=k4 test=brakes
        S: OK attempt=8 …
        C: start tenant=d attempt=8 proctor=attested
        S: OK …
        C: clock.set at=2026-06-03T09:00:00-04:00
        S: OK …
        C: purchase tenant=d school=apex program=ase-entry-level seats=5 unit-price=40.00
        S: OK …
        # On June 3 of last year: 8 idle, 2 taken in four weeks, so 2 more in the four that were left; one more was in fact.
        C: forecast tenant=d
        S: D school=apex program=ase-entry-level days-left=28 taken=0 idle=5 reserved=0 usable=0 waste=5 waste-cost=200.00
        S: I why=…
        S: I year=2024-2025 on=2025-06-03 waste=6 expired-idle=7 difference=-1
        S: OK rows=1 year=2025-2026 idle=5 …
        # The past as such is not forecast.
        C: forecast tenant=d year=2024-2025
        S: OK rows=0 …
        """#)
  }

  @Test("a page ends where the next one begins, though one school's code begins with another's")
  func pages() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-05-20T09:00:00-04:00")
    try daemon.ask("tenant.add tenant=d name=D zone=America/New_York")
    for school in ["apex", "apex-2", "apex.3"] {
      try daemon.ask("school.add tenant=d school=\(school) name=S")
      try daemon.ask("purchase tenant=d school=\(school) program=ase-entry-level seats=1 unit-price=40.00")
    }
    for question in [
      "forecast tenant=d", "rollover.report tenant=d year=2024-2025", "balance tenant=d", "costs tenant=d by=school",
    ] {
      var schools: [String] = []
      var after = ""
      repeat {
        let page = try daemon.talk(["\(question) +limit=1\(after)"])
        let row = try #require(page.first { $0.hasPrefix("S: D ") }, "\(question): \(page)")
        schools += row.split(separator: " ").filter { $0.hasPrefix("school=") }.map { String($0.dropFirst(7)) }
        after =
          page.last?.split(separator: " ").first { $0.hasPrefix("next=") }.map { " +after=\($0.dropFirst(5))" } ?? ""
      } while !after.isEmpty
      #expect(schools == ["apex", "apex-2", "apex.3"], "\(question)")
    }
  }

  @Test("money beyond all counting is the most that can be counted, and everybody else's figures are told")
  func beyondCounting() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database, clock: "2025-06-30T09:00:00-04:00")
    try daemon.ask("tenant.add tenant=d name=D zone=America/New_York")
    try daemon.ask("tenant.add tenant=e name=E zone=America/New_York")
    try daemon.ask("purchase tenant=e school=district program=ase-entry-level seats=1 unit-price=40.00")
    // A hundred pools of as much as one may hold, which a thousand orders each would make.
    try Connection.open(database.conninfo).run(
      """
      INSERT INTO pool SELECT p.* FROM tenant t, generate_series(1, 100) n, jsonb_populate_record(
        NULL::pool, (SELECT to_jsonb(e) FROM pool e) || jsonb_build_object(
          'tenant_id', t.tenant_id, 'pool', n, 'fund', 'f' || n, 'purchased_cents', 100000000000000000,
          'available_cents', 100000000000000000)) p
      WHERE t.code = 'd'
      """)
    let most = "92233720368547758.07"
    for (question, figure) in [
      ("costs tenant=d by=fund", "purchased=\(most)"), ("costs tenant=d", "purchased=\(most)"),
      ("forecast tenant=d", "waste-cost=\(most)"), ("rollover.report tenant=d year=2024-2025", "cost=\(most)"),
      ("rollover +dry", "cost=\(most)"), ("costs tenant=e", "purchased=40.00"), ("balance tenant=d", "available=100"),
      ("verify", "differences="),
    ] {
      let answer = try daemon.ask(question)
      #expect(answer.hasPrefix("OK ") && answer.contains(" \(figure)"), "\(question): \(answer)")
    }
  }

  @Test("third tries: who pays, who approved and why; costs by school, program and fund; a purchase's papers")
  func thirdTries() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-01-06T09:00:00-05:00")
    try daemon.ask("tenant.add tenant=d name=D zone=America/New_York")
    try daemon.ask("school.add tenant=d school=apex name=Apex")
    try daemon.ask("school.add tenant=d school=cary name=Cary")
    try daemon.ask(
      "purchase tenant=d school=apex program=ase-entry-level seats=4 unit-price=40.00 fund=perkins po=4500123 invoice=A-7"
    )
    try daemon.ask("purchase tenant=d school=apex program=ase-entry-level seats=2 unit-price=50.00 fund=local")
    try daemon.ask("purchase tenant=d school=cary program=ase-entry-level seats=1 unit-price=40.00 fund=local")
    let issued = try daemon.ask("token.issue tenant=d name=principal")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=d principal=token:principal role=approver school=apex")
    for (day, fund) in [("2025-01-06", "perkins"), ("2025-02-10", "perkins")] {
      try daemon.ask("clock.set at=\(day)T10:00:00-05:00")
      let reserved = try daemon.ask("reserve tenant=d school=apex candidate=k1 test=brakes fund=\(fund)")
      let attempt = try #require(reserved.split(separator: " ").first { $0.hasPrefix("attempt=") })
      try daemon.ask("start tenant=d \(attempt) proctor=attested")
      #expect(try daemon.ask("result tenant=d \(attempt) outcome=fail").hasPrefix("OK"))
    }
    try daemon.ask("clock.set at=2025-03-20T10:00:00-04:00")
    let approved = try daemon.talk([
      "auth \(token)",
      #"approve school=apex candidate=k1 test=brakes reason="two points short" +actor="Ms. Lee""#,
    ])
    #expect(approved.last?.hasPrefix("S: OK approval=") == true, "\(approved)")
    #expect(try daemon.ask("reserve tenant=d school=apex candidate=k1 test=brakes fund=local").contains(" fund=local"))
    try expect(
      daemon,
      says: #"""
        C: attempts tenant=d number=3
        S: D attempt=11 school=apex candidate=k1 test=brakes number=3 state=reserved year=2024-2025 seats=1 fund=local cost=50.00 approval=10 approver="token:principal (Ms. Lee)" reason="two points short"
        S: OK rows=1 seq=11
        C: attempts tenant=d number=2 candidate=k1
        S: D attempt=7 school=apex candidate=k1 test=brakes number=2 state=failed year=2024-2025 … completed=2025-02-10 seats=0
        S: OK rows=1 seq=11
        C: costs tenant=d school=apex fund=local
        S: D purchased=100.00 … encumbered=50.00 expended=0.00 third-tries=50.00 … available=50.00
        S: OK …
        C: costs tenant=d by=school fund=local year=2024-2025 program=ase-entry-level +as-of=2025-01-31
        S: D school=apex purchased=100.00 … third-tries=0.00 … available=100.00
        S: D school=cary purchased=40.00 … available=40.00
        S: OK …
        C: statement tenant=d fund=perkins to=2025-01-06 +limit=1
        S: D entry=1 kind=purchase seats=4 cost=160.00 … po=4500123 invoice=A-7 balance=4
        S: OK …
        """#)
  }

  @Test("whoami tells where a grant's district is, so that a client knows which day it is there")
  func whoami() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make())
    try daemon.ask(#"tenant.add tenant=d name="Dare County" zone=America/New_York"#)
    let issued = try daemon.ask("token.issue tenant=d name=desk")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=d principal=token:desk role=finance")
    #expect(
      try daemon.talk(["auth \(token)", "whoami"]).suffix(2) == [
        #"S: D tenant=d role=finance name="Dare County" zone=America/New_York"#,
        "S: OK principal=token:desk roles=finance",
      ])
  }
}
