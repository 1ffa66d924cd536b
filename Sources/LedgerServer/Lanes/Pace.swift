/// What a lane does next: by how much waits for a batch, and how much is under way.
///
/// Two batches under way keep the database busy: it stores one, and finds the other when it is done. More would be smaller,
/// and a batch costs as much as a dozen commands by being one.
enum Pace: Equatable {
  /// Begins a batch of at most so many jobs.
  case begin(most: Int)
  /// Waits for the oldest batch, or until so many jobs are there.
  case wait(jobs: Int)
  /// Waits for the oldest batch.
  case finish
  case rest

  private static let mostUnderWay = 2

  /// Jobs that are worth a batch of their own while another one is under way; and no batch is made smaller than that to
  /// leave something for the next.
  private static let worthABatch = 16

  init(waiting: Int, underWay: (batches: Int, jobs: Int)) {
    // What is answered together comes back together: only batches of like size keep following each other, so none takes
    // more than half of all that there is, and none much smaller goes after a larger one.
    let half = max(Self.worthABatch, (waiting + underWay.jobs + 1) / 2)
    switch underWay.batches {
    case 0: self = waiting > 0 ? .begin(most: half) : .rest
    case ..<Self.mostUnderWay:
      let enough = max(Self.worthABatch, underWay.jobs * 3 / 4)
      self = waiting >= enough ? .begin(most: half) : .wait(jobs: enough)
    default: self = .finish
    }
  }
}
