package import Postgres

// What `Save` runs: every table once, its rows from array parameters.

extension Save {
  package static let commit = Statement("commit", "COMMIT")
  package static let rollback = Statement("rollback", "ROLLBACK")

  static let insertEntries = Statement(
    "insert_entries",
    """
    INSERT INTO journal (
      tenant_id, seq, kind, from_pool, from_bucket, to_pool, to_bucket, seats, cents, attempt, reverses, effective_at,
      recorded_at, principal, actor, reason, detail, idem, request, answer, hash)
    SELECT u.tenant_id, u.seq, \(EntryColumns.kinds.word("u.kind")), u.from_pool,
      \(EntryColumns.buckets.word("u.from_bucket")), u.to_pool, \(EntryColumns.buckets.word("u.to_bucket")),
      u.seats, u.cents, u.attempt, u.reverses, u.effective_at, u.recorded_at, u.principal, u.actor, u.reason, u.detail,
      u.idem, u.request, u.answer, u.hash
    FROM unnest($1::entry_row[]) u
    """)

  static let insertPools = Statement(
    "insert_pools",
    """
    INSERT INTO pool (
      tenant_id, pool, expires, kind, school, program, fund, \(PoolColumns.list(prefix: "")), third_tries, uses, closed)
    SELECT u.tenant_id, u.pool, u.expires, \(PoolColumns.kinds.word("u.kind")), u.school, u.program, u.fund,
      \(PoolColumns.list(prefix: "u.")), u.third_tries, u.uses, u.closed
    FROM unnest($1::pool_row[]) u
    """)

  static let updatePools = updatePools("update_pools", amounts + ["third_tries", "uses"])

  /// The pools that are closed, or opened again: a trigger looks at who changes that.
  static let turnPools = updatePools("turn_pools", amounts + ["third_tries", "uses", "closed"])

  private static var amounts: [String] { PoolColumns.names.flatMap { [$0, "\($0)_cents"] } }

  private static func updatePools(_ name: String, _ changing: [String]) -> Statement {
    Statement(
      name,
      """
      UPDATE pool p SET \(changing.map { "\($0) = u.\($0)" }.joined(separator: ", "))
      FROM unnest($1::pool_change[]) u
      WHERE p.tenant_id = u.tenant_id AND p.pool = u.pool
      """)
  }

  static let deleteOpenPools = Statement(
    "delete_open_pools",
    """
    DELETE FROM open_pool o USING unnest($1::int4[], $2::int8[]) u (tenant_id, pool)
    WHERE o.tenant_id = u.tenant_id AND o.pool = u.pool
    """)

  /// It fails, for a candidate's attempts are numbered, where a candidate was taken to be new who is not.
  static let insertAttempts = Statement(
    "insert_attempts",
    """
    INSERT INTO attempt (
      tenant_id, attempt, state, appointment_at, whole_day, minutes, started_at, completed_on, seat_bucket, year,
      school, candidate, test, program, number, reserved_at, seat_of, pool, approval, third_try, seat_cents,
      candidate_seq)
    SELECT u.tenant_id, u.attempt, \(AttemptColumns.states.word("u.state")),
      u.appointment_at, u.whole_day, u.minutes, u.started_at, u.completed_on,
      \(EntryColumns.buckets.word("u.seat_bucket")), u.year, u.school, u.candidate, u.test, u.program,
      u.number, u.reserved_at, u.seat_of, u.pool, u.approval, u.third_try, u.seat_cents, u.candidate_seq
    FROM unnest($1::attempt_row[]) u
    """)

  static let updateAttempts = Statement(
    "update_attempts",
    """
    UPDATE attempt a SET
      state = \(AttemptColumns.states.word("u.state")), appointment_at = u.appointment_at, whole_day = u.whole_day,
      minutes = u.minutes, started_at = u.started_at, completed_on = u.completed_on,
      seat_bucket = \(EntryColumns.buckets.word("u.seat_bucket")), year = u.year,
      reserved_at = u.reserved_at
    FROM unnest($1::attempt_change[]) u
    WHERE a.tenant_id = u.tenant_id AND a.attempt = u.attempt
    """)

  static let upsertApprovals = Statement(
    "upsert_approvals",
    """
    INSERT INTO approval (tenant_id, approval, school, candidate, test, principal, used_by)
    SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[])
    ON CONFLICT (tenant_id, approval) DO UPDATE SET used_by = excluded.used_by
    """)

  static let upsertHolds = Statement(
    "upsert_holds",
    """
    INSERT INTO hold (tenant_id, hold, pool, until, seats)
    SELECT u.tenant_id, u.hold, u.pool, date 'epoch' + u.until, u.seats
    FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int4[], $5::int8[]) u (tenant_id, hold, pool, until, seats)
    ON CONFLICT (tenant_id, hold) DO UPDATE SET seats = excluded.seats
    """)

  static let insertSealedYears = Statement(
    "insert_sealed_years",
    "INSERT INTO sealed_year (tenant_id, program, year) SELECT * FROM unnest($1::int4[], $2::text[], $3::int4[])")

  static let insertAudits = Statement(
    "insert_audits",
    """
    INSERT INTO audit (tenant_id, number, recorded_at, principal, actor, request, idem, kept, answer)
    SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[])
    """)

  static let insertSchools = Statement(
    "insert_school", "INSERT INTO school (tenant_id, code, name) VALUES ($1, $2, $3)")

  static let insertGrants = Statement(
    "insert_grant", "INSERT INTO access_grant (tenant_id, principal, role, school) VALUES ($1, $2, $3, $4)")

  static let deleteGrants = Statement(
    "delete_grant",
    "DELETE FROM access_grant WHERE tenant_id = $1 AND principal = $2 AND role = $3 AND school = $4")

  static let insertTokens = Statement(
    "insert_token", "INSERT INTO token (tenant_id, name, id, secret_hash, issued_at) VALUES ($1, $2, $3, $4, $5)")

  static let revokeTokens = Statement(
    "revoke_token", "UPDATE token SET revoked_at = $3 WHERE tenant_id = $1 AND name = $2")

  /// Locks the tenants and moves their heads. It fails, for `last_seq` is never null, where a head is not the one that the
  /// batch was decided on, or where the server's clock is outside of `$2` to `$3`.
  static let moveHeads = Statement(
    "move_heads",
    """
    UPDATE tenant t SET
      last_seq = CASE
        WHEN t.last_hash = u.expected_hash AND t.last_audit = u.expected_audit
          AND statement_timestamp() BETWEEN coalesce($2::timestamptz, '-infinity')
            AND coalesce($3::timestamptz, 'infinity')
        THEN u.last_seq END,
      last_hash = u.last_hash, recorded_at = u.recorded_at, last_audit = u.last_audit
    FROM unnest($1::head_move[]) u
    WHERE t.tenant_id = u.tenant_id
    """)
}
