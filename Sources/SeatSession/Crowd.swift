/// Who is under way, and where, so that a client that sends much does not make one wait that sends little.
///
/// A place answers what has come to it as one batch, and whoever comes meanwhile waits for that batch and for the next
/// one: large ones are cheap for those who fill them and slow for somebody with one question. So a connection may fill a
/// place as long as nobody else asks anything. Beside one that asks one thing at a time, all who ask more share a small
/// number: at its own place, for it waits for their batches, and at all others, for it waits for the same processors.
package struct Crowd<Place: Hashable & Sendable>: Sendable {
  package typealias Client = ObjectIdentifier

  private var underWay: [Place: Int] = [:]
  /// The last two clients that asked one thing at a time.
  private var latest: Modest?
  private var earlier: Modest?

  private struct Modest {
    let client: Client
    let when: ContinuousClock.Instant
  }

  /// A person's or a script's next question comes within that.
  package static var memory: Duration { .milliseconds(250) }

  package init() {}

  /// Whether one more request of a client may go to a place.
  ///
  /// - Parameters:
  ///   - own: how many of the client's are there now; the first one always may.
  ///   - most: the most of one client's.
  ///   - shared: the most of all clients' together while a modest one is about.
  package func admits(
    _ client: Client, to place: Place, own: Int, most: Int, shared: Int, at now: ContinuousClock.Instant
  ) -> Bool {
    guard own > 0 else { return true }
    guard own < most else { return false }
    return underWay[place, default: 0] < shared || !hasModest(beside: client, at: now)
  }

  /// Whether another client than this one asks one thing at a time.
  package func hasModest(beside client: Client, at now: ContinuousClock.Instant) -> Bool {
    isAbout(latest, beside: client, at: now) || isAbout(earlier, beside: client, at: now)
  }

  private func isAbout(_ modest: Modest?, beside client: Client, at now: ContinuousClock.Instant) -> Bool {
    guard let modest else { return false }
    return modest.client != client && now - modest.when < Self.memory
  }

  /// Somebody asks one thing at a time.
  package mutating func notice(_ client: Client, at now: ContinuousClock.Instant) {
    if latest?.client != client { earlier = latest }
    latest = Modest(client: client, when: now)
  }

  package mutating func enter(_ place: Place) { underWay[place, default: 0] += 1 }

  package mutating func leave(_ place: Place) { underWay[place, default: 0] -= 1 }
}
