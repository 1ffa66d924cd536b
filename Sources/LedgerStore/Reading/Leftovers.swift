package import Postgres
package import SeatLedger

/// What pools leave behind when their day ends, tenant by tenant.
package enum Leftovers {
  package static let questions = [selectOfYear, selectRehearsal]

  package typealias Line = (tenant: TenantCode, leftover: Leftover)

  /// Of the pools that expire in a year: what has expired of a closed one and, unless `onlyClosed`, what would of an open
  /// one.
  package static func ofYear(_ year: AcademicYear, tenant: TenantCode?, onlyClosed: Bool) -> Question<[Line]> {
    var parameters = Parameters()
    parameters.add(year.firstDay.day)
    parameters.add(year.lastDay.day)
    parameters.add(tenant?.text)
    parameters.add(onlyClosed)
    return Question(selectOfYear, parameters, lines)
  }

  /// What would expire at the end of the year that runs in each tenant's zone, or, where pools of an earlier year are
  /// still open, what of them is due by now.
  package static func rehearsal(_ today: [ZoneDay], tenant: TenantCode?) -> Question<[Line]> {
    let years = today.map { AcademicYear(containing: $0.date) }
    var parameters = Parameters()
    parameters.add(ArrayParameter(.text, today) { $0.zone })
    parameters.add(ArrayParameter(.int4, years) { $0.firstDay.day })
    parameters.add(ArrayParameter(.int4, years) { $0.lastDay.day })
    parameters.add(tenant?.text)
    return Question(selectRehearsal, parameters, lines)
  }

  @Sendable private static func lines(_ rows: Rows) -> [Line] {
    rows.map { row in (Code(stored: row.text()), Leftover(&row)) }
  }

  private static let selectOfYear = Statement(
    "leftovers",
    """
    SELECT t.code, count(*)::int8,
      sum(p.expired + p.available + p.held - coalesce(r.seats, 0))::int8,
      cents(sum(p.expired_cents + p.available_cents + p.held_cents - coalesce(r.cents, 0))),
      sum(p.reserved + coalesce(r.seats, 0))::int8, cents(sum(p.reserved_cents + coalesce(r.cents, 0)))
    FROM pool p JOIN tenant t USING (tenant_id)
    LEFT JOIN (
      SELECT a.tenant_id, a.pool, count(*)::int8 AS seats, sum(a.seat_cents)::int8 AS cents FROM attempt a
      WHERE a.seat_bucket = 'expired'
        AND ($3::text IS NULL OR a.tenant_id = (SELECT tenant_id FROM tenant WHERE code = $3::text))
      GROUP BY a.tenant_id, a.pool) r ON r.tenant_id = p.tenant_id AND r.pool = p.pool
    WHERE p.expires BETWEEN date 'epoch' + $1::int4 AND date 'epoch' + $2::int4
      AND ($3::text IS NULL OR t.code = $3::text) AND (p.closed OR NOT $4::bool)
    GROUP BY t.code ORDER BY t.code
    """)

  private static let selectRehearsal = Statement(
    "rehearsal",
    """
    SELECT DISTINCT ON (code) code, pools, idle, idle_cents, reserved, reserved_cents
    FROM (
      SELECT t.code, p.expires >= date 'epoch' + z.first AS running, count(*)::int8 AS pools,
        sum(p.available + p.held)::int8 AS idle, cents(sum(p.available_cents + p.held_cents)) AS idle_cents,
        sum(p.reserved)::int8 AS reserved, cents(sum(p.reserved_cents)) AS reserved_cents
      FROM open_pool o JOIN pool p USING (tenant_id, pool, expires) JOIN tenant t USING (tenant_id)
      JOIN unnest($1::text[], $2::int4[], $3::int4[]) z (zone, first, last) ON z.zone = t.zone
      WHERE NOT p.closed AND o.expires <= date 'epoch' + z.last AND ($4::text IS NULL OR t.code = $4::text)
      GROUP BY t.code, running) every
    ORDER BY code, running
    """)
}

extension Leftover {
  /// Reads how many pools, and the seats and cents of what is idle and of what is reserved in them.
  init(_ row: inout Row) {
    self.init()
    pools = row.integer()
    idle = Amount(seats: row.integer(), cents: row.integer())
    reserved = Amount(seats: row.integer(), cents: row.integer())
  }
}
