package import Postgres
internal import SeatLedger

/// What a batch writes after it has decided: every table once, then COMMIT, in one round trip.
package struct Save {
  package static let statements = [
    insertEntries, insertPools, updatePools, turnPools, deleteOpenPools, insertAttempts, updateAttempts,
    upsertApprovals, upsertHolds, insertSealedYears, insertAudits, insertSchools, insertGrants, deleteGrants,
    insertTokens, revokeTokens, updateTenants, commit,
    rollback,
  ]

  /// The tenants that have new entries, and how many those are.
  private(set) var changed: [LoadedLedger] = []
  private(set) var entries = 0
  private(set) var newPools: [(Int32, Pool)] = []
  private(set) var changedPools: [(Int32, Pool)] = []
  /// Pools that have been closed or opened again.
  private(set) var turnedPools: [(Int32, Pool)] = []
  private(set) var newAttempts: [(Int32, Attempt)] = []
  private(set) var changedAttempts: [(Int32, Attempt)] = []
  private(set) var approvals: [(Int32, Approval)] = []
  private(set) var holds: [(Int32, Hold)] = []
  private(set) var sealedYears: [(Int32, SealedYear)] = []
  private(set) var audits: [(Int32, Int64, Audit)] = []
  private(set) var tenants: [(Int32, TenantLedger.Head, Int64)] = []

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
      tenants.append((id, one.ledger.head, one.lastAudit + Int64(one.ledger.audited.count)))
    }
  }

  package var isEmpty: Bool { tenants.isEmpty }

  private mutating func add(_ loaded: LoadedLedger, _ id: Int32) {
    var touched = Touched()
    loaded.forEachPosted { entry, _ in touched.add(entry, loaded) }
    entries += loaded.ledger.posted.count
    for number in touched.pools {
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
    for number in touched.attempts {
      guard let attempt = loaded.ledger.books.attempts[number] else { continue }
      if number.value > loaded.ledger.loaded.number.value {
        newAttempts.append((id, attempt))
      } else {
        changedAttempts.append((id, attempt))
      }
    }
  }

  private struct Touched {
    var pools: Set<PoolNumber> = []
    /// Closed, or opened again.
    var turned: Set<PoolNumber> = []
    var attempts: Set<AttemptNumber> = []
    var approvals: Set<ApprovalNumber> = []
    var holds: Set<HoldNumber> = []
    var sealedYears: Set<SealedYear> = []

    mutating func add(_ entry: borrowing Entry, _ loaded: LoadedLedger) {
      if let from = entry.from { pools.insert(from.pool) }
      if let to = entry.to { pools.insert(to.pool) }
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
        attempts.insert(number)
        if seats > 0, let holder = attempt.facts.seatOf { attempts.insert(holder) }
        if let approval = attempt.facts.approval { approvals.insert(approval) }
        // A use of a site licence moves no seat and is counted all the same.
        if attempt.facts.seatOf == nil, let pool = attempt.facts.pool { pools.insert(pool) }
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
  /// - Throws: `refused` where a statement broke a constraint; the transaction is then still open and failed.
  package func run(on connection: borrowing Connection) throws(PostgresError) -> CommitResult {
    var pipeline = Pipeline()
    func add(_ statement: Statement, _ rows: RowsParameter) { pipeline.add(statement, Parameters(rows)) }
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
    add(Self.updateTenants, headRows(connection.rowType("tenant_head")))
    let commit = pipeline.add(Self.commit)
    // Deciding takes its time, and a session that waits too long inside a transaction is ended: nothing is kept then,
    // and the batch can be run again.
    try connection.requireOpen()
    let rows: [Rows]
    do throws(PostgresError) {
      rows = try connection.exchange(pipeline, deadline: Self.deadline)
    } catch {
      guard case .lost(let message) = error else { throw error }
      return .unknown(message)
    }
    guard rows[commit].tag == "COMMIT" else { return .unknown("the server answered \(rows[commit].tag)") }
    guard connection.warnings.isEmpty else { return .unknown("the server committed with a warning") }
    return .committed
  }

  /// PostgreSQL's own timeouts do not bound a COMMIT that waits for a standby, so ours does; it is longer than theirs, so
  /// that what they end is known to have failed.
  private static let deadline = Duration.seconds(20)
}
