package import Logging
internal import SeatLedger
internal import ServiceLifecycle

/// Runs the rollover by itself: at start for what was missed, at every tenant's midnight, and whenever the test clock was
/// set forward.
package struct RolloverSchedule: Service {
  private let rollover: Rollover
  private let clock: LedgerClock
  private let log: Logger

  /// Before the next try while the database is away, in seconds.
  private static let retrySeconds: Int64 = 5

  package init(rollover: Rollover, clock: LedgerClock, log: Logger) {
    self.rollover = rollover
    self.clock = clock
    self.log = log
  }

  package func run() async {
    // The end of the daemon is the only end of this loop, and no error.
    try? await cancelWhenGracefulShutdown {
      while true {
        let next = await runOnce()
        let wait = max(next.microseconds - clock.now.microseconds, 1_000)
        // The machine may sleep or its clock may be set: look again at least every minute.
        try await Task.sleep(for: .microseconds(min(wait, 60_000_000)))
      }
    }
  }

  /// - Returns: when to look again.
  private func runOnce() async -> Instant {
    do {
      let report = try await rollover.run(tenant: nil, for: Caller(principal: "daemon"))
      let total = report.values.reduce(into: Leftover()) { $0 += $1 }
      if total.pools > 0 {
        log.info(
          "rollover done",
          metadata: [
            "tenants": "\(report.count)", "pools": "\(total.pools)", "idle": "\(total.idle.seats)",
            "reserved": "\(total.reserved.seats)", "cost": "\(Money(cents: total.cents))",
          ])
      }
      return try await rollover.nextMidnight()
    } catch {
      log.warning("rollover is not done yet", metadata: ["why": "\(error)"])
      return Instant(seconds: clock.now.seconds + Self.retrySeconds)
    }
  }
}
