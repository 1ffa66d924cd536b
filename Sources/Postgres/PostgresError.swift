/// What went wrong between us and the database.
package enum PostgresError: Error, Sendable, CustomStringConvertible {
  /// No connection could be made, or none is tried yet after the last failure.
  case unavailable(String)
  /// The connection ended while something was under way: whether that was done is not known.
  case lost(String)
  /// The server refused a statement; the connection is sound.
  case refused(SQLState, statement: String, message: String)

  package var description: String {
    switch self {
    case .unavailable(let message): "no connection to the database: \(message)"
    case .lost(let message): "the connection to the database was lost: \(message)"
    case .refused(let state, let statement, let message): "\(statement): \(message) (\(state.code))"
    }
  }
}

/// The five characters by which PostgreSQL names an error.
package struct SQLState: Hashable, Sendable {
  package let code: String

  package init(_ code: String) { self.code = code }

  /// The server is going away, or has come back without us (class 57P, class 08).
  package var endsSession: Bool { code.hasPrefix("57P") || code.hasPrefix("08") || code == "25P03" }

  /// The server could not, whatever was asked of it: its disk or memory is full, it was told to stop, it is a standby.
  package var isTrouble: Bool {
    code.hasPrefix("53") || code.hasPrefix("58") || code == "57014" || code == "25006" || isLockTimeout
  }

  /// Somebody else holds the tenant for longer than we wait.
  package var isLockTimeout: Bool { code == "55P03" || code == "40P01" }
}
