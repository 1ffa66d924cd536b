internal import Glibc
internal import Synchronization

/// Where other threads leave jobs for a lane, which looks when it comes to it: without a task and a closure a job.
///
/// A lane that rests is scheduled by the first job. One that waits for the database can have itself woken when so many jobs
/// are there that a batch is worth its while.
final class Mailbox: Sendable {
  private struct State {
    var jobs: [LaneJob] = []
    var isResting = true
    /// How many jobs wake the lane; `nil` while it does not wait.
    var wakesAt: Int?
  }

  private let state = Mutex(State())
  private let bell: (reads: Int32, writes: Int32)

  /// Connections are held back long before.
  private static let mostWaiting = 65_536

  /// What a job does to the lane.
  enum Reception {
    case taken
    /// The lane was resting and is to be scheduled.
    case first
    /// Nothing more can be taken.
    case refused
  }

  init() {
    var ends: [Int32] = [-1, -1]
    // Without a bell a lane is not woken, and looks when the database has answered.
    _ = socketpair(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    bell = (ends[0], ends[1])
  }

  deinit {
    close(bell.reads)
    close(bell.writes)
  }

  func put(_ job: LaneJob) -> Reception {
    let (reception, isLoud) = state.withLock { state -> (Reception, Bool) in
      guard state.jobs.count < Self.mostWaiting else { return (.refused, false) }
      state.jobs.append(job)
      if state.isResting {
        state.isResting = false
        return (.first, false)
      }
      guard let wakesAt = state.wakesAt, state.jobs.count >= wakesAt else { return (.taken, false) }
      state.wakesAt = nil
      return (.taken, true)
    }
    if isLoud {
      var byte: UInt8 = 0
      _ = write(bell.writes, &byte, 1)
    }
    return reception
  }

  var count: Int { state.withLock { $0.jobs.count } }

  /// All that is there.
  func take() -> [LaneJob] {
    state.withLock { state in
      let jobs = state.jobs
      state.jobs = []
      return jobs
    }
  }

  /// - Returns: `false` where something has come meanwhile.
  func rest() -> Bool {
    state.withLock { state in
      state.isResting = state.jobs.isEmpty
      return state.isResting
    }
  }

  /// Runs `wait` with a descriptor that becomes readable when so many jobs are there.
  func wait(for jobs: Int, _ wait: (Int32) -> Void) {
    let isThere = state.withLock { state in
      state.wakesAt = state.jobs.count < jobs ? jobs : nil
      return state.wakesAt == nil
    }
    if isThere { return }
    wait(bell.reads)
    state.withLock { $0.wakesAt = nil }
    // What was rung for this wait, and what was rung a moment too late for the one before.
    var bytes: (UInt64, UInt64) = (0, 0)
    _ = read(bell.reads, &bytes, 16)
  }
}
