internal import DequeModule

/// What waits for the next batch of a lane or a reader: while one batch is under way, the next one gathers here.
///
/// What nobody waits for at a keyboard stands in a row of its own, of which a batch takes only a share: what a batch lasts,
/// and so what everybody else waits, stays small however much of it there is.
struct Gathering<Job> {
  private var foreground: Row
  private var background: Row
  private var isScheduled = false
  private let weight: @Sendable (Job) -> Int
  private let isBackground: @Sendable (Job) -> Bool

  private struct Row {
    var jobs: Deque<Job> = []
    /// What one batch takes of it: more would only make the first of its jobs wait longer. A job that weighs more goes
    /// alone.
    let most: Int

    mutating func take(into batch: inout [Job], upTo count: Int = .max, _ weight: (Job) -> Int) {
      var total = 0
      while batch.count < count, let job = jobs.first {
        total += weight(job)
        guard total <= most || total == weight(job) else { return }
        batch.append(job)
        jobs.removeFirst()
      }
    }
  }

  /// Jobs that may wait: connections are held back long before.
  private static var mostWaiting: Int { 65_536 }

  /// - Parameters:
  ///   - mostOfABatch: what a batch may weigh, but for what is done in the background.
  ///   - mostInBackground: what of that it may weigh beside it.
  init(
    mostOfABatch: Int, mostInBackground: Int = 0, weight: @escaping @Sendable (Job) -> Int = { _ in 1 },
    isBackground: @escaping @Sendable (Job) -> Bool = { _ in false }
  ) {
    foreground = Row(most: mostOfABatch)
    background = Row(most: mostInBackground)
    self.weight = weight
    self.isBackground = isBackground
  }

  var count: Int { foreground.jobs.count + background.jobs.count }

  /// - Returns: `false` where too much waits already.
  mutating func admit(_ job: Job) -> Bool {
    guard count < Self.mostWaiting else { return false }
    if isBackground(job) { background.jobs.append(job) } else { foreground.jobs.append(job) }
    return true
  }

  /// Whether a batch is to be scheduled now, behind everything that has been handed over.
  mutating func shouldSchedule() -> Bool {
    guard !isScheduled, count > 0 else { return false }
    isScheduled = true
    return true
  }

  /// The jobs of the batch that was scheduled.
  ///
  /// - Parameter count: how many it may be, but for what is done in the background.
  mutating func take(_ count: Int = .max) -> [Job] {
    isScheduled = false
    var batch: [Job] = []
    foreground.take(into: &batch, upTo: count, weight)
    background.take(into: &batch, weight)
    return batch
  }
}
