internal import SeatLedger

/// How far a rollover is: told at most so often, and once at its end.
struct RolloverProgress {
  let total: Int64
  private(set) var done: Int64 = 0
  private let started = ContinuousClock.now
  private var told = ContinuousClock.now

  /// Between two lines for somebody who watches.
  private static let pause = Duration.milliseconds(500)

  init(total: Int64) { self.total = total }

  /// - Returns: the line that is to be told now, if it is time for one.
  mutating func advance(by pools: Int) -> Fields? {
    done += Int64(pools)
    let now = ContinuousClock.now
    guard done >= total || now - told >= Self.pause else { return nil }
    told = now
    var fields = Fields()
    fields.add(.done, done)
    // More may have fallen due since they were counted.
    fields.add(.total, max(total, done))
    fields.add(.secondsLeft, Self.secondsLeft(done: done, of: total, after: now - started))
    return fields
  }

  /// At the pace so far, rounded up.
  static func secondsLeft(done: Int64, of total: Int64, after elapsed: Duration) -> Int64 {
    guard done > 0, total > done else { return 0 }
    let microseconds = elapsed / .microseconds(1)
    return Int64((microseconds * Double(total - done) / Double(done) / 1e6).rounded(.up))
  }
}
