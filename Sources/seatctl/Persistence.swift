import Glibc

/// Asks again, with a growing pause, what is worth it.
enum Persistence {
  /// Tries of one request, the first included: the last comes some seven seconds after it.
  private static let mostTries = 6

  /// A daemon that has gone while it was asked is waited for, too: it may be starting again.
  static func trying<Result>(_ work: () throws(Failure) -> Result) throws(Failure) -> Result {
    var unanswered: Failure?
    for attempt in 1..<mostTries {
      do throws(Failure) {
        return try work()
      } catch {
        if error.status == .tryAgain { unanswered = error }
        guard error.status == .tryAgain || unanswered != nil && error.status == .noDaemon else { throw error }
        usleep(useconds_t(100_000 << attempt))
      }
    }
    do throws(Failure) {
      return try work()
    } catch {
      // Nobody knows what became of a request that went out: that is not the same as having found no daemon.
      if error.status == .noDaemon, let unanswered { throw unanswered }
      throw error
    }
  }
}
