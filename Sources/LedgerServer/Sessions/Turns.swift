internal import DequeModule
internal import NIOCore
internal import SeatSession

/// Whose turn is next, of the connections that have sent more than one turn can do, and of those that wait for room at a
/// place: each in a row, so that a client that floods the daemon waits for itself and nobody else waits for it.
final class Turns {
  /// How long one connection may keep the event loop: a dozen short requests. Turns that share a look at the sockets begin
  /// within that, too, and so are over within twice as long.
  static let length = TimeAmount.microseconds(25)

  /// Between two turns the loop looks at all sockets. It runs what is due without looking at them, so the next turn must
  /// not be due at once.
  private static let pause = TimeAmount.microseconds(5)

  /// The same beside a client that asks less, and between two batches of a crowd at one place: four fifths of a processor
  /// are left to who answers it.
  private static let pauseInCrowd = TimeAmount.microseconds(100)

  /// What the connections have under way, and where.
  let crowd = Crowd()
  var knownGrants = KnownGrants()
  private let loop: any EventLoop
  private var waiting: Deque<ConnectionHandler> = []
  private var outside: [Router.Place: Deque<ConnectionHandler>] = [:]
  /// Commands that are answered and leave room in a moment.
  private var leaving: [Router.Place: Int] = [:]

  init(on loop: any EventLoop) { self.loop = loop }

  func add(_ connection: ConnectionHandler) {
    waiting.append(connection)
    if waiting.count == 1 { schedule() }
  }

  private func schedule() {
    guard let next = waiting.first else { return }
    loop.assumeIsolated().scheduleTask(in: isInCrowd(next) ? Self.pauseInCrowd : Self.pause) { [self] in
      let end = NIODeadline.now() + Self.length
      // Short turns share one look at all sockets, where nobody is about who asks less.
      repeat {
        // It stays at the head until it is done: what it adds does not schedule a second time.
        waiting.first?.proceedInTurn()
        waiting.removeFirst()
      } while NIODeadline.now() < end && waiting.first.map { !isInCrowd($0) } ?? false
      schedule()
    }
  }

  private func isInCrowd(_ connection: ConnectionHandler) -> Bool {
    crowd.isCrowd(connection.client, .many, at: NIODeadline.now().uptimeNanoseconds)
  }

  /// Whether a connection's next request may go to a place now.
  ///
  /// - Parameter weight: commands that it is of.
  func admits(_ connection: ConnectionHandler, _ weight: Int = 1, to place: Router.Place) -> Bool {
    crowd.admits(
      connection.client, connection.manner, weight, to: place.number, most: place.most, shared: place.shared,
      at: NIODeadline.now().uptimeNanoseconds)
  }

  /// Calls a connection when there is room at a place, after those that came before it.
  func add(_ connection: ConnectionHandler, at place: Router.Place) {
    outside[place, default: []].append(connection)
  }

  /// A request has been answered there.
  ///
  /// - Parameters:
  ///   - weight: commands that it was of.
  ///   - isCrowd: whether others ask less than its client: then they have the place to themselves for a moment.
  func leave(_ place: Router.Place, _ weight: Int, isCrowd: Bool) {
    guard isCrowd || outside[place]?.isEmpty == false else {
      crowd.leave(place.number, weight)
      return
    }
    let isFirst = leaving[place] == nil
    leaving[place, default: 0] += weight
    guard isFirst else { return }
    loop.assumeIsolated().scheduleTask(in: Self.pauseInCrowd) { [self] in
      crowd.leave(place.number, leaving.removeValue(forKey: place) ?? 0)
      while let next = outside[place]?.first, admits(next, to: place) {
        outside[place]?.removeFirst()
        next.proceedAtPlace()
      }
    }
  }
}
