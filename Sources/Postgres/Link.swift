/// A connection that comes back: opened when it is needed, dropped when it is lost, tried again after a growing pause.
package struct Link: ~Copyable {
  private let open: @Sendable () throws(PostgresError) -> Connection
  private var connection: Connection?
  private var pause = Link.firstPause
  private var notBefore = ContinuousClock.now
  private var sessions = 0

  private static let firstPause = Duration.milliseconds(20)
  private static let longestPause = Duration.seconds(2)

  /// - Parameter open: connects and makes the session ready for its work.
  package init(open: @escaping @Sendable () throws(PostgresError) -> Connection) {
    self.open = open
  }

  /// Which session it is connected by, from 1; `nil` while it is not.
  package var session: Int? {
    switch connection {
    case .some(let connection): connection.session
    case .none: nil
    }
  }

  /// Runs `body` on the connection, which is opened first where there is none.
  ///
  /// - Throws: `unavailable` at once while the pause after a failure lasts.
  package mutating func use<Value>(
    _ body: (borrowing Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    if session == nil { try connect() }
    do throws(PostgresError) {
      switch connection {
      case .some(let connection): return try body(connection)
      case .none: throw PostgresError.unavailable("not connected")
      }
    } catch {
      if case .lost = error { drop() }
      throw error
    }
  }

  /// The same for what changes nothing: a connection that died while it was idle is worth a second one.
  package mutating func read<Value>(
    _ body: (borrowing Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    do throws(PostgresError) {
      return try use(body)
    } catch {
      // A refused statement may have left a transaction open; a session that only reads is cheaply replaced.
      drop()
      guard case .lost = error else { throw error }
      return try use(body)
    }
  }

  package mutating func drop() { connection = nil }

  private mutating func connect() throws(PostgresError) {
    guard ContinuousClock.now >= notBefore else { throw .unavailable("not reachable a moment ago") }
    do throws(PostgresError) {
      var fresh = try open()
      sessions += 1
      fresh.session = sessions
      connection = consume fresh
      pause = Self.firstPause
    } catch {
      notBefore = .now.advanced(by: pause)
      pause = min(pause * 2, Self.longestPause)
      throw error
    }
  }
}
