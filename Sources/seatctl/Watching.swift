import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// What goes on until it is interrupted: the entries of a watch, or an answer that is shown again whenever an entry may
/// have changed it. A daemon that goes away is waited for.
struct Watching {
  let door: Door

  /// Between two looks for a daemon that has gone.
  private static let pause: useconds_t = 500_000

  /// Prints every entry as it comes, none twice and none left out.
  func tell(_ order: Order, _ screen: Screen) throws(Failure) -> Never {
    var rest = order
    rest.arguments.removeAll { $0.name == .since }
    var since = order[.since].flatMap(Int64.init)
    screen.begin(events: order.columns)
    try again { () throws(Failure) in
      try Events.open(door, rest.arguments, since: since)
    } follow: { (events: inout Events) throws(Failure) in
      since = since ?? events.next
      while true {
        screen.show(event: try events.read(), order.columns)
        since = events.next
      }
    }
  }

  /// Draws what `answer` says, and again after every event; events that have come in the meantime are answered by one more.
  func redraw(
    _ order: Order, _ screen: Screen, _ answer: () throws(Failure) -> String
  ) throws(Failure) -> Never {
    let arguments = order.arguments.filter { $0.name == .tenant }
    try again { () throws(Failure) in
      try Events.open(door, arguments, since: nil)
    } follow: { (events: inout Events) throws(Failure) in
      while true {
        screen.redraw(try answer())
        repeat { _ = try events.read() } while events.hasMore
      }
    }
  }

  /// Only the first failure ends it, or one that trying again does not mend.
  private func again(
    _ open: () throws(Failure) -> Events, follow: (inout Events) throws(Failure) -> Never
  ) throws(Failure) -> Never {
    var events = try open()
    while true {
      do throws(Failure) {
        try follow(&events)
      } catch {
        guard error.isPassing else { throw error }
      }
      events = try reopened(open)
    }
  }

  private func reopened(_ open: () throws(Failure) -> Events) throws(Failure) -> Events {
    while true {
      do throws(Failure) {
        return try open()
      } catch {
        guard error.isPassing else { throw error }
        usleep(Self.pause)
      }
    }
  }
}

extension Failure {
  /// A daemon that was there comes back.
  fileprivate var isPassing: Bool { status == .noDaemon || status == .tryAgain }
}

/// A watch's events on a connection of its own.
private struct Events: ~Copyable {
  private var connection: ControlConnection
  /// The position of the next entry.
  private(set) var next: Int64

  private init(_ connection: consuming ControlConnection, next: Int64) {
    self.connection = connection
    self.next = next
  }

  private static let tag = "@seatctl"

  static func open(
    _ door: Door, _ arguments: [(name: ArgumentName, value: String)], since: Int64?
  ) throws(Failure) -> Events {
    var connection = try door.open()
    var request = RequestText("\(tag) \(CommandName.watch.rawValue)")
    for (name, value) in arguments { request.add(name.rawValue, value) }
    if let since { request.add(ArgumentName.since.rawValue, String(since)) }
    let head = try connection.gather(request).end.value(.seq).flatMap(Int64.init) ?? 0
    return Events(connection, next: since ?? head + 1)
  }

  var hasMore: Bool { connection.hasUnread }

  mutating func read() throws(Failure) -> ReplyLine {
    while true {
      let line: ReplyLine
      do throws(ControlConnectionError) {
        line = try connection.read()
      } catch {
        throw .connection(error)
      }
      guard line.kind == .event else { continue }
      if line.value(.end) == "forbidden" { throw .refused(line, code: ErrorCode.forbidden.rawValue) }
      if line.value(.end) != nil {
        next = line.value(.resume).flatMap(Int64.init) ?? next
        throw .connection(.closed)
      }
      // A notice of the daemon's has no position of its own.
      if let seq = line.value(.seq).flatMap(Int64.init) { next = seq + 1 }
      return line
    }
  }
}
