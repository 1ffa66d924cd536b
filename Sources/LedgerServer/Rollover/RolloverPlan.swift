internal import DequeModule
internal import LedgerStore
internal import SeatLedger

/// Which due pools are sent to the lanes next: a plain value that takes pages of them and gives out jobs.
///
/// A lane has only so many pools of a rollover at once: few enough that live commands, which share its batches, hardly
/// wait, and enough that the next ones are there when a batch is done.
struct RolloverPlan {
  /// Pools of one tenant that are expired together.
  struct Job {
    let lane: Int
    let tenant: TenantCode
    let pools: [PoolNumber]
  }

  private var waiting: [Deque<Job>]
  private var underWay: [Int]
  /// Pools that wait to be sent.
  private(set) var backlog = 0

  /// Pools of one job: what a tenant has more goes into further jobs.
  static let mostOfAJob = 64
  /// Pools that a lane has at once: two batches' worth, one that is decided and one that waits.
  static let mostUnderWay = 256

  init(lanes: Int) {
    waiting = Array(repeating: [], count: lanes)
    underWay = Array(repeating: 0, count: lanes)
  }

  var isIdle: Bool { backlog == 0 && underWay.allSatisfy { $0 == 0 } }

  /// Takes pools in their order: those of one tenant stand together.
  mutating func take(_ due: [Due.DuePool], lane: (TenantCode) -> Int) {
    backlog += due.count
    var rest = due[...]
    while let first = rest.first {
      let pools = rest.prefix(Self.mostOfAJob).prefix { $0.tenant == first.tenant }
      rest = rest.dropFirst(pools.count)
      let index = lane(first.tenant)
      waiting[index].append(Job(lane: index, tenant: first.tenant, pools: pools.map(\.pool)))
    }
  }

  /// The jobs that may be sent now.
  mutating func ready() -> [Job] {
    var jobs: [Job] = []
    for lane in waiting.indices {
      while let job = waiting[lane].first, underWay[lane] == 0 || underWay[lane] + job.pools.count <= Self.mostUnderWay
      {
        waiting[lane].removeFirst()
        underWay[lane] += job.pools.count
        backlog -= job.pools.count
        jobs.append(job)
      }
    }
    return jobs
  }

  /// A job has its answer.
  mutating func finish(_ job: Job) { underWay[job.lane] -= job.pools.count }
}
