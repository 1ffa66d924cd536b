internal import LedgerStore
internal import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// How a lane turns jobs into replies: load what they touch, unless all of it is known, decide in memory and in order,
/// store, commit, answer.
struct LaneBatches {
  private let ledger: String
  private let clock: LedgerClock
  private let log: Logger
  private var directory = Directory { Zones.zone(named: $0) }
  private var warm = WarmBooks()
  private var presumption = Presumption()
  /// When the session last answered.
  private var answered: ContinuousClock.Instant?
  /// Said once when it goes and once when it comes back, not with every batch.
  private var isDatabaseAway = false

  static let statements = Directory.statements + Load.statements + Save.statements + LedgerChange.statements

  /// A daemon whose clock is further from the database server's posts nothing. In microseconds.
  static let mostClockSkew: Int64 = 5_000_000

  init(ledger: String, clock: LedgerClock, log: Logger) {
    self.ledger = ledger
    self.clock = clock
    self.log = log
  }

  /// Replies to the jobs, in their order.
  mutating func run(_ jobs: [LaneJob], _ link: inout Link) -> [Reply] {
    // Changes of the ledger itself are rare and made alone; what stands before and after them stays in order.
    guard let alone = jobs.firstIndex(where: \.isLedgerChange) else { return runChanges(jobs, &link) }
    let before = alone > 0 ? runChanges(Array(jobs[..<alone]), &link) : []
    let change = runLedgerChange(jobs[alone], &link)
    return before + [change] + (alone + 1 < jobs.count ? run(Array(jobs[(alone + 1)...]), &link) : [])
  }

  /// A batch that fails as a whole is run again one job at a time: the guilty one answers for itself.
  private mutating func runChanges(_ jobs: [LaneJob], _ link: inout Link) -> [Reply] {
    for isLastTry in [false, true] {
      do throws(PostgresError) {
        let outcome = try link.use { connection throws(PostgresError) in try attempt(jobs, connection) }
        if !outcome.sessionIsSound { link.drop() }
        if isDatabaseAway { log.info("the database is back") }
        isDatabaseAway = false
        return outcome.replies
      } catch {
        switch error {
        case .lost where !isLastTry:
          // Nothing was stored yet: a connection that died while it was idle is worth a second one.
          continue
        case .lost(let message), .unavailable(let message):
          if !isDatabaseAway { log.warning("the database is away", metadata: ["why": "\(message)"]) }
          isDatabaseAway = true
          return jobs.map { _ in .refused(.databaseUnavailable) }
        case .refused(let state, let statement, let message):
          log.error(
            "batch failed", metadata: ["statement": "\(statement)", "state": "\(state.code)", "why": "\(message)"])
          rollBack(&link)
          if state.isTrouble {
            let tenants = Set(jobs.map(\.tenant))
            guard state.isLockTimeout, tenants.count > 1 else {
              return jobs.map { _ in .refused(.databaseUnavailable) }
            }
            return runByTenant(jobs, &link)
          }
          guard jobs.count > 1 else { return [.refused(.internalError)] }
          return jobs.flatMap { runChanges([$0], &link) }
        }
      }
    }
    return jobs.map { _ in .refused(.databaseUnavailable) }
  }

  /// Whoever holds one tenant, or two, holds up the others for a while and no more: each lock that does not come takes
  /// its time, and past the second one nobody is made to wait for the next.
  private mutating func runByTenant(_ jobs: [LaneJob], _ link: inout Link) -> [Reply] {
    var replies = [Reply](repeating: .refused(.databaseUnavailable), count: jobs.count)
    var locked = 0
    for places in Dictionary(grouping: jobs.indices, by: { jobs[$0].tenant }).values where locked < 2 {
      let own = runChanges(places.map { jobs[$0] }, &link)
      if own.allSatisfy(\.isUnavailable) { locked += 1 }
      for (place, reply) in zip(places, own) { replies[place] = reply }
    }
    return replies
  }

  private func rollBack(_ link: inout Link) {
    do throws(PostgresError) {
      try link.use { connection throws(PostgresError) in
        var pipeline = Pipeline()
        pipeline.add(Save.rollback)
        _ = try connection.exchange(pipeline)
      }
    } catch {
      link.drop()
    }
  }

  private mutating func attempt(_ jobs: [LaneJob], _ connection: borrowing Connection) throws(PostgresError) -> Outcome
  {
    if directory.follow(connection) { warm = WarmBooks() }
    try directory.learn(tenants: jobs.map(\.tenant), connection)
    let lines = jobs.flatMap(\.lines)
    try directory.learn(
      programs: lines.compactMap { $0.code(.program) }, tests: lines.compactMap { $0.code(.test) }, connection)
    let known = directory
    var books: [TenantCode: LoadedLedger] = [:]
    var bound = jobs.map { job in BoundJob(job, take(job.tenant, into: &books), in: known) }
    let ledgers = Array(books.values)
    guard bound.contains(where: \.isOpen) else {
      for one in ledgers { warm.put(one) }
      return Outcome(replies: bound.map(\.reply), sessionIsSound: true)
    }
    let unknown = ledgers.filter { !$0.knowsItsSchools }
    if !unknown.isEmpty {
      try directory.learn(
        schools: unknown.map { (key: $0.tenant.code, value: $0.needs.schools) }, connection)
      for one in unknown { one.takeSchools(of: directory) }
    }

    let isCrowd = presumption.takesCandidatesForNew(commands: lines.count)
    if hasAnsweredLately, presumption.admitsNext(), ledgers.allSatisfy({ $0.canPresume(newCandidates: isCrowd) }) {
      if let outcome = try presume(bound, ledgers, connection) { return outcome }
      return try attempt(jobs, connection)
    }
    let now = clock.now
    let server = try Load(ledgers, at: now, in: directory).run(on: connection)
    answered = .now
    if let server, !agrees(server, since: now) {
      try end(connection)
      return Outcome(replies: jobs.map { _ in .refused(.clockSkew) }, sessionIsSound: true)
    }
    for index in bound.indices {
      guard bound[index].decide(at: now, in: known.catalogue) else {
        throw .refused(SQLState("XX000"), statement: "decide", message: bound[index].contradiction)
      }
    }
    let save = Save(ledgers)
    if save.isEmpty {
      try end(connection)
      for one in ledgers { warm.put(one) }
      return Outcome(replies: bound.map(\.reply), sessionIsSound: true)
    }
    return outcome(try save.run(on: connection), of: bound, ledgers)
  }

  /// Decides on what is at hand, and has the database prove it: one round trip, which reads nothing.
  ///
  /// - Returns: `nil` where the batch is to be run again, on what is read under locks; nothing of it was kept.
  private mutating func presume(
    _ jobs: [BoundJob], _ ledgers: [LoadedLedger], _ connection: borrowing Connection
  ) throws(PostgresError) -> Outcome? {
    var bound = jobs
    let now = clock.now
    for one in ledgers { one.presume() }
    for index in bound.indices {
      guard bound[index].decide(at: now, in: directory.catalogue) else {
        presumption.failed()
        return nil
      }
    }
    let save = Save(ledgers)
    guard ledgers.allSatisfy(\.isProvenByStoring) else {
      if save.isEmpty {
        presumption.wasIdle()
        for one in ledgers {
          one.stopPresuming()
          warm.put(one)
        }
      } else {
        presumption.failed()
      }
      return nil
    }
    do throws(PostgresError) {
      let result = try save.run(on: connection, begins: true, within: Self.window(around: LedgerClock.machine))
      presumption.succeeded()
      return outcome(result, of: bound, ledgers)
    } catch {
      guard case .refused(let state, _, _) = error, !state.isTrouble else { throw error }
      presumption.failed()
      try end(connection)
      return nil
    }
  }

  private mutating func outcome(_ result: CommitResult, of bound: [BoundJob], _ ledgers: [LoadedLedger]) -> Outcome {
    answered = .now
    switch result {
    case .committed:
      for one in ledgers { warm.put(one) }
      return Outcome(replies: bound.map(\.reply), sessionIsSound: true)
    case .unknown(let why):
      log.error("the outcome of a batch is unknown", metadata: ["why": "\(why)"])
      return Outcome(replies: bound.map(\.replyWithoutCommit), sessionIsSound: false)
    }
  }

  /// What the server's clock may show at a moment of ours. It is also the end of what a dead daemon has left in a socket and
  /// the server has not read: no lock holds anybody back for that.
  private static func window(around now: Instant) -> ClosedRange<Instant> {
    now.adding(microseconds: -mostClockSkew)...now.adding(microseconds: mostClockSkew)
  }

  /// A connection that has died unnoticed is found out by a load, which can be run again; what goes out with its COMMIT has
  /// an outcome that nobody knows. And a lane that has rested has no need of haste.
  private var hasAnsweredLately: Bool { answered.map { .now - $0 < .seconds(1) } ?? false }

  /// The books of a tenant, for the first of its jobs from what is kept; `nil` where there is no such tenant.
  private mutating func take(_ tenant: TenantCode, into books: inout [TenantCode: LoadedLedger]) -> LoadedLedger? {
    if let taken = books[tenant] { return taken }
    guard let one = warm.take(tenant) ?? directory.tenants[tenant].map(LoadedLedger.init) else { return nil }
    books[tenant] = one
    return one
  }

  /// Whether the server's clock showed what ours did at some moment since: the answer may have waited for a lock.
  private func agrees(_ server: Instant, since before: Instant) -> Bool {
    clock.isTest
      || server >= before.adding(microseconds: -Self.mostClockSkew)
        && server <= clock.now.adding(microseconds: Self.mostClockSkew)
  }

  /// Replies, and whether the session that gave them may be used again: not after a commit without a plain answer.
  private struct Outcome {
    let replies: [Reply]
    let sessionIsSound: Bool
  }

  private func end(_ connection: borrowing Connection) throws(PostgresError) {
    var pipeline = Pipeline()
    pipeline.add(Save.rollback)
    _ = try connection.exchange(pipeline)
  }

  // MARK: What all tenants share

  private mutating func runLedgerChange(_ job: LaneJob, _ link: inout Link) -> Reply {
    guard case .ledgerChange(let line) = job.work else { return .refused(.internalError) }
    let change: LedgerChange
    do throws(Refusal) {
      change = try LedgerChange(line)
    } catch {
      return .refused(error)
    }
    // Such a session may still have an answer on its way, which the next question would take for its own.
    var outcomeIsUnknown = false
    defer { if outcomeIsUnknown { link.drop() } }
    for isLastTry in [false, true] {
      do throws(PostgresError) {
        return try link.use { connection throws(PostgresError) in
          if case .test(let test) = change {
            if directory.follow(connection) { warm = WarmBooks() }
            try directory.learn(programs: [test.program], tests: [], connection)
            guard directory.catalogue.programs[test.program] != nil else {
              return .refused(Refusal(.noProgram, nil, "no program \(test.program); program.add adds it"))
            }
          }
          let outcome = try change.run(
            ledger: ledger, principal: job.caller.principal, actor: job.caller.actor, request: line.canonical,
            at: clock.now, keep: !line.options.isDry, connection)
          switch outcome {
          case .exists: return .refused(.exists(change.name))
          case .unknown(let why):
            outcomeIsUnknown = true
            log.error("the outcome of a change of the ledger is unknown", metadata: ["why": "\(why)"])
            return .refused(.outcomeOfLedgerChangeUnknown)
          case .made:
            directory.forget()
            warm = WarmBooks()
            return .ok(change.answer)
          }
        }
      } catch {
        // Nothing was kept: a connection that died while it was idle is worth a second one.
        if case .lost = error, !isLastTry { continue }
        log.error("a change of the ledger failed", metadata: ["why": "\(error)"])
        guard case .refused(let state, _, _) = error else { return .refused(.databaseUnavailable) }
        rollBack(&link)
        return .refused(state.isTrouble ? .databaseUnavailable : .internalError)
      }
    }
    return .refused(.databaseUnavailable)
  }
}

extension Reply {
  fileprivate var isUnavailable: Bool {
    if case .refused(let refusal) = end { refusal.code == .databaseUnavailable } else { false }
  }
}

extension LaneJob {
  fileprivate var isLedgerChange: Bool {
    if case .ledgerChange = work { true } else { false }
  }
}
