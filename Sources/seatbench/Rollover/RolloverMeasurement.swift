import ArgumentParser
import Foundation
import Histogram
import SeatClient
import SeatLedger
import SeatProtocol

/// One year's end: districts are built, the clock goes on, reserves run alone, and then beside the rollover.
struct RolloverMeasurement {
  private let socket: String
  private let nation: Nation
  private let connections: Int
  private let daemon: DaemonProcess
  private let run = "n\(Driver<ReserveScript>.now)"

  /// Connections that build.
  private static let builders = 4
  /// Districts that reserve while the year ends, their own due pools beside it.
  private static let mostBusyTenants = 20

  init(socket: String, nation: Nation, connections: Int) throws {
    self.socket = socket
    self.nation = nation
    self.connections = connections
    daemon = try DaemonProcess(socket: socket)
  }

  mutating func run(seconds: Int) throws {
    let year = try runningYear()
    try build(year: "\(year)-\(year + 1)")
    try ask("clock.set at=\(year + 1)-07-01T12:00:00Z")
    let busy = (0..<min(Self.mostBusyTenants, nation.tenants)).map { nation.code($0, of: run) }
    for tenant in busy {
      try ask("purchase tenant=\(tenant) school=district program=ase-entry-level seats=1000000 unit-price=40.00")
    }
    let alone = try reserves(busy, part: "a") { $0 >= UInt64(seconds) * 1_000_000 }
    let before = (memory: daemon.residentKiB, processor: daemon.processorMicroseconds)
    let rollover = RolloverRun(socket: socket)
    var most = before.memory
    let beside = try reserves(busy, part: "b") { _ in
      most = max(most, daemon.residentKiB)
      return rollover.isFinished
    }
    let report = try rollover.report()
    // What an earlier run has left open falls due, too.
    guard report.pools >= nation.pools else {
      throw ValidationError(
        "\(report.pools) of \(nation.pools) pools were left to roll over: does the daemon run with --no-rollover?")
    }
    let processor = daemon.processorMicroseconds - before.processor
    func at99(_ load: Reserves?) -> UInt64 { load?.latencies.valueAtPercentile(99) ?? 0 }
    let ratio = alone.map { Double(at99(beside)) / Double(max(1, at99($0))) } ?? 0
    print(
      """
      \(report.pools) pools in \(nation.tenants) districts expired in \(report.microseconds / 1_000) ms
      reserves alone:  \(alone?.description ?? "none")
      reserves beside: \(beside?.description ?? "none")
      result pools=\(report.pools) tenants=\(nation.tenants) \
      pools_per_second=\(Int(Double(report.pools) / Double(report.microseconds) * 1e6)) \
      us_a_pool=\(Self.rounded(Double(report.microseconds) / Double(report.pools))) \
      daemon_cpu_us_a_pool=\(Self.rounded(Double(processor) / Double(report.pools))) \
      reserve_p99_alone_us=\(at99(alone)) reserve_p99_beside_us=\(at99(beside)) p99_ratio=\(Self.rounded(ratio)) \
      daemon_kib_before=\(before.memory) daemon_kib_most=\(most) daemon_kib_after=\(daemon.residentKiB) \
      errors=\((alone?.errors ?? 0) + (beside?.errors ?? 0))
      """)
  }

  /// What the reserves of one stretch came to.
  private struct Reserves: CustomStringConvertible {
    let latencies: Histogram<UInt64>
    let answered: Int
    let microseconds: UInt64
    let errors: Int

    var description: String {
      let perSecond = Int(Double(answered) / Double(max(1, microseconds)) * 1e6)
      func at(_ percentile: Double) -> UInt64 { latencies.valueAtPercentile(percentile) }
      return "\(perSecond) a second, latency in µs: median \(at(50)), 99 % \(at(99)), most \(latencies.max)"
    }
  }

  /// Reserves until `isOver` says so, which is asked every few milliseconds with the microseconds since the start.
  private func reserves(_ tenants: [String], part: String, until isOver: (UInt64) -> Bool) throws -> Reserves? {
    let start = Driver<ReserveScript>.now
    guard connections > 0 else {
      while !isOver(UInt64.max) { usleep(5_000) }
      return nil
    }
    let scripts = (0..<connections).map { ReserveScript(connection: $0, run: "\(run)\(part)", tenants: tenants) }
    var driver = try Driver(socket: socket, scripts: scripts, depth: 1)
    defer { driver.close() }
    repeat { try driver.run(until: Driver<ReserveScript>.now + 5_000) } while !isOver(Driver<ReserveScript>.now - start)
    return Reserves(
      latencies: driver.latencies, answered: driver.answered, microseconds: Driver<ReserveScript>.now - start,
      errors: driver.scripts.flatMap(\.errors.values).reduce(0, +))
  }

  private func build(year: String) throws {
    let scripts = (0..<Self.builders).map {
      NationScript(nation, run: run, year: year, connection: $0, of: Self.builders)
    }
    var driver = try Driver(socket: socket, scripts: scripts, depth: 512)
    defer { driver.close() }
    let start = Driver<NationScript>.now
    try driver.run()
    if let refusal = driver.scripts.compactMap(\.refusal).first { throw ValidationError(refusal) }
    print("\(nation.pools) pools built in \((Driver<NationScript>.now - start) / 1_000) ms")
    // A script that reads along hears of it at once.
    fflush(nil)
  }

  /// The first calendar year of the academic year that the daemon's clock stands in.
  private func runningYear() throws -> Int {
    let status = try ask("status")
    guard status.value(.clock) == "test", let now = status.value(.now), let year = Int(now.prefix(4)),
      let month = Int(now.dropFirst(5).prefix(2))
    else { throw ValidationError("this daemon has no test clock: start it with --test-clock and --no-rollover") }
    return month >= 7 ? year : year - 1
  }

  @discardableResult
  private func ask(_ line: String) throws -> ReplyLine {
    var connection = try ControlConnection.open(socket)
    guard let end = try connection.ask(line).last, end.kind == .ok else { throw ValidationError("\(line) was refused") }
    return end
  }

  private static func rounded(_ number: Double) -> String { String(format: "%.2f", number) }
}
