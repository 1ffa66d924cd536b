internal import DequeModule

/// What waits for the next batch of a lane or a reader: while one batch is under way, the next one gathers here.
struct Gathering<Job> {
  private var waiting: Deque<Job> = []
  private var isScheduled = false
  /// Jobs of one batch: more would only make the first of them wait longer.
  private let mostOfABatch: Int

  /// Jobs that may wait: as many as all connections together may have in flight before any of them is answered.
  private static var mostWaiting: Int { 65_536 }

  init(mostOfABatch: Int) { self.mostOfABatch = mostOfABatch }

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
    let jobs = Array(waiting.prefix(mostOfABatch))
    waiting.removeFirst(jobs.count)
    return jobs
  }
}
