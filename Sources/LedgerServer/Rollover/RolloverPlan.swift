internal import DequeModule
internal import LedgerStore
internal import SeatLedger

/// Which due pools are sent to the lanes next: a plain value that takes pages of them and gives out jobs.
///
/// A lane's batch takes only so much of a rollover, little enough that live commands, which share it, hardly wait; and so
/// much again waits, that the next pools are there when a batch is done. It is counted in entries, for a pool's end posts
/// one for every seat that is still reserved.
struct RolloverPlan {
  /// Pools of one tenant that are expired together.
  struct Job {
    let lane: Int
    let tenant: TenantCode
    fileprivate(set) var pools: [PoolNumber] = []
    fileprivate(set) var entries = 0
  }

  private var waiting: [Deque<Job>]
  private var underWay: [Int]
  /// Pools that wait to be sent.
  private(set) var backlog = 0

  /// Entries of a rollover in one batch of a lane, beside live commands. With 96 instead of 64, a fifth more pools were
  /// closed in a second, and the latest of a hundred live commands waited a quarter longer. With 56, whose halves part what
  /// most tenants have more evenly, they wait less than with 64, and no fewer pools are closed for the same processor time.
  static let mostOfABatch = 56
  /// Entries of one job: what a tenant has more goes into further jobs. A pool is not divided. Jobs of half a batch fill
  /// batches better than whole ones, for what tenants have is seldom a round number of them.
  static let mostOfAJob = mostOfABatch / 2
  /// Entries that a lane has at once: what is decided, and what waits.
  static let mostUnderWay = 2 * mostOfABatch

  init(lanes: Int) {
    waiting = Array(repeating: [], count: lanes)
    underWay = Array(repeating: 0, count: lanes)
  }

  /// Takes pools in their order: those of one tenant stand together.
  mutating func take(_ due: [Due.DuePool], lane: (TenantCode) -> Int) {
    backlog += due.count
    var job: Job?
    for pool in due {
      if let full = job, full.tenant != pool.tenant || full.entries + pool.entries > Self.mostOfAJob {
        waiting[full.lane].append(full)
        job = nil
      }
      var open = job ?? Job(lane: lane(pool.tenant), tenant: pool.tenant)
      open.pools.append(pool.pool)
      open.entries += pool.entries
      job = open
    }
    if let job { waiting[job.lane].append(job) }
  }

  /// The jobs that may be sent now.
  mutating func ready() -> [Job] {
    var jobs: [Job] = []
    for lane in waiting.indices {
      while let job = waiting[lane].first, underWay[lane] == 0 || underWay[lane] + job.entries <= Self.mostUnderWay {
        waiting[lane].removeFirst()
        underWay[lane] += job.entries
        backlog -= job.pools.count
        jobs.append(job)
      }
    }
    return jobs
  }

  /// A job has its answer.
  mutating func finish(_ job: Job) { underWay[job.lane] -= job.entries }
}
