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

  /// What the connections have under way, and where.
  var crowds: [Router.Place: Crowd] = [:]
  private let loop: any EventLoop
  private var waiting: Deque<ConnectionHandler> = []

  init(on loop: any EventLoop) { self.loop = loop }

  func add(_ connection: ConnectionHandler) {
    waiting.append(connection)
    if waiting.count == 1 { schedule() }
  }

  private func schedule() {
    loop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
      // It stays at the head until it is done: what it adds does not schedule a second time.
      waiting.first?.proceedInTurn()
      waiting.removeFirst()
      if !waiting.isEmpty { schedule() }
    }
  }
}
