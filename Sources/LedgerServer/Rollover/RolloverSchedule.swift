package import Logging
internal import SeatLedger
internal import ServiceLifecycle

/// Looks for what has fallen due: at start for what was missed, at every tenant's midnight, and often enough in between
/// that a clock which was set, a machine that slept or a database that was away costs no more than a minute.
package struct RolloverSchedule: Service {
  private let midnights: Midnights
  private let clock: LedgerClock
  private let log: Logger

  /// Before the next try while the database is away.
  private static let retry: Int64 = 5_000_000
  /// Between two looks, in microseconds: the machine may sleep or its clock may be set. A test clock is set in jumps.
  private var mostBetweenLooks: Int64 { clock.isTest ? 1_000_000 : 60_000_000 }

  package init(midnights: Midnights, clock: LedgerClock, log: Logger) {
    self.midnights = midnights
    self.clock = clock
    self.log = log
  }

  package func run() async {
    // The end of the daemon is the only end of this loop, and no error.
    try? await cancelWhenGracefulShutdown {
      var isBehind = false
      while true {
        let wait = await look(&isBehind)
        try await Task.sleep(for: .microseconds(wait))
      }
    }
  }

  /// - Parameter isBehind: something due could not be done; said once when it begins and once when it ends.
  /// - Returns: microseconds until the next look.
  private func look(_ isBehind: inout Bool) async -> Int64 {
    do {
      try await midnights.pass()
      let next = try await midnights.next()
      if isBehind { log.info("what fell due is done") }
      isBehind = false
      return min(max(next.microseconds - clock.now.microseconds, 1_000), mostBetweenLooks)
    } catch {
      if !isBehind { log.warning("what is due is not done yet", metadata: ["why": "\(error)"]) }
      isBehind = true
      return Self.retry
    }
  }
}
