internal import DequeModule
internal import LedgerStore
internal import SeatLedger

/// Which due pools are sent to the lanes next: a plain value that takes pages of them and gives out jobs.
///
/// A lane's batch takes only so much of a rollover, little enough that live commands, which share it, hardly wait. So the
/// pools are sent in loads that fill just that share of one batch: one is worked on, and one waits, that it is there when
/// the batch is done. They are counted in entries, for a pool's end posts one for every seat that is still reserved.
struct RolloverPlan {
  /// Pools of one tenant that are expired together.
  struct Job {
    let lane: Int
    let tenant: TenantCode
    fileprivate(set) var pools: [PoolNumber] = []
    fileprivate(set) var entries = 0
  }

  private var waiting: [Deque<Due.DuePool>]
  /// Entries that each lane has now.
  private var underWay: [Int]

  /// Entries of a rollover in one batch of a lane, beside live commands: the more, the more pools are closed in a second,
  /// and the later the latest of a hundred live commands. With 64 they are answered in two to three times what they take
  /// alone.
  static let mostOfABatch = 64
  /// Entries that a lane has at once: what is decided, and what waits.
  static let mostUnderWay = 2 * mostOfABatch

  init(lanes: Int) {
    waiting = Array(repeating: [], count: lanes)
    underWay = Array(repeating: 0, count: lanes)
  }

  /// Pools that wait to be sent.
  var backlog: Int { waiting.reduce(0) { $0 + $1.count } }

  /// Takes pools in their order: those of one tenant stand together.
  mutating func take(_ due: [Due.DuePool], lane: (TenantCode) -> Int) {
    var last: (tenant: TenantCode, lane: Int)?
    for pool in due {
      let place = last?.tenant == pool.tenant ? last?.lane ?? 0 : lane(pool.tenant)
      last = (pool.tenant, place)
      waiting[place].append(pool)
    }
  }

  /// The jobs that may be sent now.
  mutating func ready() -> [Job] {
    var jobs: [Job] = []
    for lane in waiting.indices {
      while !waiting[lane].isEmpty, underWay[lane] <= Self.mostUnderWay - Self.mostOfABatch {
        jobs += nextLoad(of: lane)
      }
    }
    return jobs
  }

  /// As much as one batch takes, at least one pool: none is divided.
  private mutating func nextLoad(of lane: Int) -> [Job] {
    var jobs: [Job] = []
    var total = 0
    while let pool = waiting[lane].first, total == 0 || total + pool.entries <= Self.mostOfABatch {
      waiting[lane].removeFirst()
      if jobs.last?.tenant != pool.tenant { jobs.append(Job(lane: lane, tenant: pool.tenant)) }
      jobs[jobs.count - 1].pools.append(pool.pool)
      jobs[jobs.count - 1].entries += pool.entries
      total += pool.entries
    }
    underWay[lane] += total
    return jobs
  }

  /// A job has its answer.
  mutating func finish(_ job: Job) { underWay[job.lane] -= job.entries }
}
