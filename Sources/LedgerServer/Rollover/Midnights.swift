package import Logging
package import SeatLedger

/// What falls due by itself: pools and holds whose day is over, and the warnings before that.
package struct Midnights: Sendable {
  private let rollover: Rollover
  private let warnings: ExpiryWarnings
  /// Whether the daemon rolls over by itself; it warns in any case.
  private let rollsOver: Bool
  private let log: Logger

  package init(rollover: Rollover, warnings: ExpiryWarnings, rollsOver: Bool, log: Logger) {
    self.rollover = rollover
    self.warnings = warnings
    self.rollsOver = rollsOver
    self.log = log
  }

  /// Does all that is due by now, whatever was missed included.
  package func pass() async throws {
    do {
      if rollsOver { try await rollOver() }
    } catch {
      // One tenant's trouble keeps nobody else from being warned.
      try await warnings.look(try await rollover.today())
      throw error
    }
    try await warnings.look(try await rollover.today())
  }

  /// The next moment at which a day ends for any tenant.
  package func next() async throws -> Instant { try await rollover.nextMidnight() }

  private func rollOver() async throws {
    let report = try await rollover.run(tenant: nil, for: Caller(principal: "daemon"))
    let total = report.values.reduce(into: Leftover()) { $0 += $1 }
    guard total.pools > 0 else { return }
    log.info(
      "rollover done",
      metadata: [
        "tenants": "\(report.count)", "pools": "\(total.pools)", "idle": "\(total.idle.seats)",
        "reserved": "\(total.reserved.seats)", "cost": "\(Money(cents: total.cents))",
      ])
  }
}
