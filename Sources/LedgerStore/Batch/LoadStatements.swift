package import Postgres

// What `Load` runs: the locks, then the part of the books that a batch touches.

extension Load {
  package static let begin = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED")

  package static let beginSnapshot = Statement("begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

  /// Names the tenants whose rows a reader's transaction sees: the policies of the tables ask for them.
  package static let forTenants = Statement(
    "for_tenants", "SELECT set_config('seatledger.tenants', $1::int4[]::text, true)")

  package static func tenants(_ ids: [Int32]) -> Parameters {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, Set(ids)) { $0 })
    return parameters
  }

  package static let end = Statement("end", "COMMIT")

  private static let heads = """
    SELECT tenant_id, last_seq, last_hash, recorded_at, last_audit,
      (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    FROM tenant WHERE tenant_id = ANY ($1::int4[]) ORDER BY tenant_id
    """

  static let lock = Statement("lock", heads + " FOR NO KEY UPDATE")

  package static let selectHeads = Statement("select_heads", heads)

  static let selectKeys = Statement(
    "select_keys",
    """
    SELECT j.tenant_id, j.idem, j.principal, j.request, j.answer
    FROM unnest($1::int4[], $2::text[]) k (tenant_id, idem)
    JOIN journal j ON j.tenant_id = k.tenant_id AND j.idem = k.idem
    UNION ALL
    SELECT d.tenant_id, d.idem, d.principal, d.kept, d.answer
    FROM unnest($1::int4[], $2::text[]) k (tenant_id, idem)
    JOIN audit d ON d.tenant_id = k.tenant_id AND d.idem = k.idem
    """)

  static let selectAuditKeys = Statement(
    "select_audit_keys",
    """
    SELECT k.tenant_id, (SELECT max(d.idem) FROM audit d WHERE d.tenant_id = k.tenant_id AND d.idem IS NOT NULL)
    FROM unnest($1::int4[]) k (tenant_id)
    """)

  static let selectAttempts = Statement(
    "select_attempts",
    """
    SELECT \(AttemptColumns.select)
    FROM unnest($1::int4[], $2::text[]) k (tenant_id, candidate)
    JOIN attempt a ON a.tenant_id = k.tenant_id AND a.candidate = k.candidate
    """)

  /// All attempts of the candidates of these.
  static let selectAttemptsBeside = Statement(
    "select_attempts_beside",
    """
    SELECT \(AttemptColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, attempt)
    JOIN attempt n ON n.tenant_id = k.tenant_id AND n.attempt = k.attempt
    JOIN attempt a ON a.tenant_id = n.tenant_id AND a.candidate = n.candidate
    """)

  /// The pools that schools can draw on.
  static let selectPools = Statement(
    "select_pools",
    """
    SELECT \(PoolColumns.select)
    FROM unnest($1::int4[], $2::text[], $3::text[]) k (tenant_id, school, program)
    JOIN pool p ON p.tenant_id = k.tenant_id AND p.school = k.school AND p.program = k.program
      AND p.expires >= date 'epoch' + $4::int4
    """)

  /// Those of the schools that these attempts were reserved at.
  static let selectPoolsBeside = Statement(
    "select_pools_beside",
    """
    SELECT \(PoolColumns.select)
    FROM (
      SELECT DISTINCT n.tenant_id, n.school, n.program FROM unnest($1::int4[], $2::int8[]) k (tenant_id, attempt)
      JOIN attempt n ON n.tenant_id = k.tenant_id AND n.attempt = k.attempt) u
    JOIN pool p ON p.tenant_id = u.tenant_id AND p.school = u.school AND p.program = u.program
      AND p.expires >= date 'epoch' + $3::int4
    """)

  static let selectApprovals = Statement(
    "select_approvals",
    """
    SELECT \(ApprovalColumns.select)
    FROM unnest($1::int4[], $2::text[]) k (tenant_id, candidate)
    JOIN approval v ON v.tenant_id = k.tenant_id AND v.candidate = k.candidate
    """)

  static let selectApprovalsBeside = Statement(
    "select_approvals_beside",
    """
    SELECT \(ApprovalColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, attempt)
    JOIN attempt n ON n.tenant_id = k.tenant_id AND n.attempt = k.attempt
    JOIN approval v ON v.tenant_id = n.tenant_id AND v.candidate = n.candidate
    """)

  static let selectNumberedPools = Statement(
    "select_numbered_pools",
    """
    SELECT \(PoolColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, pool)
    JOIN pool p ON p.tenant_id = k.tenant_id AND p.pool = k.pool
    """)

  /// What hangs on the pools' seats, with the attempts that took those seats.
  ///
  /// An attempt is numbered after the pool of its seat, so those of a tenant's pools are found behind the oldest pool in
  /// the order of the primary key: no index of their own costs every reserve something for the sake of one night a year.
  static let selectClosingAttempts = Statement(
    "select_closing_attempts",
    """
    SELECT \(AttemptColumns.select)
    FROM (
      SELECT h.tenant_id, unnest(ARRAY[h.attempt, h.seat_of]) AS attempt
      FROM (
        SELECT tenant_id, min(pool) AS oldest, array_agg(pool) AS pools
        FROM unnest($1::int4[], $2::int8[]) k (tenant_id, pool) GROUP BY tenant_id) k
      JOIN attempt h ON h.tenant_id = k.tenant_id AND h.attempt > k.oldest
      WHERE h.pool = ANY (k.pools) AND (h.state = 'reserved' OR h.seat_bucket = 'reserved')) hanging
    JOIN attempt a ON a.tenant_id = hanging.tenant_id AND a.attempt = hanging.attempt
    """)

  static let selectClosingHolds = Statement(
    "select_closing_holds",
    """
    SELECT \(HoldColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, pool)
    JOIN hold h ON h.tenant_id = k.tenant_id AND h.pool = k.pool AND h.seats > 0
    """)

  static let selectHolds = Statement(
    "select_holds",
    """
    SELECT \(HoldColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, hold)
    JOIN hold h ON h.tenant_id = k.tenant_id AND h.hold = k.hold
    """)

  static let selectPoolsOfHolds = Statement(
    "select_pools_of_holds",
    """
    SELECT \(PoolColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, hold)
    JOIN hold h ON h.tenant_id = k.tenant_id AND h.hold = k.hold
    JOIN pool p ON p.tenant_id = h.tenant_id AND p.pool = h.pool
    """)

  static let selectSealedYears = Statement(
    "select_sealed_years", "SELECT tenant_id, program, year FROM sealed_year WHERE tenant_id = ANY ($1::int4[])")

  /// Of programs (`$2`) whose pools expire between two dates (`$3`, `$4`): those that are not closed.
  static let selectOpenPools = Statement(
    "select_open_pools",
    """
    SELECT \(PoolColumns.select)
    FROM unnest($1::int4[], $2::text[], $3::int4[], $4::int4[]) k (tenant_id, program, first, last)
    JOIN pool p ON p.tenant_id = k.tenant_id AND p.program = k.program AND NOT p.closed
      AND p.expires BETWEEN date 'epoch' + k.first AND date 'epoch' + k.last
    """)

  static let selectEntries = Statement(
    "select_entries",
    """
    SELECT \(EntryColumns.select)
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, seq)
    JOIN journal j ON j.tenant_id = k.tenant_id AND j.seq = k.seq
    """)

  static let selectReversals = Statement(
    "select_reversals",
    """
    SELECT j.tenant_id, j.reverses, j.seq
    FROM unnest($1::int4[], $2::int8[]) k (tenant_id, seq)
    JOIN journal j ON j.tenant_id = k.tenant_id AND j.reverses = k.seq
    """)

  /// Nothing is effective after it was recorded, and recorded time runs with `seq`: what counts is found behind the last
  /// entry that was recorded by then, and behind the pool, whose entries are numbered after it.
  static let selectFlows = Statement(
    "select_flows",
    """
    SELECT k.tenant_id, k.pool, j.effective_at, j.from_bucket::text, j.from_pool = k.pool, j.to_bucket::text,
      j.to_pool = k.pool, j.seats, j.cents,
      j.kind = 'expire' AND j.attempt IS NULL AND j.detail IS NULL,
      CASE WHEN j.kind IN ('hold', 'release', 'expire') THEN j.detail END
    FROM unnest($1::int4[], $2::int8[], $3::int8[]) k (tenant_id, pool, since)
    CROSS JOIN LATERAL (
      SELECT coalesce((
        SELECT b.seq FROM journal b WHERE b.tenant_id = k.tenant_id AND b.recorded_at <= k.since
        ORDER BY b.tenant_id DESC, b.seq DESC LIMIT 1), 0) AS seq
      OFFSET 0) before
    CROSS JOIN LATERAL (
      SELECT * FROM journal j
      WHERE j.tenant_id = k.tenant_id AND j.seq > greatest(before.seq, k.pool - 1) AND j.effective_at > k.since
        AND (j.from_pool = k.pool OR j.to_pool = k.pool)
        AND (j.from_bucket IN ('available', 'held') OR j.to_bucket IN ('available', 'held')
          OR j.from_pool IS NULL OR j.to_pool IS NULL)
      OFFSET 0) j
    ORDER BY j.tenant_id, j.seq
    """)

  static let selectGrants = Statement(
    "select_grants",
    "SELECT tenant_id, principal, role::text, school FROM access_grant WHERE tenant_id = ANY ($1::int4[])")

  static let selectTokens = Statement(
    "select_tokens", "SELECT tenant_id, name, revoked_at IS NOT NULL FROM token WHERE tenant_id = ANY ($1::int4[])")
}
