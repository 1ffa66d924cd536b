internal import Glibc
package import SeatLedger
internal import Synchronization

/// What time it is for the ledger: the machine's clock, or a test clock that was set elsewhere and ticks on.
package final class LedgerClock: Sendable {
  package let isTest: Bool
  /// Microseconds between the machine's clock and ours; 0 for ever on an ordinary clock.
  private let offset: Atomic<Int64>

  package init() {
    isTest = false
    offset = Atomic(0)
  }

  /// A clock that stands at `start` now.
  package init(startingAt start: Instant) {
    isTest = true
    offset = Atomic(start.microseconds - Self.machine.microseconds)
  }

  package var now: Instant {
    Self.machine.adding(microseconds: offset.load(ordering: .relaxed))
  }

  /// Sets a test clock forward.
  ///
  /// - Returns: `false`, and nothing is changed, for a moment that is not ahead.
  package func advance(to instant: Instant) -> Bool {
    let wanted = instant.microseconds - Self.machine.microseconds
    let old = offset.load(ordering: .sequentiallyConsistent)
    guard isTest, wanted >= old else { return false }
    return offset.compareExchange(expected: old, desired: wanted, ordering: .sequentiallyConsistent).exchanged
  }

  /// The machine's clock, also where a test clock is ours.
  static var machine: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }
}
