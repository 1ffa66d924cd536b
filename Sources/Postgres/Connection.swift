internal import CLibPQ
internal import Glibc

/// One connection to PostgreSQL in libpq's pipeline mode. It blocks, so it belongs to an actor with a thread of its own.
package struct Connection: ~Copyable {
  private let raw: OpaquePointer
  private let notices: Notices
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

  fileprivate static func text(_ message: UnsafePointer<CChar>?) -> String {
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

// MARK: - Exchanging

extension Connection {
  /// Prepares statements in one round trip.
  package borrowing func prepare(_ statements: [Statement]) throws(PostgresError) {
    for statement in statements {
      guard PQsendPrepare(raw, statement.name, statement.sql, 0, nil) == 1 else { throw lost() }
    }
    try collect(statements.map(\.name), deadline: .seconds(30)) { _ in }
  }

  /// Runs one statement without parameters.
  @discardableResult
  package borrowing func run(_ sql: String, deadline: Duration = .seconds(30)) throws(PostgresError) -> Rows {
    guard PQsendQueryParams(raw, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lost() }
    var answer: Rows?
    try collect([String(sql.prefix(60))], deadline: deadline) { answer = $0 }
    guard let answer else { throw .lost("the server left a statement without an answer") }
    return answer
  }

  /// Sends all of a pipeline's statements and gathers their rows, in order.
  ///
  /// - Parameter deadline: after so long without an answer the connection counts as lost.
  package borrowing func exchange(
    _ pipeline: Pipeline, deadline: Duration = .seconds(30)
  ) throws(PostgresError) -> [Rows] {
    var results: [Rows] = []
    results.reserveCapacity(pipeline.count)
    try exchange(pipeline, deadline: deadline) { results.append($0) }
    return results
  }

  /// The same, each statement's rows as they come: the server goes on with the next statement meanwhile.
  package borrowing func exchange(
    _ pipeline: Pipeline, deadline: Duration = .seconds(30), _ take: (Rows) -> Void
  ) throws(PostgresError) {
    for (statement, parameters) in pipeline.steps {
      guard send(statement, parameters) else { throw lost() }
    }
    try collect(pipeline.steps.map(\.statement.name), deadline: deadline, take)
  }

  private borrowing func send(_ statement: Statement, _ parameters: Parameters) -> Bool {
    let formats = [Int32](repeating: 1, count: parameters.spans.count)
    let lengths = parameters.spans.map { Int32($0?.count ?? 0) }
    return parameters.bytes.withUnsafeBytes { buffer in
      // An empty value still needs an address, or libpq would take it for NULL.
      let empty = UnsafeRawPointer(formats.isEmpty ? buffer.baseAddress : nil)
      let values: [UnsafePointer<CChar>?] = parameters.spans.map { span in
        span.flatMap { span in
          (buffer.baseAddress ?? empty).map { ($0 + span.lowerBound).assumingMemoryBound(to: CChar.self) }
        }
      }
      return PQsendQueryPrepared(raw, statement.name, Int32(values.count), values, lengths, formats, 1) == 1
    }
  }

  /// Sends what is queued and reads until the pipeline's end, both at once: neither side may wait for the other to read.
  private borrowing func collect(
    _ names: [String], deadline: Duration, _ take: (Rows) -> Void
  ) throws(PostgresError) {
    notices.clear()
    guard PQpipelineSync(raw) == 1 else { throw lost() }
    let end = ContinuousClock.now.advanced(by: deadline)
    var answered = 0
    var failure: PostgresError?
    while true {
      try receive(until: end)
      guard let result = PQgetResult(raw) else { continue }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        if let failure { throw failure }
        guard answered == names.count else { throw .lost("the server left a statement without an answer") }
        return
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
        answered += 1
        take(Rows(result))
      case PGRES_PIPELINE_ABORTED: PQclear(result)
      default:
        let name = answered < names.count ? names[answered] : ""
        if failure == nil { failure = Self.failure(result, statement: name) }
        PQclear(result)
      }
      if PQstatus(raw) == CONNECTION_BAD { throw lost() }
    }
  }

  private static func failure(_ result: OpaquePointer, statement: String) -> PostgresError {
    guard let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else {
      return .lost(text(PQresultErrorMessage(result)))
    }
    let state = SQLState(String(cString: code))
    let message = text(PQresultErrorField(result, Int32(UInt8(ascii: "M"))))
    return state.endsSession ? .lost(message) : .refused(state, statement: statement, message: message)
  }

  /// Waits until a result can be taken without blocking.
  private borrowing func receive(until end: ContinuousClock.Instant) throws(PostgresError) {
    var unsent = PQflush(raw)
    while PQisBusy(raw) == 1 || unsent == 1 {
      guard unsent >= 0 else { throw lost() }
      var poller = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
      if unsent == 1 { poller.events |= Int16(POLLOUT) }
      let left = (end - ContinuousClock.now).components
      let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { throw .lost("no answer in time") }
      let ready = poll(&poller, 1, Int32(clamping: milliseconds + 1))
      if ready < 0, errno == EINTR { continue }
      if poller.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0 {
        guard PQconsumeInput(raw) == 1 else { throw lost() }
      }
      unsent = PQflush(raw)
      if PQisBusy(raw) == 0 { return }
    }
    guard unsent >= 0 else { throw lost() }
  }

  /// Finds out whether the server has ended the session meanwhile, which it tells without being asked: as long as
  /// nothing more was sent, nothing more was done.
  package borrowing func requireOpen() throws(PostgresError) {
    var poller = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, 0) > 0 else { return }
    let isRead = PQconsumeInput(raw) == 1
    // What has come is looked at: the server's last word is a notice.
    _ = PQisBusy(raw)
    guard isRead, PQstatus(raw) == CONNECTION_OK, notices.ending == nil, poller.revents & Int16(POLLHUP | POLLERR) == 0
    else {
      let why = notices.ending.map { "; \($0)" } ?? ""
      throw .lost("the server ended the session\(why)")
    }
  }

  private borrowing func lost() -> PostgresError { .lost(Self.text(PQerrorMessage(raw))) }

  /// The SQLSTATEs of the warnings that came with the last exchange.
  package var warnings: [SQLState] { notices.warnings }
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
private final class Notices {
  private(set) var warnings: [SQLState] = []
  /// What the server said when it ended the session.
  private(set) var ending: String?

  func clear() { warnings.removeAll(keepingCapacity: true) }

  static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { context, result in
    guard let context, let result, let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))),
      let code = PQresultErrorField(result, Int32(UInt8(ascii: "C")))
    else { return }
    let notices = Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue()
    switch String(cString: severity) {
    case "WARNING": notices.warnings.append(SQLState(String(cString: code)))
    case "FATAL", "PANIC":
      notices.ending = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
    default: break
    }
  }
}
