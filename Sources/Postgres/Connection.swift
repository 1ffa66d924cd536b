internal import CLibPQ
internal import Glibc

/// One connection to PostgreSQL in libpq's pipeline mode. It blocks, so it belongs to an actor with a thread of its own.
package struct Connection: ~Copyable {
  let raw: OpaquePointer
  let notices: Notices
  private var rowTypes: [String: RowType] = [:]
  /// Which one of its link's it is, from 1: what was learnt in another one may not be true in it.
  package internal(set) var session = 0

  private init(raw: OpaquePointer, notices: Notices) {
    self.raw = raw
    self.notices = notices
  }

  deinit { PQfinish(raw) }

  /// Seconds until an attempt to connect is given up.
  private static let connectTimeout = "5"

  /// Connects and enters pipeline mode.
  ///
  /// - Parameter conninfo: libpq's, with several hosts where there are several.
  package static func open(_ conninfo: String) throws(PostgresError) -> Connection {
    // What stands after them in `conninfo` overrides the defaults in front.
    let parameters = [
      ("connect_timeout", connectTimeout), ("application_name", "seatledgerd"), ("keepalives_idle", "10"),
      ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"), ("dbname", conninfo),
      // Nobody may override this one: what is stored otherwise is another text for good.
      ("client_encoding", "UTF8"),
    ]
    guard let raw = connect(parameters) else { throw .unavailable("out of memory") }
    guard PQstatus(raw) == CONNECTION_OK else {
      let message = text(PQerrorMessage(raw))
      PQfinish(raw)
      throw .unavailable(message)
    }
    let notices = Notices()
    PQsetNoticeReceiver(raw, Notices.receive, Unmanaged.passUnretained(notices).toOpaque())
    let connection = Connection(raw: raw, notices: notices)
    guard PQsetnonblocking(raw, 1) == 0, PQenterPipelineMode(raw) == 1 else {
      throw .unavailable(text(PQerrorMessage(raw)))
    }
    return connection
  }

  private static func connect(_ parameters: [(name: String, value: String)]) -> OpaquePointer? {
    let names = parameters.map { strdup($0.name) }
    let values = parameters.map { strdup($0.value) }
    defer { (names + values).forEach { free($0) } }
    let keywords = names.map { UnsafePointer($0) } + [nil]
    let settings = values.map { UnsafePointer($0) } + [nil]
    return PQconnectdbParams(keywords, settings, 1)
  }

  static func text(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "" }
    return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

// MARK: - Types

extension Connection {
  /// Learns the numbers of the database's composite types, for `rowType`.
  package mutating func learnRowTypes() throws(PostgresError) {
    let rows = try run(
      "SELECT typname::text, oid::int8 FROM pg_type WHERE typtype = 'c' AND typnamespace = 'public'::regnamespace")
    for (name, number) in rows.map({ ($0.text(), $0.integer()) }) {
      rowTypes[name] = RowType(number: Int32(truncatingIfNeeded: number))
    }
  }

  /// A composite type that was learnt; the server refuses a row of one that it does not have.
  package borrowing func rowType(_ name: String) -> RowType { rowTypes[name] ?? RowType(number: 0) }
}

// MARK: - Scripts

extension Connection {
  /// Runs many statements in one text, as a migration is written; outside the pipeline, for libpq takes none in it.
  package borrowing func runScript(_ sql: String, name: String) throws(PostgresError) {
    guard PQexitPipelineMode(raw) == 1, let result = PQexec(raw, sql) else { throw lost() }
    defer { PQclear(result) }
    let status = PQresultStatus(result)
    guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
      let failure = Self.failure(result, statement: name)
      if case .refused = failure { _ = PQenterPipelineMode(raw) }
      throw failure
    }
    guard PQenterPipelineMode(raw) == 1 else { throw lost() }
  }
}

// MARK: - Watching

extension Connection {
  /// Blocks until the server has closed this connection.
  package borrowing func waitUntilClosed() {
    while PQstatus(raw) == CONNECTION_OK {
      var poller = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
      if poll(&poller, 1, -1) < 0, errno == EINTR { continue }
      guard PQconsumeInput(raw) == 1 else { return }
      while PQisBusy(raw) == 0, let result = PQgetResult(raw) { PQclear(result) }
    }
  }
}

/// Notes the warnings of an exchange: one of them can mean that a commit is not where it should be.
final class Notices {
  private var coming: [SQLState] = []
  /// Those of the last exchange that was answered.
  private(set) var warnings: [SQLState] = []
  /// What the server said when it ended the session.
  private(set) var ending: String?

  /// An exchange has been answered: what has come until now belongs to it, whenever it was looked at. A word of the server's
  /// own that follows at once may be taken for its, too: a warning too many, never one too few.
  func settle() {
    warnings = coming
    coming.removeAll()
  }

  static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { context, result in
    guard let context, let result, let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))),
      let code = PQresultErrorField(result, Int32(UInt8(ascii: "C")))
    else { return }
    let notices = Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue()
    switch String(cString: severity) {
    case "WARNING": notices.coming.append(SQLState(String(cString: code)))
    case "FATAL", "PANIC":
      notices.ending = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
    default: break
    }
  }
}
