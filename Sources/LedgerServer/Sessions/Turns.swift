internal import DequeModule
internal import NIOCore
internal import SeatSession

/// Whose turn is next, of the connections that have sent more than one turn can do: each in a row, so that a client that
/// floods the daemon waits for itself and nobody else waits for it.
final class Turns {
  /// How long one connection may keep the event loop: a dozen short requests.
  static let length = TimeAmount.microseconds(25)

  /// Between two turns the loop looks at all sockets. It runs what is due without looking at them, so the next turn must
  /// not be due at once.
  private static let pause = TimeAmount.microseconds(5)

  /// The same beside a client that asks one thing at a time: four fifths of a processor are left to who answers it.
  private static let pauseInCrowd = TimeAmount.microseconds(100)

  /// What the connections have under way, and where.
  var crowd = Crowd<Router.Place>()
  private let loop: any EventLoop
  private var waiting: Deque<ConnectionHandler> = []

  init(on loop: any EventLoop) { self.loop = loop }

  func add(_ connection: ConnectionHandler) {
    waiting.append(connection)
    if waiting.count == 1 { schedule() }
  }

  private func schedule() {
    guard let next = waiting.first else { return }
    let isCrowded = crowd.hasModest(beside: ObjectIdentifier(next), at: .now)
    loop.assumeIsolated().scheduleTask(in: isCrowded ? Self.pauseInCrowd : Self.pause) { [self] in
      // It stays at the head until it is done: what it adds does not schedule a second time.
      waiting.first?.proceedInTurn()
      waiting.removeFirst()
      schedule()
    }
  }
}
