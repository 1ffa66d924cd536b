package import Postgres
package import SeatLedger

/// What a rollover asks the tables: which pools are past their day, and what they leave behind.
package enum Due {
  package static let questions = [selectZones, selectPools, selectHolds, selectLeftovers]

  /// One pool that may be due: its zone decides.
  package struct DuePool: Sendable {
    package let tenant: TenantCode
    package let zone: String
    package let pool: PoolNumber
    package let expires: CivilDate
    fileprivate let id: Int32
  }

  /// The zones in which any tenant lives.
  package static func zones(_ connection: borrowing Connection) throws(PostgresError) -> [String] {
    var pipeline = Pipeline()
    pipeline.add(selectZones)
    return try connection.exchange(pipeline)[0].map { $0.text() }
  }

  /// Open pools that expired before `date`, oldest first, from behind `after` on.
  package static func pools(
    before date: CivilDate, tenant: TenantCode?, after: DuePool?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DuePool] {
    var parameters = Parameters()
    parameters.add(date.day)
    parameters.add(tenant?.text)
    parameters.add(after?.expires.day ?? Int32.min / 2 / 10_000)
    parameters.add(after?.id ?? 0)
    parameters.add(after?.pool.value ?? 0)
    parameters.add(limit)
    var pipeline = Pipeline()
    pipeline.add(selectPools, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      let id = Int32(row.integer())
      return DuePool(
        tenant: Code(stored: row.text()), zone: row.text(), pool: Number(row.integer()),
        expires: CivilDate(day: Int32(row.integer())), id: id)
    }
  }

  /// One hold that may have ended: its tenant's zone decides.
  package struct DueHold: Sendable {
    package let tenant: TenantCode
    package let zone: String
    package let hold: HoldNumber
    package let until: CivilDate
  }

  /// Holds with seats left whose last day is before `date`, oldest first, at most `limit`.
  package static func holds(
    before date: CivilDate, tenant: TenantCode?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DueHold] {
    var parameters = Parameters()
    parameters.add(date.day)
    parameters.add(tenant?.text)
    parameters.add(limit)
    var pipeline = Pipeline()
    pipeline.add(selectHolds, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      DueHold(
        tenant: Code(stored: row.text()), zone: row.text(), hold: Number(row.integer()),
        until: CivilDate(day: Int32(row.integer())))
    }
  }

  /// What the pools that expire between two dates leave behind, tenant by tenant: what has expired of a closed one, what
  /// would of an open one.
  package static func leftovers(
    from first: CivilDate, through last: CivilDate, tenant: TenantCode?, onlyOpen: Bool,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> [(tenant: TenantCode, leftover: Leftover)] {
    var parameters = Parameters()
    parameters.add(first.day)
    parameters.add(last.day)
    parameters.add(tenant?.text)
    parameters.add(onlyOpen)
    var pipeline = Pipeline()
    pipeline.add(selectLeftovers, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      let tenant = TenantCode(stored: row.text())
      var leftover = Leftover()
      leftover.pools = row.integer()
      leftover.idle = Amount(seats: row.integer(), cents: row.integer())
      leftover.reserved = Amount(seats: row.integer(), cents: row.integer())
      return (tenant, leftover)
    }
  }

  private static let selectZones = Statement(
    "zones", "SELECT DISTINCT zone FROM tenant WHERE tenant_id <> 0 ORDER BY zone")

  private static let selectPools = Statement(
    "due_pools",
    """
    SELECT p.tenant_id, t.code, t.zone, p.pool, p.expires - date 'epoch'
    FROM pool p JOIN tenant t USING (tenant_id)
    WHERE NOT p.closed AND p.expires < date 'epoch' + $1::int4 AND ($2::text IS NULL OR t.code = $2::text)
      AND (p.expires, p.tenant_id, p.pool) > (date 'epoch' + $3::int4, $4::int4, $5::int8)
    ORDER BY p.expires, p.tenant_id, p.pool LIMIT $6::int4
    """)

  private static let selectHolds = Statement(
    "due_holds",
    """
    SELECT t.code, t.zone, h.hold, h.until - date 'epoch'
    FROM hold h JOIN tenant t USING (tenant_id)
    WHERE h.seats > 0 AND h.until < date 'epoch' + $1::int4 AND ($2::text IS NULL OR t.code = $2::text)
    ORDER BY h.until, h.tenant_id, h.hold LIMIT $3::int4
    """)

  private static let selectLeftovers = Statement(
    "leftovers",
    """
    SELECT t.code, count(*)::int8,
      sum(CASE WHEN p.closed THEN p.expired - coalesce(r.seats, 0) ELSE p.available + p.held END)::int8,
      sum(CASE WHEN p.closed THEN p.expired_cents - coalesce(r.cents, 0) ELSE p.available_cents + p.held_cents END)::int8,
      sum(CASE WHEN p.closed THEN coalesce(r.seats, 0) ELSE p.reserved END)::int8,
      sum(CASE WHEN p.closed THEN coalesce(r.cents, 0) ELSE p.reserved_cents END)::int8
    FROM pool p JOIN tenant t USING (tenant_id)
    LEFT JOIN (
      SELECT a.tenant_id, a.pool, count(*)::int8 AS seats, sum(a.seat_cents)::int8 AS cents FROM attempt a
      WHERE a.seat_bucket = 'expired' AND NOT $4::bool
        AND ($3::text IS NULL OR a.tenant_id = (SELECT tenant_id FROM tenant WHERE code = $3::text))
      GROUP BY a.tenant_id, a.pool) r ON r.tenant_id = p.tenant_id AND r.pool = p.pool
    WHERE p.expires BETWEEN date 'epoch' + $1::int4 AND date 'epoch' + $2::int4
      AND ($3::text IS NULL OR t.code = $3::text) AND NOT (p.closed AND $4::bool)
    GROUP BY t.code ORDER BY t.code
    """)
}
