/// Whether a lane decides a batch on what it knows and has the database prove it while the batch is stored: optimistic
/// concurrency control.
///
/// Such a batch is one round trip instead of two, and reads nothing. It presumes that nobody else has moved the tenants'
/// heads, that keys of which it knows nothing are new, and, in a crowd, candidates too. Where that is wrong, its own
/// statements fail, nothing is kept, and the batch is run again on what is read under locks.
struct Presumption {
  /// Batches that are still to be read under locks.
  private var paused = 0
  /// So many are from the second run of the next one that fails on: where two daemons share tenants, or candidates come
  /// back to try again, what was wrong once is wrong again, and each time the database writes it to its log.
  private var pause = leastPause

  private static let leastPause = 64
  private static let mostPause = 4_096
  /// The same where nothing that was decided would be proven: the next ones may be of its kind.
  private static let pauseOfIdle = 8

  /// Commands of a batch in which candidates of whom nothing is known are taken to be new: in smaller ones a round trip is
  /// not worth a failure with everyone who comes back.
  private static let crowd = 8

  /// Counts a batch, and says whether it may be presumed.
  mutating func admitsNext() -> Bool {
    guard paused > 0 else { return true }
    paused -= 1
    return false
  }

  func takesCandidatesForNew(commands: Int) -> Bool { commands >= Self.crowd }

  /// A batch was right; one that was begun before the last one failed says nothing about the next ones.
  mutating func succeeded() {
    if paused == 0 { pause = max(Self.leastPause, pause / 2) }
  }

  /// A batch was wrong.
  mutating func failed() {
    paused = pause
    pause = min(Self.mostPause, pause * 2)
  }

  /// Of a batch nothing could be sent, for what it would have stored does not prove it.
  mutating func wasIdle() { paused = Self.pauseOfIdle }
}
