internal import CLibPQ
internal import Glibc

/// A pipeline that has been sent and whose answers have not been taken yet.
package struct Sent: Sendable {
  /// Its statements'.
  fileprivate let names: [String]
  /// Why it could not be sent: how much of it has gone out all the same, nobody knows.
  package let failure: PostgresError?
}

// MARK: - One at a time

extension Connection {
  /// Prepares statements in one round trip.
  package borrowing func prepare(_ statements: [Statement]) throws(PostgresError) {
    for statement in statements {
      guard PQsendPrepare(raw, statement.name, statement.sql, 0, nil) == 1 else { throw lost() }
    }
    guard PQpipelineSync(raw) == 1 else { throw lost() }
    try collect(Sent(names: statements.map(\.name), failure: nil), until: .now + .seconds(30)) { _ in }
  }

  /// Runs one statement without parameters.
  @discardableResult
  package borrowing func run(_ sql: String, deadline: Duration = .seconds(30)) throws(PostgresError) -> Rows {
    guard PQsendQueryParams(raw, sql, 0, nil, nil, nil, nil, 1) == 1, PQpipelineSync(raw) == 1 else { throw lost() }
    var answer: Rows?
    try collect(Sent(names: [String(sql.prefix(60))], failure: nil), until: .now + deadline) { answer = $0 }
    guard let answer else { throw .lost("the server left a statement without an answer") }
    return answer
  }

  /// Sends all of a pipeline's statements and gathers their rows, in order.
  ///
  /// - Parameter deadline: after so long without an answer the connection counts as lost.
  package borrowing func exchange(
    _ pipeline: Pipeline, deadline: Duration = .seconds(30)
  ) throws(PostgresError) -> [Rows] {
    try receive(send(pipeline), until: .now + deadline)
  }

  /// The same, each statement's rows as they come: the server goes on with the next statement meanwhile.
  package borrowing func exchange(
    _ pipeline: Pipeline, deadline: Duration = .seconds(30), _ take: (Rows) -> Void
  ) throws(PostgresError) {
    try collect(send(pipeline), until: .now + deadline, take)
  }
}

// MARK: - One behind another

extension Connection {
  /// Sends all of a pipeline's statements without waiting for anything: the server begins with them when it is done with
  /// what was sent before.
  ///
  /// Answers are to be taken in the order of sending, and nothing else may be asked before all have been.
  package borrowing func send(_ pipeline: Pipeline) -> Sent {
    var isSent = true
    for (statement, parameters) in pipeline.steps where isSent { isSent = send(statement, parameters) }
    // What does not fit into the socket goes out while the answer is waited for.
    isSent = isSent && PQpipelineSync(raw) == 1 && PQflush(raw) >= 0
    return Sent(names: pipeline.steps.map(\.statement.name), failure: isSent ? nil : lost())
  }

  /// Takes the answers to what was sent first of what has not been answered yet.
  ///
  /// - Parameter end: when the connection counts as lost.
  package borrowing func receive(_ sent: Sent, until end: ContinuousClock.Instant) throws(PostgresError) -> [Rows] {
    var results: [Rows] = []
    results.reserveCapacity(sent.names.count)
    try collect(sent, until: end) { results.append($0) }
    return results
  }

  /// Waits for the answer to what was sent, or for something else.
  ///
  /// - Parameter other: a descriptor that becomes readable then.
  /// - Returns: whether the answer has begun to come.
  package borrowing func waitForAnswer(
    until end: ContinuousClock.Instant, orFor other: Int32
  ) throws(PostgresError) -> Bool {
    try wait(until: end, orFor: other)
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
    _ sent: Sent, until end: ContinuousClock.Instant, _ take: (Rows) -> Void
  ) throws(PostgresError) {
    if let failure = sent.failure { throw failure }
    let names = sent.names
    var answered = 0
    var failure: PostgresError?
    while true {
      _ = try wait(until: end)
      guard let result = PQgetResult(raw) else { continue }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        notices.settle()
        if let failure { throw failure }
        guard answered == names.count else { throw .lost("the server left a statement without an answer") }
        return
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
        answered += 1
        take(Rows(result))
      case PGRES_PIPELINE_ABORTED: PQclear(result)
      default:
        let name = answered < names.count ? names[answered] : ""
        // Behind the last answer, which may be that it is committed, nothing says that it is not.
        if failure == nil {
          failure =
            answered < names.count
            ? Self.failure(result, statement: name) : .lost(Self.text(PQresultErrorMessage(result)))
        }
        PQclear(result)
      }
      if PQstatus(raw) == CONNECTION_BAD { throw lost() }
    }
  }

  static func failure(_ result: OpaquePointer, statement: String) -> PostgresError {
    guard let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else {
      return .lost(text(PQresultErrorMessage(result)))
    }
    let state = SQLState(String(cString: code))
    let message = text(PQresultErrorField(result, Int32(UInt8(ascii: "M"))))
    return state.endsSession ? .lost(message) : .refused(state, statement: statement, message: message)
  }

  /// Waits until a result can be taken without blocking.
  ///
  /// - Parameter other: a descriptor, or -1.
  /// - Returns: `false` where that one became readable first.
  private borrowing func wait(
    until end: ContinuousClock.Instant, orFor other: Int32 = -1
  ) throws(PostgresError) -> Bool {
    var unsent = PQflush(raw)
    while PQisBusy(raw) == 1 {
      guard unsent >= 0 else { throw lost() }
      let left = (end - ContinuousClock.now).components
      let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { throw .lost("no answer in time") }
      let events = Int16(unsent == 1 ? POLLIN | POLLOUT : POLLIN)
      let (own, others) = Self.poll(PQsocket(raw), events, other, Int32(clamping: milliseconds + 1))
      if own & Int16(POLLIN | POLLERR | POLLHUP) != 0 {
        guard PQconsumeInput(raw) == 1 else { throw lost() }
      }
      unsent = PQflush(raw)
      if PQisBusy(raw) == 0 { return true }
      if others != 0 { return false }
    }
    guard unsent >= 0 else { throw lost() }
    return true
  }

  /// What has happened to each of two descriptors; nothing where a signal came between.
  private static func poll(
    _ own: Int32, _ events: Int16, _ other: Int32, _ milliseconds: Int32
  ) -> (own: Int16, other: Int16) {
    let ofOther = pollfd(fd: other, events: Int16(POLLIN), revents: 0)
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { pollers in
      _ = pollers.initialize(fromContentsOf: [pollfd(fd: own, events: events, revents: 0), ofOther])
      guard Glibc.poll(pollers.baseAddress, 2, milliseconds) > 0 else { return (0, 0) }
      return (pollers[0].revents, pollers[1].revents)
    }
  }

  /// Finds out whether the server has ended the session meanwhile, which it tells without being asked: as long as
  /// nothing more was sent, nothing more was done.
  package borrowing func requireOpen() throws(PostgresError) {
    let (own, _) = Self.poll(PQsocket(raw), Int16(POLLIN), -1, 0)
    guard own != 0 else { return }
    let isRead = PQconsumeInput(raw) == 1
    // What has come is looked at: the server's last word is a notice.
    _ = PQisBusy(raw)
    guard isRead, PQstatus(raw) == CONNECTION_OK, notices.ending == nil, own & Int16(POLLHUP | POLLERR) == 0
    else {
      let why = notices.ending.map { "; \($0)" } ?? ""
      throw .lost("the server ended the session\(why)")
    }
  }

  borrowing func lost() -> PostgresError { .lost(Self.text(PQerrorMessage(raw))) }

  /// The SQLSTATEs of the warnings that came with the last answer that was taken.
  package var warnings: [SQLState] { notices.warnings }
}
