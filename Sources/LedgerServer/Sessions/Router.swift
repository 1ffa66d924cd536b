internal import LedgerStore
internal import SeatLedger
internal import SeatProtocol
internal import SeatSession

/// What a request means: who may send it, and who carries it out.
package struct Router: Sendable {
  package let grants: GrantReader
  package let lanes: Lanes
  package let reader: Reader
  /// For long questions: they take longer than others may wait.
  package let historian: Reader
  package let tasks: Tasks
  package let watches: Watches
  package let status: DaemonStatus
  let watchNumbers = WatchNumbers()

  package init(
    grants: GrantReader, lanes: Lanes, reader: Reader, historian: Reader, tasks: Tasks, watches: Watches,
    status: DaemonStatus
  ) {
    self.grants = grants
    self.lanes = lanes
    self.reader = reader
    self.historian = historian
    self.tasks = tasks
    self.watches = watches
    self.status = status
  }

  /// Where requests wait in a row: those in different places may overtake each other.
  enum Place: Hashable {
    case lane(Int)
    case reader

    /// Among all places.
    var number: Int {
      switch self {
      case .reader: 0
      case .lane(let index): index + 1
      }
    }

    /// Commands of one connection that may be under way there at once, and one request beyond.
    var mostOfOne: Int {
      switch self {
      case .lane: Conversation.mostInFlight
      // Each may hold a thousand rows in memory.
      case .reader: 16
      }
    }

    /// Commands of all connections, and one request beyond, but for single ones of those that ask one thing at a time: two
    /// full batches, for no more are under way. More would only wait longer, and everybody
    /// behind them.
    var most: Int {
      switch self {
      case .lane: 2 * Lane.mostOfABatch
      case .reader: 2 * Reader.mostOfABatch
      }
    }

    /// The same beside a client that asks less. A batch of more takes more than twice as long as that client's own.
    var shared: Int {
      switch self {
      case .lane: 4
      case .reader: 2
      }
    }
  }

  /// What takes its time, with nothing else of its connection beside it.
  typealias Alone = @Sendable (Principal, @escaping @Sendable (Reply.Line) -> Void) async -> AloneResult

  struct AloneResult: Sendable {
    let reply: Reply
    /// Whom the connection speaks for from now on, if that has changed.
    var principal: Principal?
    /// What is to be watched from now on.
    var watch: Watch?
    /// What the lines behind it are queued in.
    var batch: OpenBatch?
  }

  enum Route {
    case reply(Reply)
    /// The last reply of a connection.
    case leave(Reply)
    /// - Parameter weight: commands that it is of.
    case work(Place, weight: Int, submit: (ReplyPort) -> Void)
    case alone(Alone)
    /// Ends the connection's watch under a tag.
    case unwatch(String)
  }

  func needsGrants(_ line: RequestLine, _ principal: Principal) -> Bool {
    !principal.isHost && (line.command.access != .anybody || line.command.name == .whoami)
  }

  func greeting(for principal: Principal) -> Fields { status.greeting(for: principal) }

  func route(_ line: RequestLine, _ principal: Principal, _ conversation: inout Conversation) -> Route {
    do {
      return try allowedRoute(line, principal, &conversation)
    } catch {
      // A principal whose grants have ended gets out of its batch, too.
      conversation.spoilBatch(error, by: line)
      return .reply(.refused(error))
    }
  }

  private func allowedRoute(
    _ line: RequestLine, _ principal: Principal, _ conversation: inout Conversation
  ) throws(Refusal) -> Route {
    let authorization: Authorization
    do throws(Refusal) {
      authorization = try Authorization(line, by: principal, in: conversation.batch?.tenant)
    } catch {
      // What looks like a person is told before what does not exist.
      if error.code == .noTenant, let refusal = line.privacyRefusal { throw refusal }
      throw error
    }
    if let refusal = line.privacyRefusal { throw refusal }
    let caller = Caller(principal: principal.name, actor: line.options.actor, schools: authorization.schools)
    switch line.command.name {
    case .quit: return .leave(.ok())
    case .batchCommit: return commitBatch(principal, &conversation)
    case .batchAbort:
      guard conversation.endBatch() != nil else { throw .batchNotOpen }
      return .reply(.ok())
    case .batchBegin:
      guard let tenant = authorization.tenant else { throw .internalError }
      let batch = OpenBatch(of: tenant, options: line.options)
      // Only an operator can name a tenant that does not exist, and is told so before the lines are queued.
      guard principal.isOperator, conversation.batch == nil else { return .reply(conversation.begin(batch)) }
      return .alone(inTenant(tenant) { _ in AloneResult(reply: .ok(), batch: batch) })
    default: break
    }
    if conversation.batch != nil { return .reply(conversation.queue(line)) }
    if line.command.name == .unwatch {
      let tag = line.text(.tag) ?? ""
      return .unwatch(tag.hasPrefix("@") ? String(tag.dropFirst()) : tag)
    }
    if line.command.name == .watch { return .alone(try watch(line, authorization, principal)) }
    if let reply = status.answer(to: line, principal) { return .reply(reply) }
    if let task = tasks.task(for: line, authorization, caller) { return .alone(task) }
    if line.command.effect != .change, let work = ReadJob.Work(line, authorization, caller) {
      let reader = line.isLong(for: authorization.schools) ? historian : reader
      return .work(.reader, weight: 1) { port in reader.submit(ReadJob(work: work, line: line, port: port)) }
    }
    return work(try change(line, principal, authorization), for: caller)
  }

  private func watch(
    _ line: RequestLine, _ authorization: Authorization, _ principal: Principal
  ) throws(Refusal) -> Alone {
    guard line.tag != nil else {
      throw Refusal(.watchNeedsTag, nil, "give the request a tag, such as @w: every event comes under it")
    }
    guard let tenant = authorization.tenant else { throw .internalError }
    let schools = line.code(.school).map { [$0] } ?? authorization.schools
    let since = line.integer(.since)
    return inTenant(tenant, line.code(.school)) { [principal] head in
      var fields = Fields()
      fields.add(.seq, head)
      let watch = Watch(
        tenant: tenant, schools: schools, line: line, principal: principal,
        position: since.map { max(0, $0 - 1) } ?? head)
      return AloneResult(reply: .ok(fields), watch: watch)
    }
  }

  /// What begins once it is known that the tenant exists, and a school of it.
  ///
  /// - Parameter begin: takes the tenant's position.
  private func inTenant(
    _ tenant: TenantCode, _ school: SchoolCode? = nil, _ begin: @escaping @Sendable (Int64) -> AloneResult
  ) -> Alone {
    { [watches] _, _ in
      do {
        return begin(try await watches.head(of: tenant, with: school))
      } catch let refusal as Refusal {
        return AloneResult(reply: .refused(refusal))
      } catch {
        return AloneResult(reply: .refused(.databaseUnavailable))
      }
    }
  }

  private func change(
    _ line: RequestLine, _ principal: Principal, _ authorization: Authorization
  ) throws(Refusal) -> LaneJob.Work {
    if line.command.effect == .ledgerChange { return .ledgerChange(line) }
    guard let tenant = authorization.tenant else { throw .internalError }
    if line.command.name == .lookup, let key = line.text(.idem) {
      return .lookup(tenant: tenant, key: key, ofAnyone: principal.isOperator)
    }
    return .change(tenant: tenant, lines: [line], options: line.options, isBatch: false)
  }

  private func commitBatch(_ principal: Principal, _ conversation: inout Conversation) -> Route {
    guard let batch = conversation.batch else { return .reply(.refused(.batchNotOpen)) }
    if let (place, refusal) = batch.spoiltBy {
      conversation.endBatch()
      return .reply(.refused(.batchFailed(at: place, refusal)))
    }
    // Grants may have changed since the lines were queued.
    var schools: Set<SchoolCode>?
    for (place, line) in batch.lines.enumerated() {
      do throws(Refusal) {
        let allowed = try Authorization(line, by: principal, in: batch.tenant).schools
        if let allowed { schools = schools.map { $0.intersection(allowed) } ?? allowed }
      } catch {
        conversation.endBatch()
        return .reply(.refused(.batchFailed(at: place, error)))
      }
    }
    let caller = Caller(principal: principal.name, actor: batch.options.actor, schools: schools)
    return work(
      .change(tenant: batch.tenant, lines: batch.lines, options: batch.options, isBatch: true), for: caller)
  }

  private func work(_ work: LaneJob.Work, for caller: Caller) -> Route {
    .work(.lane(lanes.index(of: work.tenant)), weight: work.weight) { [lanes] port in
      lanes.submit(LaneJob(work: work, caller: caller, port: port))
    }
  }
}

extension RequestLine {
  /// Questions that read every pool or entry of a tenant, whatever page of the answer is asked for.
  private static let readingAllOfATenant: Set<CommandName> = [
    .costs, .forecast, .runway, .rebalance, .reconcile, .rolloverReport,
  ]

  /// A page for which many entries or attempts may have to be looked at that are not in it.
  private func isFiltered(by schools: Set<SchoolCode>?) -> Bool {
    guard command.name == .statement || command.name == .attempts, candidate(.candidate) == nil else { return false }
    return schools != nil || Self.filters.contains { text($0) != nil }
  }

  private static let filters: [ArgumentName] = [.school, .program, .test, .year, .fund, .from, .to, .number, .state]

  /// A question that reads the past, or for more rows than anybody is given unasked.
  ///
  /// - Parameter schools: those that its principal sees, as if it had asked for them.
  fileprivate func isLong(for schools: Set<SchoolCode>?) -> Bool {
    options.asOf != nil || options.known != nil || options.limit > RequestLine.rows.lowerBound
      || Self.readingAllOfATenant.contains(command.name) || isFiltered(by: schools)
  }
}
