package import Postgres
internal import SeatLedger

/// What a batch writes after it has decided: every table once, then COMMIT, in one round trip.
package struct Save {
  package static let statements = [
    insertEntries, insertPools, updatePools, insertAttempts, updateAttempts, upsertApprovals, insertAudits,
    insertSchools,
    insertGrants, deleteGrants, insertTokens, revokeTokens, updateTenants, commit, rollback,
  ]

  private var entries: [(Int32, Entry, EntryHash)] = []
  private var newPools: [(Int32, Pool)] = []
  private var changedPools: [(Int32, Pool)] = []
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
    for number in touched.pools {
      guard let pool = ledger.books.pools[number] else { continue }
      if number.value > ledger.loaded.number.value {
        newPools.append((id, pool))
      } else {
        changedPools.append((id, pool))
      }
    }
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
    if !newPools.isEmpty { pipeline.add(Self.insertPools, newPoolParameters) }
    if !changedPools.isEmpty { pipeline.add(Self.updatePools, changedPoolParameters) }
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
    let count = entries.count
    var tenant = ArrayParameter(.int4, capacity: count)
    var seq = ArrayParameter(.int8, capacity: count)
    var kind = ArrayParameter(.text, capacity: count)
    var fromPool = ArrayParameter(.int8, capacity: count)
    var fromBucket = ArrayParameter(.text, capacity: count)
    var toPool = ArrayParameter(.int8, capacity: count)
    var toBucket = ArrayParameter(.text, capacity: count)
    var seats = ArrayParameter(.int4, capacity: count)
    var cents = ArrayParameter(.int8, capacity: count)
    var attempt = ArrayParameter(.int8, capacity: count)
    var reverses = ArrayParameter(.int8, capacity: count)
    var effective = ArrayParameter(.int8, capacity: count)
    var recorded = ArrayParameter(.int8, capacity: count)
    var principal = ArrayParameter(.text, capacity: count)
    var actor = ArrayParameter(.text, capacity: count)
    var reason = ArrayParameter(.text, capacity: count)
    var detail = ArrayParameter(.text, capacity: count)
    var key = ArrayParameter(.text, capacity: count)
    var request = ArrayParameter(.text, capacity: count)
    var answer = ArrayParameter(.text, capacity: count)
    var hashes = ArrayParameter(.bytea, capacity: count)
    for (id, entry, hash) in entries {
      tenant.append(id)
      seq.append(entry.number.value)
      kind.append(entry.kind.rawValue)
      fromPool.append(entry.from?.pool.value)
      fromBucket.append(entry.from?.bucket.rawValue)
      toPool.append(entry.to?.pool.value)
      toBucket.append(entry.to?.bucket.rawValue)
      seats.append(Int32(clamping: entry.amount.seats))
      cents.append(entry.amount.cents)
      attempt.append(entry.attempt?.value)
      reverses.append(entry.reverses?.value)
      effective.append(entry.effective.microseconds)
      recorded.append(entry.recorded.microseconds)
      principal.append(entry.principal)
      actor.append(entry.actor)
      reason.append(entry.reason)
      detail.append(entry.detailText)
      key.append(entry.kept?.key)
      request.append(entry.kept?.request)
      answer.append(entry.kept?.answer)
      hashes.append(hash.bytes)
    }
    return Parameters([
      tenant, seq, kind, fromPool, fromBucket, toPool, toBucket, seats, cents, attempt, reverses, effective, recorded,
      principal, actor, reason, detail, key, request, answer, hashes,
    ])
  }

  private var newPoolParameters: Parameters {
    var names = [ArrayParameter](repeating: ArrayParameter(.text), count: 4)
    var expires = ArrayParameter(.int4)
    for (_, pool) in newPools {
      names[0].append(pool.identity.school.text)
      names[1].append(pool.identity.program.text)
      names[2].append(pool.identity.kind.rawValue)
      names[3].append(pool.identity.fund.text)
      expires.append(pool.identity.expires.day)
    }
    return Parameters(changing(newPools) + names + [expires])
  }

  private var changedPoolParameters: Parameters { Parameters(changing(changedPools)) }

  /// The columns that change in a pool's life, behind its key.
  private func changing(_ pools: [(Int32, Pool)]) -> [ArrayParameter] {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var amounts = [ArrayParameter](repeating: ArrayParameter(.int8), count: 2 * PoolColumns.amounts.count)
    var thirdTries = ArrayParameter(.int8)
    var uses = ArrayParameter(.int8)
    var closed = ArrayParameter(.bool)
    for (id, pool) in pools {
      tenant.append(id)
      number.append(pool.number.value)
      for (index, amount) in PoolColumns.values(of: pool.balance).enumerated() {
        amounts[2 * index].append(amount.seats)
        amounts[2 * index + 1].append(amount.cents)
      }
      thirdTries.append(pool.thirdTries)
      uses.append(pool.uses)
      closed.append(pool.isClosed)
    }
    return [tenant, number] + amounts + [thirdTries, uses, closed]
  }

  private var newAttemptParameters: Parameters {
    let count = newAttempts.count
    var changing = ChangingColumns(capacity: count)
    var school = ArrayParameter(.text, capacity: count)
    var candidate = ArrayParameter(.text, capacity: count)
    var test = ArrayParameter(.text, capacity: count)
    var program = ArrayParameter(.text, capacity: count)
    var number = ArrayParameter(.int4, capacity: count)
    var reserved = ArrayParameter(.int8, capacity: count)
    var seatOf = ArrayParameter(.int8, capacity: count)
    var pool = ArrayParameter(.int8, capacity: count)
    var approval = ArrayParameter(.int8, capacity: count)
    var thirdTry = ArrayParameter(.bool, capacity: count)
    var seatCents = ArrayParameter(.int8, capacity: count)
    for (id, attempt) in newAttempts {
      changing.append(id, attempt)
      school.append(attempt.facts.school.text)
      candidate.append(attempt.facts.candidate.token)
      test.append(attempt.facts.test.text)
      program.append(attempt.facts.program.text)
      number.append(Int32(attempt.facts.ordinal))
      reserved.append(attempt.reserved.microseconds)
      seatOf.append(attempt.facts.seatOf?.value)
      pool.append(attempt.facts.pool?.value)
      approval.append(attempt.facts.approval?.value)
      thirdTry.append(attempt.facts.isThirdTry)
      seatCents.append(attempt.seat?.cents)
    }
    return Parameters(
      changing.columns + [
        school, candidate, test, program, number, reserved, seatOf, pool, approval, thirdTry, seatCents,
      ])
  }

  private var changedAttemptParameters: Parameters {
    var changing = ChangingColumns(capacity: changedAttempts.count)
    for (id, attempt) in changedAttempts { changing.append(id, attempt) }
    return Parameters(changing.columns)
  }

  /// The columns that change in an attempt's life, behind its key.
  private struct ChangingColumns {
    private var tenant: ArrayParameter
    private var attempt: ArrayParameter
    private var state: ArrayParameter
    private var appointment: ArrayParameter
    private var wholeDay: ArrayParameter
    private var minutes: ArrayParameter
    private var started: ArrayParameter
    private var completed: ArrayParameter
    private var bucket: ArrayParameter
    private var year: ArrayParameter

    init(capacity: Int) {
      tenant = ArrayParameter(.int4, capacity: capacity)
      attempt = ArrayParameter(.int8, capacity: capacity)
      state = ArrayParameter(.text, capacity: capacity)
      appointment = ArrayParameter(.int8, capacity: capacity)
      wholeDay = ArrayParameter(.bool, capacity: capacity)
      minutes = ArrayParameter(.int4, capacity: capacity)
      started = ArrayParameter(.int8, capacity: capacity)
      completed = ArrayParameter(.int4, capacity: capacity)
      bucket = ArrayParameter(.text, capacity: capacity)
      year = ArrayParameter(.int4, capacity: capacity)
    }

    mutating func append(_ id: Int32, _ attempt: Attempt) {
      tenant.append(id)
      self.attempt.append(attempt.number.value)
      state.append(attempt.state.rawValue)
      appointment.append(attempt.appointment?.begins.microseconds)
      wholeDay.append(attempt.appointment?.isWholeDay ?? false)
      minutes.append(Int32(attempt.minutes))
      started.append(attempt.started?.microseconds)
      completed.append(attempt.completed?.day)
      bucket.append(attempt.seat?.bucket.rawValue)
      year.append(Int32(attempt.year.start))
    }

    var columns: [ArrayParameter] {
      [tenant, attempt, state, appointment, wholeDay, minutes, started, completed, bucket, year]
    }
  }

  private var approvalParameters: Parameters {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var texts = [ArrayParameter](repeating: ArrayParameter(.text), count: 4)
    var usedBy = ArrayParameter(.int8)
    for (id, approval) in approvals {
      tenant.append(id)
      number.append(approval.number.value)
      texts[0].append(approval.school.text)
      texts[1].append(approval.candidate.token)
      texts[2].append(approval.test.text)
      texts[3].append(approval.principal)
      usedBy.append(approval.usedBy?.value)
    }
    return Parameters([tenant, number] + texts + [usedBy])
  }

  private var tenantParameters: Parameters {
    var tenant = ArrayParameter(.int4)
    var seq = ArrayParameter(.int8)
    var hash = ArrayParameter(.bytea)
    var recorded = ArrayParameter(.int8)
    var audit = ArrayParameter(.int8)
    for (id, head, lastAudit) in tenants {
      tenant.append(id)
      seq.append(head.number.value)
      hash.append(head.hash.bytes)
      recorded.append(head.recorded.microseconds)
      audit.append(lastAudit)
    }
    return Parameters([tenant, seq, hash, recorded, audit])
  }

  /// The audit list, and what it says was registered, in its order.
  private func addAudits(to pipeline: inout Pipeline) {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var recorded = ArrayParameter(.int8)
    var texts = [ArrayParameter](repeating: ArrayParameter(.text), count: 6)
    for (id, place, audit) in audits {
      tenant.append(id)
      number.append(place)
      recorded.append(audit.recorded.microseconds)
      texts[0].append(audit.principal)
      texts[1].append(audit.actor)
      texts[2].append(audit.request)
      texts[3].append(audit.kept?.key)
      texts[4].append(audit.kept?.request)
      texts[5].append(audit.kept?.answer)
    }
    let list = Parameters([tenant, number, recorded] + texts)
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

  private static let poolAmounts = PoolColumns.list(prefix: "")
  private static let poolArrays =
    "$1::int4[], $2::int8[], \((3...24).map { "$\($0)::int8[]" }.joined(separator: ", ")), $25::bool[]"

  private static let insertPools = Statement(
    "insert_pools",
    """
    INSERT INTO pool (
      tenant_id, pool, \(poolAmounts), third_tries, uses, closed, school, program, kind, fund, expires)
    SELECT u.tenant_id, u.pool, \(PoolColumns.list(prefix: "u.")), u.third_tries, u.uses, u.closed, u.school, u.program,
      u.kind::pool_kind, u.fund, date 'epoch' + u.expires
    FROM unnest(\(poolArrays), $26::text[], $27::text[], $28::text[], $29::text[], $30::int4[])
    AS u (tenant_id, pool, \(poolAmounts), third_tries, uses, closed, school, program, kind, fund, expires)
    """)

  private static let updatePools: Statement = {
    let changing = PoolColumns.names.flatMap { [$0, "\($0)_cents"] } + ["third_tries", "uses", "closed"]
    return Statement(
      "update_pools",
      """
      UPDATE pool p SET \(changing.map { "\($0) = u.\($0)" }.joined(separator: ", "))
      FROM unnest(\(poolArrays)) AS u (tenant_id, pool, \(poolAmounts), third_tries, uses, closed)
      WHERE p.tenant_id = u.tenant_id AND p.pool = u.pool
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
