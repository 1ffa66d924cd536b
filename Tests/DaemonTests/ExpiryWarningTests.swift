import LedgerStore
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

@testable import LedgerServer

/// Warnings 60, 30, 14 and 7 days before seats expire.
@Suite("Warnings before an expiry", .serialized)
struct ExpiryWarningTests {
  private static func daemon(_ clock: String) throws -> TestDaemon {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: clock)
    for line in [
      "tenant.add tenant=t name=T zone=America/New_York", "school.add tenant=t school=apex name=A",
      "tenant.add tenant=far name=F zone=Pacific/Honolulu",
      "purchase tenant=t school=apex program=ase-entry-level seats=20 unit-price=40.00",
      "purchase tenant=t school=district program=ase-entry-level seats=5 unit-price=40.00",
      "purchase tenant=far school=district program=ase-entry-level seats=9 unit-price=40.00",
      "reserve tenant=t school=apex candidate=k1 test=brakes",
    ] { try #require(try daemon.ask(line).hasPrefix("OK"), "\(line)") }
    return daemon
  }

  /// What a watch has heard after the clock was set to these moments, one after the other.
  private static func notices(_ daemon: TestDaemon, _ watch: String, _ moments: [String]) throws -> [String] {
    var connection = try daemon.connect()
    #expect(try connection.ask("@w \(watch)").last?.kind == .ok)
    for moment in moments { #expect(try daemon.ask("clock.set at=\(moment)").hasPrefix("OK")) }
    // Whoever begins to watch comes behind everything that was to be told before.
    try connection.send("@x watch tenant=t\n")
    var heard: [String] = []
    while true {
      let line = try connection.read()
      switch line.kind {
      case .event: heard.append(line.body)
      case .ok: return heard
      default: throw TestFailure("\(line.body)")
      }
    }
  }

  @Test("each threshold once, at the tenant's own midnight, with what is idle and what runway is left")
  func thresholds() throws {
    let daemon = try Self.daemon("2025-04-29T12:00:00-04:00")
    let heard = try Self.notices(
      daemon, "watch tenant=t",
      [
        "2025-04-30T23:59:00-04:00", "2025-05-01T00:00:00-04:00", "2025-05-02T00:00:00-04:00",
        "2025-05-31T00:00:00-04:00", "2025-06-16T06:00:00-04:00", "2025-06-17T06:00:00-04:00",
        "2025-06-23T00:00:00-04:00", "2025-06-24T00:00:00-04:00",
      ])
    #expect(
      heard == [
        "notice=expiring program=ase-entry-level expires=2025-06-30 within=60 days-left=61 idle=24 reserved=1 usable=2 "
          + "waste=22 waste-cost=880.00 latest-for-2=2025-05-31 latest-for-3=2025-05-01",
        "notice=expiring program=ase-entry-level expires=2025-06-30 within=30 days-left=31 idle=24 reserved=1 usable=0 "
          + "waste=24 waste-cost=960.00 latest-for-2=2025-05-31",
        "notice=expiring program=ase-entry-level expires=2025-06-30 within=14 days-left=15 idle=24 reserved=1 usable=0 "
          + "waste=24 waste-cost=960.00",
        "notice=expiring program=ase-entry-level expires=2025-06-30 within=7 days-left=8 idle=24 reserved=1 usable=0 "
          + "waste=24 waste-cost=960.00",
      ])
    let log = daemon.log.split(separator: "\n").filter { $0.contains("seats will expire") }
    // Honolulu, six hours behind, was never looked at between its 30th and its 14th day.
    #expect(log.count == 7, "both tenants:\n\(log.joined(separator: "\n"))")
    let metrics = try daemon.talk(["metrics"])
    #expect(metrics.contains("S: I seatledger_expiring_idle_seats{within_days=\"7\"} 33"), "\(metrics)")
  }

  @Test("a school hears of its own seats alone; a jump over several thresholds is told once")
  func schoolsAndJumps() throws {
    let daemon = try Self.daemon("2025-04-29T12:00:00-04:00")
    let heard = try Self.notices(daemon, "watch tenant=t school=apex", ["2025-06-18T00:00:00-04:00"])
    #expect(heard.count == 1)
    #expect(heard.first?.contains(" within=14 days-left=13 idle=19 reserved=1 ") == true, "\(heard)")
  }

  @Test("a daemon that starts inside a threshold says so at once")
  func atStart() throws {
    let daemon = try Self.daemon("2025-04-29T12:00:00-04:00")
    #expect(daemon.stop() == 0)
    try daemon.start(["--test-clock", "2025-06-25T12:00:00-04:00"])
    #expect(try daemon.ask("clock.set at=2025-06-25T12:00:01-04:00").hasPrefix("OK"))
    let log = daemon.log.split(separator: "\n").filter { $0.contains("seats will expire") }
    #expect(log.count == 2 && log.allSatisfy { $0.contains("within=7") }, "\(log)")
  }

  @Test("the nearest threshold counts, and each only once")
  func memory() throws {
    #expect([61, 60, 31, 30, 14, 8, 7, 0].map(WarningMemory.threshold) == [nil, 60, 60, 30, 14, 14, 7, 7])
    var memory = WarningMemory()
    let expires = try #require(CivilDate("2025-06-30"))
    let subject = Expiring.Subject(
      tenant: TenantCode(stored: "t"), zone: "UTC", program: ProgramCode(stored: "p"), expires: expires)
    let told = [70, 60, 59, 30, 40, 14, 7, 1].map { memory.reach(subject, on: expires - $0) }
    #expect(told == [nil, 60, nil, 30, nil, 14, 7, nil])
  }
}
