internal import LedgerStore
internal import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// How a lane turns jobs into replies.
///
/// Where all that a batch needs is known, it is decided at once and sent; the next one is decided on what it leaves behind,
/// while the database stores it and proves it. Where it is not, the batch has the session to itself: load, decide in memory
/// and in order, store, commit.
struct LaneBatches {
  let ledger: String
  let clock: LedgerClock
  let log: Logger
  var directory = Directory { Zones.zone(named: $0) }
  var warm = WarmBooks()
  var presumption = Presumption()
  /// Batches that are decided and sent and not answered yet, the oldest first.
  var storing: [Storing] = []
  /// When the oldest of them counts as lost.
  var patience = ContinuousClock.now
  /// Batches that are for `run`, in this order, before anything else is begun.
  var setAside: [[LaneJob]] = []
  /// When the session last answered.
  var answered: ContinuousClock.Instant?
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

  /// Replies to the jobs, in their order, while nothing else is under way.
  mutating func run(_ jobs: [LaneJob], _ link: inout Link) -> [Reply] {
    // What stands before and after a change of the ledger itself stays in order.
    guard let alone = jobs.firstIndex(where: \.isLedgerChange) else { return runChanges(jobs, &link) }
    let before = alone > 0 ? runChanges(Array(jobs[..<alone]), &link) : []
    let change = runLedgerChange(jobs[alone], &link)
    return before + [change] + (alone + 1 < jobs.count ? run(Array(jobs[(alone + 1)...]), &link) : [])
  }

  /// A batch that fails as a whole is run again one job at a time: the guilty one answers for itself.
  mutating func runChanges(_ jobs: [LaneJob], _ link: inout Link) -> [Reply] {
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
        case .refused(let state, _, _):
          logFailure(error)
          rollBack(&link)
          return run(jobs, &link, after: state)
        }
      }
    }
    return jobs.map { _ in .refused(.databaseUnavailable) }
  }

  /// Says why the server refused a batch that nothing was wrong with.
  func logFailure(_ error: PostgresError) {
    guard case .refused(let state, let statement, let message) = error else { return }
    log.error(
      "batch failed", metadata: ["statement": "\(statement)", "state": "\(state.code)", "why": "\(message)"])
  }

  /// Replies to jobs whose batch the server has refused, once that is rolled back.
  mutating func run(_ jobs: [LaneJob], _ link: inout Link, after state: SQLState) -> [Reply] {
    if state.isTrouble {
      guard state.isLockTimeout, Set(jobs.map(\.tenant)).count > 1 else {
        return jobs.map { _ in .refused(.databaseUnavailable) }
      }
      return runByTenant(jobs, &link)
    }
    guard jobs.count > 1 else { return [.refused(.internalError)] }
    return jobs.flatMap { runChanges([$0], &link) }
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

  func rollBack(_ link: inout Link) {
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

  /// Loads, decides and stores a batch, and waits for its commit.
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

  /// What the server's clock may show at a moment of ours. It is also the end of what was left in a socket by a daemon
  /// that has died or has given the session up, and the server has not read: no lock holds anybody back for that.
  static func window(around now: Instant) -> ClosedRange<Instant> {
    now.adding(microseconds: -mostClockSkew)...now.adding(microseconds: mostClockSkew)
  }

  /// A connection that has died unnoticed is found out by a load, which can be run again; what goes out with its COMMIT has
  /// an outcome that nobody knows. And a lane that has rested has no need of haste.
  var hasAnsweredLately: Bool { answered.map { .now - $0 < .seconds(1) } ?? false }

  /// The books of a tenant, for the first of its jobs from what is kept; `nil` where there is no such tenant.
  mutating func take(_ tenant: TenantCode, into books: inout [TenantCode: LoadedLedger]) -> LoadedLedger? {
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
