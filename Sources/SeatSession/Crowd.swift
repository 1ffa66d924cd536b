/// Who asks how much, and where, so that a client that sends much does not make one wait that sends little.
///
/// A place answers what has come to it as one batch, and whoever comes meanwhile waits for that batch and for the next
/// one: large ones are cheap for those who fill them and slow for somebody with one question. So a client may fill a
/// place as long as nobody more modest asks anything. Beside one that is, all who ask more share a small number: at its
/// own place, for it waits for their batches, and at all others, for it waits for the same processors.
///
/// An object of the event loop that it belongs to: it is asked several times for each request, and a value would be copied
/// for it. Moments are nanoseconds of a clock that never runs backwards.
package final class Crowd {
  /// One connection, and whom it speaks for.
  package struct Client: Sendable {
    let connection: ObjectIdentifier
    let principal: String

    package init(connection: ObjectIdentifier, principal: String) {
      self.connection = connection
      self.principal = principal
    }
  }

  /// How much a client asks.
  package enum Manner: Sendable {
    /// Its principal asks one thing at a time.
    case one
    /// It asks one thing at a time, and so do other connections of its principal.
    case oneOfMany
    /// It asks more while something of its is under way.
    case many
  }

  /// What one connection has sent lately. Who sends several requests at a time has but one of them left now and then, and
  /// is no more modest for it: else a few such clients would keep each other small.
  package struct Habit: Sendable {
    private var lastTogether: UInt64?

    package init() {}

    /// A request of the connection is looked at.
    ///
    /// - Parameter isAlone: whether nothing else of the connection has come or is under way.
    /// - Returns: whether the connection sends one request at a time.
    package mutating func note(isAlone: Bool, at now: UInt64) -> Bool {
      guard isAlone else {
        lastTogether = now
        return false
      }
      guard let lastTogether else { return true }
      return now &- lastTogether >= Crowd.memory
    }
  }

  /// Of each place, by its number.
  private var underWay: [Int] = []
  /// Of each principal, the connections that asked something lately.
  private var asking: [String: Recent<ObjectIdentifier>] = [:]
  private var modestPrincipals = Recent<String>()
  private var modestConnections = Recent<ObjectIdentifier>()

  /// A person's or a script's next question comes within that, in nanoseconds.
  package static let memory: UInt64 = 250_000_000

  package init() {}

  /// Somebody asks something.
  ///
  /// - Parameter asksOne: whether its connection sends one request at a time.
  package func notice(_ client: Client, asksOne: Bool, at now: UInt64) -> Manner {
    asking[client.principal, default: Recent()].note(client.connection, at: now)
    guard asksOne else { return .many }
    modestConnections.note(client.connection, at: now)
    guard !hasCompany(client, at: now) else { return .oneOfMany }
    modestPrincipals.note(client.principal, at: now)
    return .one
  }

  /// A connection is closed, or speaks for somebody else from now on: another one after it is no company. That somebody
  /// modest was about is remembered, for a script may open a connection for each of its questions.
  package func forget(_ client: Client) {
    asking[client.principal]?.forget(client.connection)
    if asking[client.principal]?.isEmpty == true { asking[client.principal] = nil }
  }

  /// Whether other connections of the client's principal have asked something lately.
  private func hasCompany(_ client: Client, at now: UInt64) -> Bool {
    asking[client.principal]?.hasOther(than: client.connection, at: now) == true
  }

  /// Whether somebody is about who asks less than a client does that asks in this manner.
  package func isCrowd(_ client: Client, _ manner: Manner, at now: UInt64) -> Bool {
    switch manner {
    case .one: false
    case .oneOfMany: modestPrincipals.hasOther(than: client.principal, at: now)
    case .many: modestConnections.hasOther(than: client.connection, at: now)
    }
  }

  /// The same of a client that is not known to ask more than one thing at a time.
  package func isCrowd(_ client: Client, at now: UInt64) -> Bool {
    hasCompany(client, at: now) && isCrowd(client, .oneOfMany, at: now)
  }

  /// Whether one more request may go to a place.
  ///
  /// - Parameters:
  ///   - weight: commands that the request is of.
  ///   - place: places are numbered from 0 on.
  ///   - most: commands of all clients together. Single ones of those that ask one thing at a time are let in beyond it:
  ///     they are no more than there are connections.
  ///   - shared: the same while somebody is about who asks less.
  package func admits(
    _ client: Client, _ manner: Manner, _ weight: Int = 1, to place: Int, most: Int, shared: Int, at now: UInt64
  ) -> Bool {
    let count = place < underWay.count ? underWay[place] : 0
    return count < shared || !isCrowd(client, manner, at: now) && (manner != .many && weight == 1 || count < most)
  }

  package func enter(_ place: Int, _ weight: Int = 1) {
    while underWay.count <= place { underWay.append(0) }
    underWay[place] += weight
  }

  package func leave(_ place: Int, _ weight: Int = 1) { underWay[place] -= weight }
}

/// The last two of those who did something, and when: enough to know of another one.
private struct Recent<Who: Equatable & Sendable>: Sendable {
  private var latest: Seen?
  private var earlier: Seen?

  private struct Seen {
    let who: Who
    var when: UInt64
  }

  var isEmpty: Bool { latest == nil && earlier == nil }

  mutating func note(_ who: Who, at now: UInt64) {
    if latest?.who != who { earlier = latest }
    latest = Seen(who: who, when: now)
  }

  mutating func forget(_ who: Who) {
    if earlier?.who == who { earlier = nil }
    if latest?.who == who {
      latest = earlier
      earlier = nil
    }
  }

  func hasOther(than who: Who, at now: UInt64) -> Bool {
    isAbout(latest, beside: who, at: now) || isAbout(earlier, beside: who, at: now)
  }

  private func isAbout(_ seen: Seen?, beside who: Who, at now: UInt64) -> Bool {
    guard let seen else { return false }
    return seen.who != who && now &- seen.when < Crowd.memory
  }
}
