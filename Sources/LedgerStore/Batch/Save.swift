package import Postgres
internal import SeatLedger

/// What a batch writes after it has decided: every table once, then COMMIT, in one round trip.
package struct Save {
  package static let statements = [
    insertEntries, upsertPools, insertAttempts, updateAttempts, upsertApprovals, insertAudits, insertSchools,
    insertGrants, deleteGrants, insertTokens, revokeTokens, updateTenants, commit, rollback,
  ]

  private var entries: [(Int32, Entry, EntryHash)] = []
  private var pools: [(Int32, Pool)] = []
  private var newAttempts: [(Int32, Attempt)] = []
  private var changedAttempts: [(Int32, Attempt)] = []
  private var approvals: [(Int32, Approval)] = []
  private var audits: [(Int32, Int64, Audit)] = []
  private var tenants: [(Int32, TenantLedger.Head, Int64)] = []

  /// What the ledgers' entries changed: an entry's own words say which pools, attempts and approvals it touched, and a
  /// thing is new if it is numbered after the head that was loaded.
  package init(_ loaded: Load.Result, in directory: Directory) {
    for (code, ledger) in loaded.ledgers where !ledger.posted.isEmpty || !ledger.audited.isEmpty {
      guard let id = directory.tenants[code]?.id else { continue }
      add(ledger, id)
      let lastAudit = loaded.lastAudits[code] ?? 0
      for (index, audit) in ledger.audited.enumerated() { audits.append((id, lastAudit + Int64(index) + 1, audit)) }
      tenants.append((id, ledger.head, lastAudit + Int64(ledger.audited.count)))
    }
  }

  package var isEmpty: Bool { tenants.isEmpty }

  private mutating func add(_ ledger: TenantLedger, _ id: Int32) {
    var touched = Touched()
    for (entry, hash) in ledger.posted {
      entries.append((id, entry, hash))
      touched.add(entry, ledger.books)
    }
    pools += touched.pools.compactMap { ledger.books.pools[$0] }.map { (id, $0) }
    approvals += touched.approvals.compactMap { ledger.books.approvals[$0] }.map { (id, $0) }
    for number in touched.attempts {
      guard let attempt = ledger.books.attempts[number] else { continue }
      if number.value > ledger.loaded.number.value {
        newAttempts.append((id, attempt))
      } else {
        changedAttempts.append((id, attempt))
      }
    }
  }

  private struct Touched {
    var pools: Set<PoolNumber> = []
    var attempts: Set<AttemptNumber> = []
    var approvals: Set<ApprovalNumber> = []

    mutating func add(_ entry: Entry, _ books: Books) {
      if let from = entry.from { pools.insert(from.pool) }
      if let to = entry.to { pools.insert(to.pool) }
      if entry.kind == .approve { approvals.insert(ApprovalNumber(entry.number.value)) }
      guard let number = entry.attempt, let attempt = books.attempts[number] else { return }
      attempts.insert(number)
      if entry.amount.seats > 0, let holder = attempt.facts.seatOf { attempts.insert(holder) }
      if let approval = attempt.facts.approval { approvals.insert(approval) }
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
    if !entries.isEmpty { pipeline.add(Self.insertEntries, entryParameters) }
    if !pools.isEmpty { pipeline.add(Self.upsertPools, poolParameters) }
    if !newAttempts.isEmpty { pipeline.add(Self.insertAttempts, newAttemptParameters) }
    if !changedAttempts.isEmpty { pipeline.add(Self.updateAttempts, changedAttemptParameters) }
    if !approvals.isEmpty { pipeline.add(Self.upsertApprovals, approvalParameters) }
    if !audits.isEmpty { addAudits(to: &pipeline) }
    pipeline.add(Self.updateTenants, tenantParameters)
    let commit = pipeline.add(Self.commit)
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

  /// PostgreSQL's own timeouts do not bound a COMMIT that waits for a standby, so ours does.
  private static let deadline = Duration.seconds(20)

  private var entryParameters: Parameters {
    var parameters = Parameters()
    parameters.add(int4: entries) { $0.0 }
    parameters.add(int8: entries) { $0.1.number.value }
    parameters.add(text: entries) { $0.1.kind.rawValue }
    parameters.add(int8: entries) { $0.1.from?.pool.value }
    parameters.add(text: entries) { $0.1.from?.bucket.rawValue }
    parameters.add(int8: entries) { $0.1.to?.pool.value }
    parameters.add(text: entries) { $0.1.to?.bucket.rawValue }
    parameters.add(int4: entries) { Int32(clamping: $0.1.amount.seats) }
    parameters.add(int8: entries) { $0.1.amount.cents }
    parameters.add(int8: entries) { $0.1.attempt?.value }
    parameters.add(int8: entries) { $0.1.reverses?.value }
    parameters.add(int8: entries) { $0.1.effective.microseconds }
    parameters.add(int8: entries) { $0.1.recorded.microseconds }
    parameters.add(text: entries) { $0.1.principal }
    parameters.add(text: entries) { $0.1.actor }
    parameters.add(text: entries) { $0.1.reason }
    parameters.add(text: entries) { $0.1.detail.text }
    parameters.add(text: entries) { $0.1.kept?.key }
    parameters.add(text: entries) { $0.1.kept?.request }
    parameters.add(text: entries) { $0.1.kept?.answer }
    parameters.add(bytea: entries) { $0.2.bytes }
    return parameters
  }

  private var poolParameters: Parameters {
    var parameters = Parameters()
    parameters.add(int4: pools) { $0.0 }
    parameters.add(int8: pools) { $0.1.number.value }
    parameters.add(text: pools) { $0.1.identity.school.text }
    parameters.add(text: pools) { $0.1.identity.program.text }
    parameters.add(text: pools) { $0.1.identity.kind.rawValue }
    parameters.add(text: pools) { $0.1.identity.fund.text }
    parameters.add(int4: pools) { $0.1.identity.expires.day }
    for path in PoolColumns.amounts {
      parameters.add(int8: pools) { $0.1.balance[keyPath: path].seats }
      parameters.add(int8: pools) { $0.1.balance[keyPath: path].cents }
    }
    parameters.add(int8: pools) { $0.1.thirdTries }
    parameters.add(int8: pools) { $0.1.uses }
    parameters.add(bool: pools) { $0.1.isClosed }
    return parameters
  }

  private var newAttemptParameters: Parameters {
    var parameters = changing(newAttempts)
    parameters.add(text: newAttempts) { $0.1.facts.school.text }
    parameters.add(text: newAttempts) { $0.1.facts.candidate.token }
    parameters.add(text: newAttempts) { $0.1.facts.test.text }
    parameters.add(text: newAttempts) { $0.1.facts.program.text }
    parameters.add(int4: newAttempts) { Int32($0.1.facts.ordinal) }
    parameters.add(int8: newAttempts) { $0.1.reserved.microseconds }
    parameters.add(int8: newAttempts) { $0.1.facts.seatOf?.value }
    parameters.add(int8: newAttempts) { $0.1.facts.pool?.value }
    parameters.add(int8: newAttempts) { $0.1.facts.approval?.value }
    parameters.add(bool: newAttempts) { $0.1.facts.isThirdTry }
    parameters.add(int8: newAttempts) { $0.1.seat?.cents }
    return parameters
  }

  private var changedAttemptParameters: Parameters { changing(changedAttempts) }

  /// The columns that change in an attempt's life, behind its key.
  private func changing(_ attempts: [(Int32, Attempt)]) -> Parameters {
    var parameters = Parameters()
    parameters.add(int4: attempts) { $0.0 }
    parameters.add(int8: attempts) { $0.1.number.value }
    parameters.add(text: attempts) { $0.1.state.rawValue }
    parameters.add(int8: attempts) { $0.1.appointment?.begins.microseconds }
    parameters.add(bool: attempts) { $0.1.appointment?.isWholeDay ?? false }
    parameters.add(int4: attempts) { Int32($0.1.minutes) }
    parameters.add(int8: attempts) { $0.1.started?.microseconds }
    parameters.add(int4: attempts) { $0.1.completed?.day }
    parameters.add(text: attempts) { $0.1.seat?.bucket.rawValue }
    parameters.add(int4: attempts) { Int32($0.1.year.start) }
    return parameters
  }

  private var approvalParameters: Parameters {
    var parameters = Parameters()
    parameters.add(int4: approvals) { $0.0 }
    parameters.add(int8: approvals) { $0.1.number.value }
    parameters.add(text: approvals) { $0.1.school.text }
    parameters.add(text: approvals) { $0.1.candidate.token }
    parameters.add(text: approvals) { $0.1.test.text }
    parameters.add(text: approvals) { $0.1.principal }
    parameters.add(int8: approvals) { $0.1.usedBy?.value }
    return parameters
  }

  private var tenantParameters: Parameters {
    var parameters = Parameters()
    parameters.add(int4: tenants) { $0.0 }
    parameters.add(int8: tenants) { $0.1.number.value }
    parameters.add(bytea: tenants) { $0.1.hash.bytes }
    parameters.add(int8: tenants) { $0.1.recorded.microseconds }
    parameters.add(int8: tenants) { $0.2 }
    return parameters
  }

  /// The audit list, and what it says was registered, in its order.
  private func addAudits(to pipeline: inout Pipeline) {
    var list = Parameters()
    list.add(int4: audits) { $0.0 }
    list.add(int8: audits) { $0.1 }
    list.add(int8: audits) { $0.2.recorded.microseconds }
    list.add(text: audits) { $0.2.principal }
    list.add(text: audits) { $0.2.actor }
    list.add(text: audits) { $0.2.request }
    list.add(text: audits) { $0.2.kept?.key }
    list.add(text: audits) { $0.2.kept?.request }
    list.add(text: audits) { $0.2.kept?.answer }
    pipeline.add(Self.insertAudits, list)
    for (id, _, audit) in audits {
      var parameters = Parameters()
      parameters.add(id)
      switch audit.registration {
      case .school(let code, let name):
        parameters.add(code.text)
        parameters.add(name)
        pipeline.add(Self.insertSchools, parameters)
      case .grant(let grant), .ungrant(let grant):
        parameters.add(grant.principal)
        parameters.add(grant.role.rawValue)
        parameters.add(grant.school?.text ?? "")
        if case .grant = audit.registration {
          pipeline.add(Self.insertGrants, parameters)
        } else {
          pipeline.add(Self.deleteGrants, parameters)
        }
      case .issue(let token):
        parameters.add(token.name.text)
        parameters.add(token.id)
        parameters.add(token.secretHash)
        parameters.add(audit.recorded.microseconds)
        pipeline.add(Self.insertTokens, parameters)
      case .revoke(let name):
        parameters.add(name.text)
        parameters.add(audit.recorded.microseconds)
        pipeline.add(Self.revokeTokens, parameters)
      }
    }
  }
}

// MARK: - Statements

extension Save {
  package static let commit = Statement("commit", "COMMIT")
  package static let rollback = Statement("rollback", "ROLLBACK")

  private static let insertEntries = Statement(
    "insert_entries",
    """
    INSERT INTO journal (
      tenant_id, seq, kind, from_pool, from_bucket, to_pool, to_bucket, seats, cents, attempt, reverses, effective_at,
      recorded_at, principal, actor, reason, detail, idem, request, answer, hash)
    SELECT u.tenant_id, u.seq, u.kind::entry_kind, u.from_pool, u.from_bucket::bucket, u.to_pool, u.to_bucket::bucket,
      u.seats, u.cents, u.attempt, u.reverses, u.effective_at, u.recorded_at, u.principal, u.actor, u.reason, u.detail,
      u.idem, u.request, u.answer, u.hash
    FROM unnest(
      $1::int4[], $2::int8[], $3::text[], $4::int8[], $5::text[], $6::int8[], $7::text[], $8::int4[], $9::int8[],
      $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::text[], $15::text[], $16::text[], $17::text[],
      $18::text[], $19::text[], $20::text[], $21::bytea[])
    AS u (tenant_id, seq, kind, from_pool, from_bucket, to_pool, to_bucket, seats, cents, attempt, reverses,
      effective_at, recorded_at, principal, actor, reason, detail, idem, request, answer, hash)
    """)

  private static let upsertPools: Statement = {
    let amounts = PoolColumns.list(prefix: "")
    let arrays = (8...27).map { "$\($0)::int8[]" }.joined(separator: ", ")
    let changing = PoolColumns.names.flatMap { [$0, "\($0)_cents"] } + ["third_tries", "uses", "closed"]
    return Statement(
      "upsert_pools",
      """
      INSERT INTO pool (
        tenant_id, pool, school, program, kind, fund, expires, \(amounts), third_tries, uses, closed)
      SELECT u.tenant_id, u.pool, u.school, u.program, u.kind::pool_kind, u.fund, date 'epoch' + u.expires,
        \(PoolColumns.list(prefix: "u.")), u.third_tries, u.uses, u.closed
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int4[], \(arrays),
        $28::int8[], $29::int8[], $30::bool[])
      AS u (tenant_id, pool, school, program, kind, fund, expires, \(amounts), third_tries, uses, closed)
      ON CONFLICT (tenant_id, pool) DO UPDATE SET \(changing.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
      """)
  }()

  private static let insertAttempts = Statement(
    "insert_attempts",
    """
    INSERT INTO attempt (
      tenant_id, attempt, state, appointment_at, whole_day, minutes, started_at, completed_on, seat_bucket, year,
      school, candidate, test, program, number, reserved_at, seat_of, pool, approval, third_try, seat_cents)
    SELECT u.tenant_id, u.attempt, u.state::attempt_state, u.appointment_at, u.whole_day, u.minutes, u.started_at,
      date 'epoch' + u.completed_on, u.seat_bucket::bucket, u.year, u.school, u.candidate, u.test, u.program, u.number,
      u.reserved_at, u.seat_of, u.pool, u.approval, u.third_try, u.seat_cents
    FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int8[], $5::bool[], $6::int4[], $7::int8[], $8::int4[],
      $9::text[], $10::int4[], $11::text[], $12::text[], $13::text[], $14::text[], $15::int4[], $16::int8[], $17::int8[],
      $18::int8[], $19::int8[], $20::bool[], $21::int8[])
    AS u (tenant_id, attempt, state, appointment_at, whole_day, minutes, started_at, completed_on, seat_bucket, year,
      school, candidate, test, program, number, reserved_at, seat_of, pool, approval, third_try, seat_cents)
    """)

  private static let updateAttempts = Statement(
    "update_attempts",
    """
    UPDATE attempt a SET
      state = u.state::attempt_state, appointment_at = u.appointment_at, whole_day = u.whole_day, minutes = u.minutes,
      started_at = u.started_at, completed_on = date 'epoch' + u.completed_on, seat_bucket = u.seat_bucket::bucket,
      year = u.year
    FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int8[], $5::bool[], $6::int4[], $7::int8[], $8::int4[],
      $9::text[], $10::int4[])
    AS u (tenant_id, attempt, state, appointment_at, whole_day, minutes, started_at, completed_on, seat_bucket, year)
    WHERE a.tenant_id = u.tenant_id AND a.attempt = u.attempt
    """)

  private static let upsertApprovals = Statement(
    "upsert_approvals",
    """
    INSERT INTO approval (tenant_id, approval, school, candidate, test, principal, used_by)
    SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[])
    ON CONFLICT (tenant_id, approval) DO UPDATE SET used_by = excluded.used_by
    """)

  private static let insertAudits = Statement(
    "insert_audits",
    """
    INSERT INTO audit (tenant_id, number, recorded_at, principal, actor, request, idem, kept, answer)
    SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[])
    """)

  private static let insertSchools = Statement(
    "insert_school", "INSERT INTO school (tenant_id, code, name) VALUES ($1, $2, $3)")

  private static let insertGrants = Statement(
    "insert_grant", "INSERT INTO access_grant (tenant_id, principal, role, school) VALUES ($1, $2, $3, $4)")

  private static let deleteGrants = Statement(
    "delete_grant",
    "DELETE FROM access_grant WHERE tenant_id = $1 AND principal = $2 AND role = $3 AND school = $4")

  private static let insertTokens = Statement(
    "insert_token", "INSERT INTO token (tenant_id, name, id, secret_hash, issued_at) VALUES ($1, $2, $3, $4, $5)")

  private static let revokeTokens = Statement(
    "revoke_token", "UPDATE token SET revoked_at = $3 WHERE tenant_id = $1 AND name = $2")

  private static let updateTenants = Statement(
    "update_tenants",
    """
    UPDATE tenant t SET
      last_seq = u.last_seq, last_hash = u.last_hash, recorded_at = u.recorded_at, last_audit = u.last_audit
    FROM unnest($1::int4[], $2::int8[], $3::bytea[], $4::int8[], $5::int8[])
    AS u (tenant_id, last_seq, last_hash, recorded_at, last_audit)
    WHERE t.tenant_id = u.tenant_id
    """)
}
