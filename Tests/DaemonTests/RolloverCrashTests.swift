import Foundation
import SeatClient
import SeatLedger
import SeatProtocol
import Synchronization
import TestSupport
import Testing

/// Daemon and PostgreSQL are killed at random moments of a rollover under live traffic, and it goes on.
///
/// `SEATLEDGER_KILLS=100 Scripts/test --filter RolloverCrash` kills a hundred times.
@Suite("A rollover that is killed", .serialized)
struct RolloverCrashTests {
  private static let tenants = 4
  private static let poolsOfATenant = 90
  private static let killsOfAYear = 4

  private static var kills: Int {
    ProcessInfo.processInfo.environment["SEATLEDGER_KILLS"].flatMap { Int($0) } ?? killsOfAYear
  }

  /// One year's pools, some of their seats held and some reserved, and seats of the next year for those who live on.
  private static func build(_ daemon: TestDaemon, year: Int) throws {
    var connection = try daemon.connect()
    for tenant in 0..<tenants {
      if year == 2024 { _ = try connection.ask("tenant.add tenant=t\(tenant) name=T zone=America/New_York") }
      var lines = (0..<poolsOfATenant).map {
        "purchase school=district program=ase-entry-level year=\(year)-\(year + 1) seats=3 unit-price=40.00 fund=f\($0)"
      }
      lines += (0..<poolsOfATenant / 3).map {
        "reserve school=district candidate=y\(year)n\($0) test=brakes fund=f\($0 * 3)"
      }
      lines += (0..<poolsOfATenant / 5).map {
        "hold school=district program=ase-entry-level year=\(year)-\(year + 1) seats=1 fund=f\($0 * 5) until=\(year + 1)-06-30"
      }
      lines.append(
        "purchase school=district program=ase-entry-level year=\(year + 1)-\(year + 2) seats=100000 unit-price=1.00 fund=live"
      )
      _ = try connection.ask("batch.begin tenant=t\(tenant)")
      for line in lines { _ = try connection.ask(line) }
      let end = try connection.ask("batch.commit").last
      try #require(end?.kind == .ok, "\(end?.body ?? "")")
    }
  }

  private static func after(_ year: Int) -> String { "\(year + 1)-07-01T06:00:00-04:00" }

  /// What that year has left behind, pool by pool.
  private static func report(_ daemon: TestDaemon, year: Int) throws -> [String] {
    var connection = try daemon.connect()
    return try (0..<tenants).flatMap { tenant in
      try connection.ask("rollover.report tenant=t\(tenant) year=\(year)-\(year + 1) +limit=1000")
        .filter { $0.kind == .data && $0.value(.fund) != "live" }.map(\.body)
    }
  }

  /// Reserves from the new year's seats until it is told to stop, whatever happens to the daemon.
  private final class Traffic: Sendable {
    private let isStopped = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ socket: String, year: Int) {
      Thread.detachNewThread { [self] in
        var count = 0
        while !isStopped.load(ordering: .relaxed) {
          guard var connection = try? ControlConnection.open(socket) else {
            usleep(5_000)
            continue
          }
          while !isStopped.load(ordering: .relaxed) {
            count += 1
            let line =
              "reserve tenant=t\(count % tenants) school=district candidate=l\(year)x\(count) test=brakes fund=live"
            guard (try? connection.ask(line)) != nil else { break }
          }
        }
        ended.signal()
      }
    }

    func stop() {
      isStopped.store(true, ordering: .relaxed)
      ended.wait()
    }
  }

  @Test(
    "every pool expires once, the books are sound, and the report is that of an undisturbed year", arguments: [1, 2])
  func killed(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let calm = try TestDaemon(database: try TestDatabase.make(), extra: ["--no-rollover"])
    let daemon = try TestDaemon(database: nil, extra: ["--no-rollover"])
    var (year, kills) = (2024, 0)
    while kills < Self.kills {
      for one in [calm, daemon] {
        try Self.build(one, year: year)
        try one.ask("clock.set at=\(Self.after(year))")
      }
      _ = try calm.ask("rollover")
      let traffic = Traffic(daemon.socket, year: year)
      for _ in 0..<Self.killsOfAYear {
        var connection = try daemon.connect()
        try connection.send("rollover\n")
        usleep(UInt32.random(in: 0..<120_000, using: &random))
        if Bool.random(using: &random) {
          daemon.kill()
          try daemon.start(["--test-clock", Self.after(year)])
        } else {
          try daemon.restartPostgresByForce()
        }
        kills += 1
      }
      // Continued: again until nothing is refused for the database's sake.
      var last = try daemon.ask("rollover")
      while last.contains(" retry=later ") || last.contains(" retry=same-key ") { last = try daemon.ask("rollover") }
      traffic.stop()
      #expect(last.hasPrefix("OK"), "\(last)")
      #expect(try Self.report(daemon, year: year) == Self.report(calm, year: year))
      try Self.check(daemon, year: year)
      year += 1
    }
    #expect(try daemon.ask("verify").hasSuffix("differences=0"))
  }

  /// The journal closes each pool once, and every seat of each pool is somewhere.
  private static func check(_ daemon: TestDaemon, year: Int) throws {
    var connection = try daemon.connect()
    for tenant in 0..<tenants {
      let pools = try connection.ask("balance tenant=t\(tenant) year=\(year)-\(year + 1) +limit=1000")
        .filter { $0.kind == .data && $0.value(.fund) != "live" }
      #expect(pools.count == poolsOfATenant)
      for pool in pools {
        func count(_ name: FieldName) -> Int { pool.value(name).flatMap { Int($0) } ?? -1 }
        #expect(
          count(.purchased) == 3 && count(.expired) == 3 && count(.available) + count(.held) + count(.reserved) == 0)
      }
    }
    // Each pool was closed once, and each seat that somebody had reserved went by an entry of its own. A hold ends with its
    // pool: it has given its seat back just before, or where that was interrupted expires with it.
    for fund in 0..<poolsOfATenant {
      let entries = try connection.ask(
        "statement tenant=t0 year=\(year)-\(year + 1) fund=f\(fund) from=\(year + 1)-07-01"
      ).filter { $0.value(.kind) == "expire" && $0.value(.from)?.hasSuffix("/held") != true }
      #expect(entries.count == 1 + (fund % 3 == 0 ? 1 : 0), "fund f\(fund)")
    }
  }
}
