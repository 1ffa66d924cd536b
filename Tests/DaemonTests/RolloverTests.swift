import Foundation
import Postgres
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// The year's end as a finance person and an operator see it.
@Suite("Rollover", .serialized)
struct RolloverTests {
  private static func daemon(
    _ extra: String..., clock: String = "2025-06-01T09:00:00-04:00", database: TestDatabase? = nil
  ) throws -> TestDaemon {
    try TestDaemon(database: try database ?? TestDatabase.make(), clock: clock, extra: extra)
  }

  /// A district with pools of every fate: idle, held, reserved, consumed, shared, bought for 90 days, of two funds.
  private static func furnish(_ daemon: TestDaemon, _ tenant: String, zone: String = "America/New_York") throws {
    for line in [
      "tenant.add tenant=\(tenant) name=T zone=\(zone)", "school.add tenant=\(tenant) school=apex name=Apex",
      "purchase tenant=\(tenant) school=apex program=ase-entry-level seats=10 unit-price=40.00",
      "purchase tenant=\(tenant) school=apex program=ase-entry-level seats=3 unit-price=47.01 fund=perkins",
      "purchase tenant=\(tenant) school=district program=ase-entry-level seats=7 unit-price=40.00",
      "purchase tenant=\(tenant) school=apex program=ase-entry-level year=2025-2026 seats=5 unit-price=41.00",
      "purchase tenant=\(tenant) school=apex program=ase-professional seats=2 unit-price=50.00",
      "hold tenant=\(tenant) school=apex program=ase-entry-level year=2024-2025 seats=2 until=2025-06-30",
      "reserve tenant=\(tenant) school=apex candidate=k1 test=brakes on=2025-06-20",
      "reserve tenant=\(tenant) school=apex candidate=k2 test=brakes on=2025-06-20 fund=perkins",
    ] {
      let reply = try daemon.ask(line)
      try #require(reply.hasPrefix("OK"), "\(line): \(reply)")
    }
  }

  /// The reply without what tells its own position.
  private static func rows(_ daemon: TestDaemon, _ line: String) throws -> [String] {
    var connection = try daemon.connect()
    return try connection.ask(line).filter { $0.kind == .data }.map(\.body)
  }

  @Test("a rehearsal on any day is what the real rollover reports, line by line")
  func rehearsalIsReal() throws {
    let daemon = try Self.daemon()
    for (tenant, zone) in [("east", "America/New_York"), ("west", "America/Los_Angeles")] {
      try Self.furnish(daemon, tenant, zone: zone)
    }
    let rehearsed = try Self.rows(daemon, "rollover +dry")
    let pools = try Self.rows(daemon, "rollover.report tenant=west")
    #expect(
      rehearsed == [
        "tenant=east pools=3 expired-idle=18 expired-reserved=2 cost=821.03",
        "tenant=west pools=3 expired-idle=18 expired-reserved=2 cost=821.03",
      ])
    // Twenty days later, and an hour before the end, when it is July in London already, nothing is different.
    for moment in ["2025-06-21T12:00:00-04:00", "2025-06-30T23:00:00-04:00"] {
      try daemon.ask("clock.set at=\(moment)")
      #expect(try Self.rows(daemon, "rollover +dry") == rehearsed)
    }
    try daemon.ask("clock.set at=2025-07-01T00:30:00-04:00")
    #expect(
      try daemon.ask("rollover tenant=west year=2024-2025").hasPrefix("ERR state.too-early"),
      "it is over in the east alone")
    #expect(try Self.rows(daemon, "rollover year=2024-2025") == [rehearsed[0]])
    try daemon.ask("clock.set at=2025-07-01T12:00:00-04:00")
    #expect(try Self.rows(daemon, "rollover year=2024-2025") == rehearsed)
    let expired = try Self.rows(daemon, "rollover.report tenant=west year=2024-2025")
    #expect(expired == pools.map { $0.replacingOccurrences(of: "state=open", with: "state=expired") })
  }

  @Test("the report: pools, sums by fund and school, what late postings corrected, sealed or not")
  func report() throws {
    let daemon = try Self.daemon()
    try Self.furnish(daemon, "t")
    try daemon.ask("clock.set at=2025-07-01T00:00:00-04:00")
    try expect(
      daemon,
      says: """
        C: start tenant=t attempt=7 at=2025-06-20T09:00 proctor=attested
        S: OK attempt=7 seats=1 …
        C: reserve tenant=t school=district candidate=k9 test=brakes at=2025-06-15T09:00
        S: OK …
        C: rollover.report tenant=t year=2024-2025
        S: D tenant=t school=apex program=ase-entry-level kind=seats fund=general expires=2025-06-30 state=expired pools=1 expired-idle=9 expired-reserved=0 cost=360.00 corrected=1 corrected-cost=40.00
        S: D tenant=t school=apex program=ase-entry-level kind=seats fund=perkins expires=2025-06-30 state=expired pools=1 expired-idle=2 expired-reserved=1 cost=141.03 corrected=0 corrected-cost=0.00
        S: D tenant=t school=district program=ase-entry-level kind=seats fund=general expires=2025-06-30 state=open pools=1 expired-idle=6 expired-reserved=1 cost=280.00 corrected=0 corrected-cost=0.00
        S: OK rows=3 tenant=t name=T year=2024-2025 state=open pools=3 expired-idle=17 expired-reserved=2 cost=781.03 corrected=1 corrected-cost=40.00 open-pools=1 seq=…
        C: rollover tenant=t
        S: I done=1 total=1 seconds-left=0
        S: D tenant=t pools=1 expired-idle=0 expired-reserved=1 cost=40.00
        S: OK tenants=1 …
        C: rollover.report tenant=t year=2024-2025 by=fund
        S: D fund=general state=expired pools=2 expired-idle=15 expired-reserved=1 cost=640.00 corrected=1 corrected-cost=40.00
        S: D fund=perkins state=expired pools=1 expired-idle=2 expired-reserved=1 cost=141.03 corrected=0 corrected-cost=0.00
        S: OK rows=2 … state=expired …
        C: year.seal tenant=t program=ase-entry-level year=2024-2025
        S: OK …
        C: rollover.report tenant=t year=2024-2025 by=school
        S: D school=apex name=Apex state=sealed pools=2 expired-idle=11 expired-reserved=1 cost=501.03 corrected=1 corrected-cost=40.00
        S: D school=district name=… state=sealed pools=1 expired-idle=6 expired-reserved=1 cost=280.00 corrected=0 corrected-cost=0.00
        S: OK rows=2 … state=sealed …
        C: rollover.report tenant=nobody
        S: ERR notfound.tenant …
        """)
  }

  @Test("an empty year, a tenant without pools, a year already rolled, one already sealed: correct and quiet")
  func quiet() throws {
    let daemon = try Self.daemon(clock: "2025-06-29T09:00:00-04:00")
    try expect(
      daemon,
      says: """
        C: rollover +dry
        S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00
        C: tenant.add tenant=bare name=B zone=Pacific/Honolulu
        S: OK …
        C: rollover tenant=bare +dry
        S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00 seq=… replayed=no
        C: rollover tenant=bare year=2023-2024
        S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00 seq=… replayed=no
        C: rollover.report tenant=bare year=2023-2024
        S: OK rows=0 tenant=bare name=B year=2023-2024 state=expired pools=0 … seq=0
        C: year.seal tenant=bare program=ase-entry-level year=2023-2024
        S: OK …
        C: rollover tenant=bare year=2023-2024
        S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00 seq=… replayed=no
        # Bought and expired on the same day, with a day of the 90-day kind beside it.
        C: clock.set at=2025-06-30T23:59:00-10:00
        S: OK …
        C: purchase tenant=bare school=district program=ase-entry-level year=2024-2025 seats=4 unit-price=10.00
        S: OK …
        C: clock.set at=2025-07-01T00:00:00-10:00
        S: OK …
        C: balance tenant=bare
        S: D … available=0 held=0 reserved=0 consumed=0 forfeited=0 expired=4 …
        S: OK …
        C: rollover tenant=bare year=2024-2025
        S: D tenant=bare pools=1 expired-idle=4 expired-reserved=0 cost=40.00
        S: OK tenants=1 pools=1 expired-idle=4 expired-reserved=0 cost=40.00 seq=… replayed=no
        C: year.seal tenant=bare program=ase-entry-level year=2024-2025
        S: OK …
        C: rollover tenant=bare year=2024-2025
        S: D tenant=bare pools=1 expired-idle=4 expired-reserved=0 cost=40.00
        S: OK tenants=1 pools=1 expired-idle=4 expired-reserved=0 cost=40.00 seq=… replayed=no
        C: verify tenant=bare
        S: OK entries=4 …
        """)
  }

  @Test("a year that is named is the only one that expires")
  func oneYear() throws {
    let daemon = try Self.daemon("--no-rollover")
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: purchase tenant=t school=district program=ase-entry-level year=2024-2025 seats=4 unit-price=10.00
        S: OK …
        C: purchase tenant=t school=district program=ase-entry-level year=2025-2026 seats=7 unit-price=10.00
        S: OK …
        C: clock.set at=2026-07-02T09:00
        S: OK …
        C: rollover tenant=t year=2024-2025
        S: I done=1 total=1 seconds-left=0
        S: D tenant=t pools=1 expired-idle=4 expired-reserved=0 cost=40.00
        S: OK tenants=1 pools=1 expired-idle=4 expired-reserved=0 cost=40.00 seq=3 replayed=no
        C: rollover tenant=t
        S: I done=1 total=1 seconds-left=0
        S: D tenant=t pools=1 expired-idle=7 expired-reserved=0 cost=70.00
        S: OK tenants=1 pools=1 expired-idle=7 expired-reserved=0 cost=70.00 seq=4 replayed=no
        """)
  }

  @Test("one tenant's trouble keeps no other tenant's year open")
  func trouble() throws {
    let database = try TestDatabase.make()
    let daemon = try Self.daemon("--no-rollover", database: database)
    for tenant in ["a", "b"] {
      try daemon.ask("tenant.add tenant=\(tenant) name=T zone=America/New_York")
      try daemon.ask(
        "purchase tenant=\(tenant) school=district program=ase-entry-level year=2024-2025 seats=4 unit-price=10.00")
    }
    try daemon.ask("hold tenant=a school=district program=ase-entry-level year=2024-2025 seats=1 until=2025-06-10")
    // Its next entry takes a number that is taken.
    daemon.stop()
    try Connection.open(database.conninfo).run("UPDATE tenant SET last_seq = last_seq - 1 WHERE code = 'a'")
    try daemon.start(["--test-clock", "2025-07-02T09:00"])
    #expect(try daemon.ask("rollover").hasPrefix("ERR server.internal "))
    #expect(try daemon.ask("balance tenant=a").contains(" expired=0 "))
    #expect(try daemon.ask("balance tenant=b").contains(" expired=4 "))
  }

  /// Tenants with many small pools, in batches.
  private static func fill(_ daemon: TestDaemon, tenants: Int, pools: Int) throws {
    var connection = try daemon.connect()
    for tenant in 0..<tenants {
      _ = try connection.ask("tenant.add tenant=n\(tenant) name=N zone=America/Chicago")
      _ = try connection.ask("batch.begin tenant=n\(tenant)")
      for pool in 0..<pools {
        _ = try connection.ask(
          "purchase school=district program=ase-entry-level year=2024-2025 seats=2 unit-price=40.00 fund=f\(pool)")
      }
      let end = try connection.ask("batch.commit").last
      try #require(end?.kind == .ok, "\(end?.body ?? "")")
    }
  }

  private static let afterAll = "2025-07-01T12:00:00Z"

  @Test("progress is told, and what a client that went away had begun is finished by the next one")
  func progress() throws {
    let daemon = try Self.daemon("--no-rollover")
    try Self.fill(daemon, tenants: 3, pools: 600)
    try daemon.ask("clock.set at=\(Self.afterAll)")
    do {
      // Interrupted with Ctrl-C: the connection is gone in the middle of the reply.
      var hasty = try daemon.connect()
      try hasty.send("rollover +json\n")
    }
    var connection = try daemon.connect()
    let reply = try connection.ask("rollover")
    let end = try #require(reply.last)
    #expect(end.kind == .ok, "nothing due is left, whoever did it: \(end.body)")
    let told = reply.filter { $0.kind == .note }.compactMap { line -> [Int64]? in
      let counts = [FieldName.done, .total, .secondsLeft].compactMap { line.value($0).flatMap { Int64($0) } }
      return counts.count == 3 ? counts : nil
    }
    #expect(told.map { $0[0] } == told.map { $0[0] }.sorted() && told.allSatisfy { $0[0] <= $0[1] })
    #expect(told.last.map { $0[0] == $0[1] && $0[2] == 0 } ?? (end.value(.pools) == "0"))
    let rows = try Self.rows(daemon, "rollover year=2024-2025 +dry")
    #expect(rows == (0..<3).map { "tenant=n\($0) pools=600 expired-idle=1200 expired-reserved=0 cost=48000.00" })
    #expect(try connection.ask("rollover").count == 1, "a second one is quiet")
    #expect(try connection.ask("verify").last?.value(.differences) == "0")
  }

  @Test("two daemons on one database share a rollover, and neither doubles it")
  func twoDaemons() async throws {
    let database = try TestDatabase.make()
    let daemons = try (0..<2).map { _ in try Self.daemon("--no-rollover", database: database) }
    try Self.fill(daemons[0], tenants: 6, pools: 150)
    for daemon in daemons { try daemon.ask("clock.set at=\(Self.afterAll)") }
    let tasks = daemons.map(\.socket).map { socket in
      Task {
        await withCheckedContinuation { (continuation: CheckedContinuation<Int?, Never>) in
          Thread.detachNewThread {
            var pools: Int?
            if var connection = try? ControlConnection.open(socket), let end = try? connection.ask("rollover").last,
              end.kind == .ok
            {
              pools = end.value(.pools).flatMap { Int($0) }
            }
            continuation.resume(returning: pools)
          }
        }
      }
    }
    var shares: [Int] = []
    for task in tasks { shares.append(try #require(await task.value)) }
    #expect(shares.reduce(0, +) == 900, "each pool was expired by one of them: \(shares)")
    #expect(try daemons[1].ask("verify").contains("entries=1800 differences=0"), "an entry a purchase, one an expiry")
  }

  @Test("a clock set back behind what a tenant has recorded: its year is over all the same")
  func recordedLater() throws {
    let daemon = try Self.daemon("--no-rollover")
    try Self.furnish(daemon, "t")
    try daemon.ask("clock.set at=2025-07-05T09:00:00-04:00")
    try daemon.ask("school.add tenant=t school=late name=Late")
    try daemon.ask("purchase tenant=t school=late program=ase-entry-level seats=1 unit-price=40.00")
    #expect(daemon.stop() == 0)
    try daemon.start(["--test-clock", "2025-01-15T09:00:00-05:00", "--no-rollover"])
    #expect(try daemon.ask("rollover tenant=t year=2024-2025").hasPrefix("OK tenants=1 pools=3 "))
    #expect(try daemon.ask("year.seal tenant=t program=ase-entry-level year=2024-2025").hasPrefix("OK"))
  }

  @Test("a clock that jumps does no harm: back, nothing is undone; forward, nothing is skipped")
  func clockJumps() throws {
    let daemon = try Self.daemon()
    try Self.furnish(daemon, "t")
    #expect(daemon.stop() == 0)
    // A year and more at once: started behind two expiries that nobody saw.
    try daemon.start(["--test-clock", "2026-08-01T00:00:00-04:00"])
    try wait(for: "a rollover") { try !daemon.ask("status").contains("last-rollover=none") }
    let state = try Self.rows(daemon, "balance tenant=t")
    #expect(state.count == 5 && state.allSatisfy { $0.contains(" available=0 held=0 reserved=0 ") })
    #expect(daemon.stop() == 0)
    try daemon.start(["--test-clock", "2025-06-10T00:00:00-04:00"])
    try wait(for: "a rollover") { try !daemon.ask("status").contains("last-rollover=none") }
    #expect(try Self.rows(daemon, "balance tenant=t") == state)
    #expect(try Self.rows(daemon, "rollover") == [])
    #expect(try daemon.ask("verify tenant=t").contains(" differences=0"))
    try daemon.ask("clock.set at=2026-08-02T00:00:00-04:00")
    #expect(try Self.rows(daemon, "balance tenant=t") == state)
  }

  @Test("a midnight that passes while the database is away is caught up when it is back")
  func databaseAway() throws {
    let daemon = try TestDaemon(database: nil, clock: "2025-06-30T23:00:00-04:00")
    try Self.furnish(daemon, "t")
    try daemon.killPostgres()
    let reply = try daemon.ask("clock.set at=2025-07-01T00:00:01-04:00")
    let entries = { try daemon.ask("balance tenant=t").contains(" expired=20 ") }
    // Either it was back in time, or the daemon does it without being told again.
    #expect(reply.hasPrefix("OK") || reply.hasPrefix("ERR server."), "\(reply)")
    try wait(for: "the year's end", every: 50_000, entries)
    #expect(try daemon.ask("verify tenant=t").contains(" differences=0"))
  }
}
