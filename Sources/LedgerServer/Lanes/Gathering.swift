internal import DequeModule

/// What waits for the next batch of a lane or a reader: while one batch is under way, the next one gathers here.
struct Gathering<Job> {
  private var waiting: Deque<Job> = []
  private var isScheduled = false
  /// What one batch may weigh: more would only make the first of its jobs wait longer. A job that weighs more goes alone.
  private let mostOfABatch: Int
  private let weight: @Sendable (Job) -> Int

  /// Jobs that may wait: as many as all connections together may have in flight before any of them is answered.
  private static var mostWaiting: Int { 65_536 }

  init(mostOfABatch: Int, weight: @escaping @Sendable (Job) -> Int = { _ in 1 }) {
    self.mostOfABatch = mostOfABatch
    self.weight = weight
  }

  var count: Int { waiting.count }

  /// - Returns: `false` where too much waits already.
  mutating func admit(_ job: Job) -> Bool {
    guard waiting.count < Self.mostWaiting else { return false }
    waiting.append(job)
    return true
  }

  /// Whether a batch is to be scheduled now, behind everything that has been handed over.
  mutating func shouldSchedule() -> Bool {
    guard !isScheduled, !waiting.isEmpty else { return false }
    isScheduled = true
    return true
  }

  /// The jobs of the batch that was scheduled.
  mutating func take() -> [Job] {
    isScheduled = false
    var jobs: [Job] = []
    var total = 0
    while let job = waiting.first {
      total += weight(job)
      guard jobs.isEmpty || total <= mostOfABatch else { break }
      jobs.append(job)
      waiting.removeFirst()
    }
    return jobs
  }
}
