internal import LedgerStore
package import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// The commands that run for as long as they take: auth, rollover, verify, status, the test clock.
package struct Tasks: Sendable {
  private let grants: GrantReader
  private let reader: Reader
  private let reports: ReadSession
  private let verifying: Verifying
  private let rollover: Rollover
  private let midnights: Midnights
  private let clock: LedgerClock
  private let status: DaemonStatus
  private let lanes: Lanes
  private let watches: Watches
  private let metrics: Metrics
  private let log: Logger

  package init(
    grants: GrantReader, reader: Reader, reports: ReadSession, verifying: Verifying, rollover: Rollover,
    midnights: Midnights, clock: LedgerClock, status: DaemonStatus, lanes: Lanes, watches: Watches, metrics: Metrics,
    log: Logger
  ) {
    self.grants = grants
    self.reader = reader
    self.reports = reports
    self.verifying = verifying
    self.rollover = rollover
    self.midnights = midnights
    self.clock = clock
    self.status = status
    self.lanes = lanes
    self.watches = watches
    self.metrics = metrics
    self.log = log
  }

  /// `nil` for a command that is none of them.
  func task(for line: RequestLine, _ authorization: Authorization, _ caller: Caller) -> Router.Alone? {
    switch line.command.name {
    case .auth: { principal, _ in await authenticate(line, principal) }
    case .status: { _, _ in .init(reply: await report()) }
    case .metrics: { _, _ in .init(reply: await measure()) }
    case .rollover: { _, note in .init(reply: await guarded { try await rollOver(line, authorization, caller, note) }) }
    case .verify: { _, note in .init(reply: await guarded { try await verifying.run(line, authorization, note) }) }
    case .clockSet: { _, _ in .init(reply: await guarded { try await setClock(line) }) }
    default: nil
    }
  }

  private func guarded(_ work: () async throws -> Reply) async -> Reply {
    do {
      return try await work()
    } catch let refusal as Refusal {
      return .refused(refusal)
    } catch let error as PostgresError {
      log.error("a task failed", metadata: ["why": "\(error)"])
      if case .refused(let state, _, _) = error, !state.isTrouble { return .refused(.internalError) }
      return .refused(.databaseUnavailable)
    } catch {
      log.error("a task failed", metadata: ["why": "\(error)"])
      return .refused(.internalError)
    }
  }

  // MARK: auth and status

  private func authenticate(_ line: RequestLine, _ principal: Principal) async -> Router.AloneResult {
    let bad = Router.AloneResult(
      reply: .refused(Refusal(.badToken, nil, "this token is unknown or revoked; token.issue makes a new one")))
    let parts = (line.text(.token) ?? "").split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return bad }
    do {
      guard let principal = try await grants.principal(withToken: parts[0], secret: parts[1]) else { return bad }
      return .init(reply: .ok(DaemonStatus.identity(of: principal)), principal: principal)
    } catch {
      return .init(reply: .refused(.databaseUnavailable))
    }
  }

  private func measure() async -> Reply {
    guard case .ok(let fields) = await report().end else { return .ok() }
    return Reply(lines: metrics.lines(fields).map(Reply.Line.text), end: .ok(Fields()))
  }

  private func report() async -> Reply {
    let isUp = await reader.isDatabaseUp()
    return .ok(
      await status.fields(
        isDatabaseUp: isUp, queue: lanes.queueDepth, lanes: lanes.count, watches: watches.count))
  }

  // MARK: rollover

  private func rollOver(
    _ line: RequestLine, _ authorization: Authorization, _ caller: Caller,
    _ note: @escaping @Sendable (Reply.Line) -> Void
  ) async throws -> Reply {
    guard let tenant = authorization.tenant else { return try await rollOver(line, of: nil, caller, note) }
    try await requireTenant(tenant)
    var reply = try await rollOver(line, of: tenant, caller, note)
    if case .ok(var fields) = reply.end {
      // What every change inside a tenant ends with; a rollover keeps no key, for what is closed stays closed.
      fields.add(.seq, try await watches.head(of: tenant))
      fields.add(.replayed, false)
      reply.end = .ok(fields)
    }
    return reply
  }

  private func rollOver(
    _ line: RequestLine, of tenant: TenantCode?, _ caller: Caller, _ note: @escaping @Sendable (Reply.Line) -> Void
  ) async throws -> Reply {
    let year = line.year(.year)
    if line.options.isDry {
      guard let year else { return report(try await rollover.rehearsal(tenant: tenant)) }
      return report(try await rollover.report(of: year, tenant: tenant, onlyClosed: false))
    }
    if let year, try await !rollover.isOver(year, tenant: tenant) {
      throw Refusal(.tooEarly, .rollover, "\(year) is not over; +dry tells what would expire") {
        $0.add(.earliest, year.next.firstDay)
      }
    }
    let done = try await rollover.run(tenant: tenant, year: year, for: caller) { note(.note($0)) }
    if let year { return report(try await rollover.report(of: year, tenant: tenant, onlyClosed: true)) }
    return report(done.filter { $0.value.pools > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  private func requireTenant(_ tenant: TenantCode) async throws {
    guard try await reports.ask(Due.place(of: tenant)) != nil else { throw Refusal.noTenant(tenant) }
  }

  private func report(_ lines: [(tenant: TenantCode, leftover: Leftover)]) -> Reply {
    var total = Leftover()
    let rows = lines.map { line in
      total += line.leftover
      var fields = Fields()
      fields.add(.tenant, line.tenant)
      fields.append(line.leftover.fields)
      return fields
    }
    var end = Fields()
    end.add(.tenants, rows.count)
    end.append(total.fields)
    return .ok(rows: rows, end)
  }

  // MARK: clock.set

  private func setClock(_ line: RequestLine) async throws -> Reply {
    guard clock.isTest else { throw Refusal(.forbidden, nil, "clock.set is for a daemon that runs under --test-clock") }
    guard case .instant(let instant)? = line.moment(.at) else { throw Refusal.internalError }
    guard line.options.isDry ? instant >= clock.now : clock.advance(to: instant) else {
      throw Refusal(.tooLate, .rollover, "the clock only goes forward; it is \(Zone.utc.rfc3339(clock.now))") {
        $0.add(.now, Zone.utc.rfc3339(clock.now))
      }
    }
    var fields = Fields()
    if line.options.isDry {
      fields.add(.now, Zone.utc.rfc3339(instant))
      return .ok(fields)
    }
    do {
      try await midnights.pass()
    } catch {
      log.error("what fell due is not done", metadata: ["why": "\(error)"])
      throw Refusal(.databaseUnavailable, nil, "the clock is set, but what fell due is not done; rollover does it")
    }
    fields.add(.now, Zone.utc.rfc3339(clock.now))
    return .ok(fields)
  }
}
