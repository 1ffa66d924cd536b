import Histogram

/// What the well-behaved client asks, one request after the other.
enum Probe: String, CaseIterable {
  case ping, balance
  /// Reserve and start in turn.
  case change

  func run(
    _ socket: String, _ tenant: String, round: String, _ milliseconds: Int, into latencies: inout Latencies
  ) throws {
    switch self {
    case .ping: try run([RepeatingScript("ping")], socket, milliseconds, into: &latencies)
    case .balance:
      try run([RepeatingScript("balance tenant=\(tenant) school=good")], socket, milliseconds, into: &latencies)
    case .change:
      let script = LoadScript(
        connection: 0, run: round, schools: [(tenant, "good")], balancePercent: 0, usesKeys: true)
      try run([script], socket, milliseconds, into: &latencies)
    }
  }

  private func run<Work: Script>(
    _ scripts: [Work], _ socket: String, _ milliseconds: Int, into latencies: inout Latencies
  ) throws {
    var driver = try Driver(socket: socket, scripts: scripts, depth: 1)
    defer { driver.close() }
    try driver.run(until: Driver<Work>.now + UInt64(milliseconds) * 1_000)
    latencies.add(driver.latencies)
  }
}

/// Latencies of several runs.
struct Latencies {
  private var all = Histogram<UInt64>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)

  mutating func add(_ latencies: Histogram<UInt64>) {
    for value in latencies.recordedValues() { all.record(value.value, count: value.count) }
  }

  /// Microseconds.
  var mean: UInt64 { UInt64(all.mean) }

  /// Microseconds.
  func at(_ percentile: Double) -> UInt64 { all.valueAtPercentile(percentile) }
}
