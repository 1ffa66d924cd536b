/// Who is under way where, so that a client that sends much does not make one wait that sends little.
///
/// A place answers what has come to it as one batch, and whoever comes meanwhile waits for that batch and for the next
/// one: large ones are cheap for those who fill them and slow for somebody with one question. So a connection may fill a
/// place as long as it has it to itself. Beside one that asks one thing at a time, all who ask more share a small number.
package struct Crowd<Place: Hashable & Sendable, Client: Hashable & Sendable>: Sendable {
  private var sites: [Place: Site] = [:]

  private struct Site {
    var underWay = 0
    /// The last two that asked one thing at a time, the later one first.
    var modest: [(client: Client, when: ContinuousClock.Instant)] = []
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
    guard let site = sites[place], site.underWay >= shared else { return true }
    return !site.modest.contains { $0.client != client && now - $0.when < Self.memory }
  }

  /// - Parameter isModest: it is the only request that the client has.
  package mutating func enter(
    _ place: Place, _ client: Client, isModest: Bool, at now: ContinuousClock.Instant
  ) {
    sites[place, default: Site()].underWay += 1
    guard isModest else { return }
    sites[place]?.modest.removeAll { $0.client == client }
    sites[place]?.modest.insert((client, now), at: 0)
    if let count = sites[place]?.modest.count, count > 2 { sites[place]?.modest.removeLast() }
  }

  package mutating func leave(_ place: Place) { sites[place]?.underWay -= 1 }
}
