internal import LedgerStore
internal import SeatLedger

/// What one watch has been told of pools that run low: once when a tenth of their seats is left and once when none is, and
/// anew after they were filled up.
struct LowBalance: Sendable {
  private var told: [PoolNumber: Level] = [:]

  private enum Level: Int, Comparable, Sendable {
    case empty, low

    /// `nil` while more than a tenth is left.
    init?(_ pool: WatchQuery.Drawn) {
      guard pool.available * LowBalance.share <= pool.total else { return nil }
      self = pool.available > 0 ? .low : .empty
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// A tenth: a judgement, early enough to have seats transferred or to buy some.
  private static let share: Int64 = 10

  /// The notices that pools which have been drawn on are worth, each as it stands now.
  mutating func notices(_ pools: [WatchQuery.Drawn]) -> [Fields] {
    let latest = Dictionary(pools.map { ($0.pool, $0) }) { $1 }
    return latest.values.sorted { $0.pool < $1.pool }.compactMap { pool in
      let (before, level) = (told[pool.pool], Level(pool))
      told[pool.pool] = level
      guard let level, before.map({ level < $0 }) ?? true else { return nil }
      return fields(pool)
    }
  }

  private func fields(_ pool: WatchQuery.Drawn) -> Fields {
    var fields = Fields()
    fields.add(.notice, "low-balance")
    fields.add(.school, pool.identity.school)
    fields.add(.program, pool.identity.program)
    fields.add(.fund, pool.identity.fund)
    fields.add(.expires, pool.identity.expires)
    fields.add(.available, pool.available)
    fields.add(.total, pool.total)
    return fields
  }
}
