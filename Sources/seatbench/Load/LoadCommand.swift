import ArgumentParser
import Histogram
import SeatClient

struct Load: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reserves and starts, in equal parts, in a closed loop, and tells how fast and how late.")

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(help: "Connections.")
  var connections = 64

  @Option(help: "Requests in flight on each connection.")
  var depth = 1

  @Option(help: "Tenants, each with five schools.")
  var tenants = 20

  @Option(help: "Seconds to measure, after two to warm up.")
  var seconds = 10

  @Option(help: "Of 100 requests, so many balances.")
  var balance = 0

  @Flag(help: "Send no idempotency keys.")
  var noKeys = false

  func validate() throws {
    // More than one user may open is refused by the daemon.
    guard (1...128).contains(connections) else { throw ValidationError("--connections takes 1 to 128") }
    guard (1...1_024).contains(depth) else { throw ValidationError("--depth takes 1 to 1024") }
    guard (1...10_000).contains(tenants) else { throw ValidationError("--tenants takes 1 to 10000") }
    guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds takes 1 to 86400") }
    guard (0...100).contains(balance) else { throw ValidationError("--balance takes 0 to 100") }
  }

  func run() throws {
    let name = "b\(Driver<LoadScript>.now)"
    let schools = try LoadSchools(tenants: tenants, run: name, socket: socket)
    var driver = try Driver(
      socket: socket,
      scripts: (0..<connections).map {
        LoadScript(connection: $0, run: name, schools: schools.all, balancePercent: balance, usesKeys: !noKeys)
      }, depth: depth)
    defer { driver.close() }
    driver.isRecording = false
    try driver.run(until: Driver<LoadScript>.now + 2_000_000)
    driver.isRecording = true
    let start = Driver<LoadScript>.now
    try driver.run(until: start + UInt64(seconds) * 1_000_000)
    report(driver, microseconds: Driver<LoadScript>.now - start)
  }

  private func report(_ driver: Driver<LoadScript>, microseconds: UInt64) {
    let perSecond = Int((Double(driver.answered) / Double(microseconds) * 1e6).rounded())
    let errors = driver.scripts.reduce(into: [String: Int]()) { $0.merge($1.errors, uniquingKeysWith: +) }
    func at(_ percentile: Double) -> UInt64 { driver.latencies.valueAtPercentile(percentile) }
    print(
      """
      \(driver.answered) commands in \(microseconds / 1_000) ms over \(connections) connections, \(depth) in flight on each
      latency in µs: median \(at(50)), 90 % \(at(90)), 99 % \(at(99)), 99.9 % \(at(99.9)), most \(driver.latencies.max)
      """)
    for (code, count) in errors.sorted(by: { $0.key < $1.key }) { print("\(count) times \(code)") }
    print(
      "result commands_per_second=\(perSecond) p50_us=\(at(50)) p99_us=\(at(99)) "
        + "errors=\(errors.values.reduce(0, +))")
  }
}
