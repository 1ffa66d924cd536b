internal import LedgerStore
internal import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// How a reader turns questions into replies.
struct ReadBatches {
  private let clock: LedgerClock
  private let log: Logger
  private var directory = Directory { Zones.zone(named: $0) }

  init(clock: LedgerClock, log: Logger) {
    self.clock = clock
    self.log = log
  }

  /// Replies to the jobs, in their order. A batch that fails as a whole is run again one job at a time, but not one that
  /// took too long: each would take as long again.
  mutating func run(_ jobs: [ReadJob], _ link: inout Link) -> [Reply] {
    do throws(PostgresError) {
      return try link.read { connection throws(PostgresError) in try attempt(jobs, connection) }
    } catch {
      guard case .refused(let state, let statement, let message) = error else {
        return jobs.map { _ in .refused(.databaseUnavailable) }
      }
      log.error("read failed", metadata: ["statement": "\(statement)", "state": "\(state.code)", "why": "\(message)"])
      if state.isTrouble { return jobs.map { _ in .refused(.databaseUnavailable) } }
      guard jobs.count > 1 else { return [.refused(.internalError)] }
      return jobs.flatMap { run([$0], &link) }
    }
  }

  private mutating func attempt(_ jobs: [ReadJob], _ connection: borrowing Connection) throws(PostgresError) -> [Reply]
  {
    _ = directory.follow(connection)
    try directory.learn(tenants: jobs.compactMap(\.tenant), connection)
    try directory.learn(
      programs: jobs.compactMap { $0.line.code(.program) }, tests: jobs.compactMap { $0.line.code(.test) }, connection)
    var schools: [TenantCode: Set<SchoolCode>] = [:]
    for job in jobs {
      if let tenant = job.tenant, let school: SchoolCode = job.line.code(.school) {
        schools[tenant, default: []].insert(school)
      }
    }
    try directory.learn(schools: schools, connection)
    var replies = [Reply?](repeating: nil, count: jobs.count)
    try answerQueries(jobs, &replies, connection)
    for (index, job) in jobs.enumerated() {
      switch job.work {
      case .query: break
      case .eligibility(let tenant, let caller):
        replies[index] = try eligibility(job.line, tenant, caller, connection)
      case .ofProgram(let tenant, let make):
        replies[index] = try ofProgram(job.line, tenant, make, connection)
      }
    }
    return replies.map { $0 ?? .refused(.internalError) }
  }

  private func answerQueries(
    _ jobs: [ReadJob], _ replies: inout [Reply?], _ connection: borrowing Connection
  ) throws(PostgresError) {
    var pipeline = Pipeline()
    pipeline.add(Load.beginSnapshot)
    pipeline.add(Load.forTenants, Load.tenants(jobs.compactMap { $0.tenant.flatMap { directory.tenants[$0]?.id } }))
    var asked: [(job: Int, query: Query, first: Int)] = []
    for (index, job) in jobs.enumerated() {
      guard case .query(let tenant, let make) = job.work else { continue }
      do throws(Refusal) {
        let record = try tenant.map { code throws(Refusal) in try self.tenant(code) }
        try requireNamed(job.line, in: tenant)
        let query = try make(record, clock.now)
        asked.append((index, query, pipeline.count))
        for step in query.steps { pipeline.add(step.statement, step.parameters) }
      } catch {
        replies[index] = .refused(error)
      }
    }
    guard !asked.isEmpty else { return }
    pipeline.add(Load.end)
    let rows = try connection.exchange(pipeline)
    for (index, query, first) in asked {
      let page = query.answer(Array(rows[first..<first + query.steps.count]))
      replies[index] = .ok(rows: page.rows, notes: page.notes, page.end)
    }
  }

  private func ofProgram(
    _ line: RequestLine, _ code: TenantCode?, _ make: (TenantRecord, Program, Instant) -> Query,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> Reply {
    let (tenant, query): (TenantRecord, Query)
    do throws(Refusal) {
      guard let code else { throw .internalError }
      tenant = try self.tenant(code)
      try requireNamed(line, in: code)
      guard let program = line.code(.program).flatMap({ directory.catalogue.programs[$0] }) else {
        throw .internalError
      }
      query = make(tenant, program, clock.now)
    } catch {
      return .refused(error)
    }
    var pipeline = Pipeline()
    pipeline.add(Load.beginSnapshot)
    pipeline.add(Load.forTenants, Load.tenants([tenant.id]))
    for step in query.steps { pipeline.add(step.statement, step.parameters) }
    pipeline.add(Load.end)
    let page = query.answer(Array(try connection.exchange(pipeline)[2..<query.steps.count + 2]))
    return .ok(rows: page.rows, page.end)
  }

  private mutating func eligibility(
    _ line: RequestLine, _ code: TenantCode, _ caller: Caller, _ connection: borrowing Connection
  ) throws(PostgresError) -> Reply {
    let reserve: Command.Reserve
    let books: LoadedLedger
    do throws(Refusal) {
      books = LoadedLedger(try tenant(code))
      reserve = try line.reserve(directory.catalogue)
    } catch {
      return .refused(error)
    }
    books.needs.add(.reserve(reserve), in: books.tenant.zone)
    try directory.learn(schools: [(key: code, value: books.needs.schools)], connection)
    let now = clock.now
    _ = try Load([books], at: now, in: directory).run(on: connection, locking: false)
    guard books.isCurrent else { return .refused(.internalError) }
    let ledger = books.ledger
    switch ledger.eligibility(reserve, by: caller, at: now, in: directory.catalogue) {
    case .failure(let refusal): return .refused(refusal)
    case .success(var fields):
      fields.add(.seq, ledger.head.number)
      return .ok(fields)
    }
  }

  /// A filter for what does not exist is a slip, and no answer to it would say so.
  private func requireNamed(_ line: RequestLine, in tenant: TenantCode?) throws(Refusal) {
    if let tenant, let school: SchoolCode = line.code(.school), directory.schools[tenant]?.contains(school) != true {
      throw .noSchool(school)
    }
    if let program: ProgramCode = line.code(.program), directory.catalogue.programs[program] == nil {
      throw .noProgram(program)
    }
    if let test: TestCode = line.code(.test), directory.catalogue.tests[test] == nil { throw .noTest(test) }
  }

  private func tenant(_ code: TenantCode) throws(Refusal) -> TenantRecord {
    guard let tenant = directory.tenants[code] else {
      throw Refusal.noTenant(code)
    }
    return tenant
  }
}

extension ReadJob {
  fileprivate var tenant: TenantCode? {
    switch work {
    case .query(let tenant, _), .ofProgram(let tenant, _): tenant
    case .eligibility(let tenant, _): tenant
    }
  }
}
