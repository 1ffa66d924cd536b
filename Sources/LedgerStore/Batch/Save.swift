package import Postgres
package import SeatLedger

/// What a batch writes after it has decided: every table once, then COMMIT, in one round trip or behind what is on its way.
package struct Save {
  package static let statements = [
    moveHeads, insertEntries, insertPools, updatePools, turnPools, deleteOpenPools, insertAttempts,
    updateAttempts, upsertApprovals, upsertHolds, insertSealedYears, insertAudits, insertSchools, insertGrants,
    deleteGrants, insertTokens, revokeTokens, commit, rollback,
  ]

  /// The ledgers that have new entries or audits, by tenant.
  private(set) var changed: [LoadedLedger] = []
  /// How many new entries they have.
  private(set) var entries = 0
  private(set) var newPools: [(Int32, Pool)] = []
  private(set) var changedPools: [(Int32, Pool)] = []
  /// Pools that have been closed or opened again.
  private(set) var turnedPools: [(Int32, Pool)] = []
  /// Each with its number among the candidate's.
  private(set) var newAttempts: [(Int32, Attempt, candidateSeq: Int32)] = []
  private(set) var changedAttempts: [(Int32, Attempt)] = []
  private(set) var approvals: [(Int32, Approval)] = []
  private(set) var holds: [(Int32, Hold)] = []
  private(set) var sealedYears: [(Int32, SealedYear)] = []
  private(set) var audits: [(Int32, Int64, Audit)] = []

  /// What the ledgers' entries changed: an entry's own words say which pools, attempts and approvals it touched, and a
  /// thing is new if it is numbered after the head that was loaded.
  package init(_ ledgers: [LoadedLedger]) {
    for one in ledgers where !one.ledger.posted.isEmpty || !one.ledger.audited.isEmpty {
      let id = one.tenant.id
      changed.append(one)
      add(one, id)
      for (index, audit) in one.ledger.audited.enumerated() {
        audits.append((id, one.lastAudit + Int64(index) + 1, audit))
      }
    }
    // The order of `Load.lock`: `moveHeads` may be what takes the locks, and meets them in this order because a lane's session
    // joins by nested loops alone.
    changed.sort { $0.tenant.id < $1.tenant.id }
  }

  package var isEmpty: Bool { changed.isEmpty }

  private mutating func add(_ loaded: LoadedLedger, _ id: Int32) {
    var touched = Touched()
    loaded.forEachPosted { entry, _ in touched.add(entry, loaded) }
    entries += loaded.ledger.posted.count
    for number in Touched.once(touched.pools) {
      guard let pool = loaded.ledger.books.pools[number] else { continue }
      if number.value > loaded.ledger.loaded.number.value {
        newPools.append((id, pool))
      } else if touched.turned.contains(number) {
        turnedPools.append((id, pool))
      } else {
        changedPools.append((id, pool))
      }
    }
    holds += touched.holds.compactMap { loaded.ledger.books.holds[$0] }.map { (id, $0) }
    sealedYears += touched.sealedYears.map { (id, $0) }
    approvals += touched.approvals.compactMap { loaded.ledger.books.approvals[$0] }.map { (id, $0) }
    for number in Touched.once(touched.attempts) {
      guard let attempt = loaded.ledger.books.attempts[number] else { continue }
      if number.value > loaded.ledger.loaded.number.value {
        newAttempts.append((id, attempt, loaded.candidateSeq(of: attempt)))
      } else {
        changedAttempts.append((id, attempt))
      }
    }
  }

  private struct Touched {
    // Pools and attempts may stand in their lists twice.
    var pools: [PoolNumber] = []
    /// Closed, or opened again.
    var turned: Set<PoolNumber> = []
    var attempts: [AttemptNumber] = []
    var approvals: Set<ApprovalNumber> = []
    var holds: Set<HoldNumber> = []
    var sealedYears: Set<SealedYear> = []

    /// Each of them once, in order.
    static func once<Kind>(_ numbers: [Number<Kind>]) -> [Number<Kind>] {
      var once: [Number<Kind>] = []
      once.reserveCapacity(numbers.count)
      for number in numbers.sorted() where number != once.last { once.append(number) }
      return once
    }

    mutating func add(_ entry: borrowing Entry, _ loaded: LoadedLedger) {
      if let from = entry.from { pools.append(from.pool) }
      if let to = entry.to, to.pool != entry.from?.pool { pools.append(to.pool) }
      if entry.closesPool, let from = entry.from { turned.insert(from.pool) }
      if entry.reopensPool, let to = entry.to { turned.insert(to.pool) }
      switch entry.detail {
      case .approve: approvals.insert(ApprovalNumber(entry.number.value))
      case .reverse(.approve, _):
        if let approval = entry.reverses { approvals.insert(ApprovalNumber(approval.value)) }
      case .hold: holds.insert(HoldNumber(entry.number.value))
      case .ofHold(let hold), .reserve(_, _, _, _, let hold?): holds.insert(hold)
      case .seal(let year): sealedYears.insert(year)
      case .none, .opens, .reserve, .schedule, .start, .result, .reverse, .left: break
      }
      guard let number = entry.attempt else { return }
      let seats = entry.amount.seats
      let known = loaded.ledger.books.attempts
      _ = known.read(number) { attempt in
        attempts.append(number)
        if seats > 0, let holder = attempt.facts.seatOf, holder != number { attempts.append(holder) }
        if let approval = attempt.facts.approval { approvals.insert(approval) }
        // A use of a site licence moves no seat and is counted all the same.
        if attempt.facts.seatOf == nil, let pool = attempt.facts.pool { pools.append(pool) }
      }
    }
  }
}

// MARK: - Writing

/// Whether a batch is kept. Anything but the plain word of the server is not a yes.
package enum CommitResult: Sendable {
  case committed
  /// Everything was sent, but the answer is missing or says less than that it is safe.
  case unknown(String)
}

extension Save {
  /// Writes inside of the transaction that a load has begun, and waits.
  ///
  /// - Throws: `refused` where a statement broke a constraint; the transaction is then still open and failed.
  package func run(on connection: borrowing Connection) throws(PostgresError) -> CommitResult {
    let sent = try send(on: connection, pipeline(Pipeline(), within: nil, connection))
    return try Self.result(of: sent, on: connection, until: .now + Self.deadline)
  }

  /// Sends a transaction of its own without waiting for it.
  ///
  /// - Parameter window: what the server's clock may show when it comes to it.
  /// - Throws: `lost` where nothing was sent.
  package func begin(
    on connection: borrowing Connection, within window: ClosedRange<Instant>
  ) throws(PostgresError) -> Sent {
    var begun = Pipeline()
    begun.add(Load.begin)
    return try send(on: connection, pipeline(begun, within: window, connection))
  }

  private func send(on connection: borrowing Connection, _ pipeline: Pipeline) throws(PostgresError) -> Sent {
    // Deciding takes its time, and a session that waits too long inside a transaction is ended: nothing is kept then,
    // and the batch can be run again.
    try connection.requireOpen()
    return connection.send(pipeline)
  }

  /// What became of what was sent first of what has not been answered yet.
  ///
  /// - Parameter end: when the connection counts as lost.
  /// - Throws: `refused` where a statement broke a constraint; the transaction is then still open and failed.
  package static func result(
    of sent: Sent, on connection: borrowing Connection, until end: ContinuousClock.Instant
  ) throws(PostgresError) -> CommitResult {
    let answers: [Rows]
    do throws(PostgresError) {
      answers = try connection.receive(sent, until: end)
    } catch {
      guard case .lost(let message) = error else { throw error }
      return .unknown(message)
    }
    let tag = answers.last?.tag ?? ""
    guard tag == "COMMIT" else { return .unknown("the server answered \(tag)") }
    guard connection.warnings.isEmpty else { return .unknown("the server committed with a warning") }
    return .committed
  }

  /// PostgreSQL's own timeouts do not bound a COMMIT that waits for a standby, so ours does; it is longer than theirs, so
  /// that what they end is known to have failed.
  package static let deadline = Duration.seconds(20)

  /// - Parameter window: what the server's clock may show; `nil` for whatever it shows.
  private func pipeline(
    _ begun: consuming Pipeline, within window: ClosedRange<Instant>?, _ connection: borrowing Connection
  ) -> Pipeline {
    var pipeline = begun
    func add(_ statement: Statement, _ rows: RowsParameter) { pipeline.add(statement, Parameters(rows)) }
    var heads = Parameters(headMoves(connection.rowType("head_move")))
    heads.add(timestamp: window?.lowerBound.microseconds)
    heads.add(timestamp: window?.upperBound.microseconds)
    pipeline.add(Self.moveHeads, heads)
    if entries > 0 { add(Self.insertEntries, entryRows(connection.rowType("entry_row"))) }
    if !newPools.isEmpty { add(Self.insertPools, newPoolRows(connection.rowType("pool_row"))) }
    let poolChange = connection.rowType("pool_change")
    if !changedPools.isEmpty { add(Self.updatePools, Self.poolRows(changedPools, poolChange)) }
    if !turnedPools.isEmpty {
      add(Self.turnPools, Self.poolRows(turnedPools, poolChange))
      pipeline.add(Self.deleteOpenPools, closedPoolParameters)
    }
    if !newAttempts.isEmpty { add(Self.insertAttempts, newAttemptRows(connection.rowType("attempt_row"))) }
    if !changedAttempts.isEmpty { add(Self.updateAttempts, changedAttemptRows(connection.rowType("attempt_change"))) }
    if !approvals.isEmpty { pipeline.add(Self.upsertApprovals, approvalParameters) }
    if !holds.isEmpty { pipeline.add(Self.upsertHolds, holdParameters) }
    if !sealedYears.isEmpty { pipeline.add(Self.insertSealedYears, sealedYearParameters) }
    if !audits.isEmpty { addAudits(to: &pipeline) }
    pipeline.add(Self.commit)
    return pipeline
  }
}
