package import Postgres
package import SeatLedger

/// What a rollover asks the tables: which pools and holds are past their day.
package enum Due {
  package static let questions = [selectZones, selectZone, selectPools, countPools, selectHolds]

  /// The zones in which any tenant lives.
  package static func zones(_ connection: borrowing Connection) throws(PostgresError) -> [String] {
    var pipeline = Pipeline()
    pipeline.add(selectZones)
    return try connection.exchange(pipeline)[0].map { $0.text() }
  }

  /// The zone of a tenant; `nil` where there is no such tenant.
  package static func zone(
    of tenant: TenantCode, _ connection: borrowing Connection
  ) throws(PostgresError) -> String? {
    var parameters = Parameters()
    parameters.add(tenant.text)
    var pipeline = Pipeline()
    pipeline.add(selectZone, parameters)
    return try connection.exchange(pipeline)[0].first { $0.text() }
  }

  /// One pool whose day is over.
  package struct DuePool: Sendable {
    package let tenant: TenantCode
    package let pool: PoolNumber
    /// What its end will post: one entry, and one for each seat that is reserved.
    package let entries: Int
    fileprivate let expires: CivilDate
    fileprivate let id: Int32

    package init(tenant: TenantCode, pool: PoolNumber, entries: Int, expires: CivilDate, id: Int32) {
      self.tenant = tenant
      self.pool = pool
      self.entries = entries
      self.expires = expires
      self.id = id
    }
  }

  /// Open pools whose day is over, oldest first, from behind `after` on.
  package static func pools(
    _ today: [ZoneDay], tenant: TenantCode?, after: DuePool?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DuePool] {
    var parameters = parameters(today, tenant)
    parameters.add(after?.expires.day ?? Int32.min / 2 / 10_000)
    parameters.add(after?.id ?? 0)
    parameters.add(after?.pool.value ?? 0)
    parameters.add(limit)
    var pipeline = Pipeline()
    pipeline.add(selectPools, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      let id = Int32(row.integer())
      return DuePool(
        tenant: Code(stored: row.text()), pool: Number(row.integer()), entries: 1 + Int(row.integer()),
        expires: CivilDate(day: Int32(row.integer())), id: id)
    }
  }

  /// How many open pools' day is over.
  package static func count(
    _ today: [ZoneDay], tenant: TenantCode?, _ connection: borrowing Connection
  ) throws(PostgresError) -> Int64 {
    var pipeline = Pipeline()
    pipeline.add(countPools, parameters(today, tenant))
    return try connection.exchange(pipeline)[0].first { $0.integer() } ?? 0
  }

  /// One hold whose last day is over.
  package struct DueHold: Sendable {
    package let tenant: TenantCode
    package let hold: HoldNumber
  }

  /// Holds with seats left whose last day is over, oldest first, at most `limit`.
  package static func holds(
    _ today: [ZoneDay], tenant: TenantCode?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DueHold] {
    var parameters = parameters(today, tenant)
    parameters.add(limit)
    var pipeline = Pipeline()
    pipeline.add(selectHolds, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      DueHold(tenant: Code(stored: row.text()), hold: Number(row.integer()))
    }
  }

  /// `$1` to `$4`: the zones with their dates, the latest of these, the tenant.
  private static func parameters(_ today: [ZoneDay], _ tenant: TenantCode?) -> Parameters {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.text, today) { $0.zone })
    parameters.add(ArrayParameter(.int4, today) { $0.date.day })
    parameters.add(today.map(\.date.day).max() ?? 0)
    parameters.add(tenant?.text)
    return parameters
  }

  private static let selectZones = Statement(
    "zones", "SELECT DISTINCT zone FROM tenant WHERE tenant_id <> 0 ORDER BY zone")

  private static let selectZone = Statement("zone_of_tenant", "SELECT zone FROM tenant WHERE code = $1::text")

  /// What is past the latest of the dates is past nowhere: that bounds the index.
  private static func past(_ day: String) -> String {
    """
    \(day) < date 'epoch' + $3::int4 AND \(day) < date 'epoch' + z.today AND ($4::text IS NULL OR t.code = $4::text)
    """
  }

  private static let zonesToday = "unnest($1::text[], $2::int4[]) z (zone, today) ON z.zone = t.zone"

  private static let selectPools = Statement(
    "due_pools",
    """
    SELECT p.tenant_id, t.code, p.pool, p.reserved::int8, p.expires - date 'epoch'
    FROM pool p JOIN tenant t USING (tenant_id) JOIN \(zonesToday)
    WHERE NOT p.closed AND \(past("p.expires"))
      AND (p.expires, p.tenant_id, p.pool) > (date 'epoch' + $5::int4, $6::int4, $7::int8)
    ORDER BY p.expires, p.tenant_id, p.pool LIMIT $8::int4
    """)

  private static let countPools = Statement(
    "count_due_pools",
    """
    SELECT coalesce(sum(p.pools), 0)::int8
    FROM (
      SELECT tenant_id, expires, count(*) AS pools FROM pool WHERE NOT closed AND expires < date 'epoch' + $3::int4
      GROUP BY tenant_id, expires) p JOIN tenant t USING (tenant_id) JOIN \(zonesToday)
    WHERE \(past("p.expires"))
    """)

  private static let selectHolds = Statement(
    "due_holds",
    """
    SELECT t.code, h.hold
    FROM hold h JOIN tenant t USING (tenant_id) JOIN \(zonesToday)
    WHERE h.seats > 0 AND \(past("h.until"))
    ORDER BY h.until, h.tenant_id, h.hold LIMIT $5::int4
    """)
}

/// What day it is in a zone.
package struct ZoneDay: Hashable, Sendable {
  package let zone: String
  package let date: CivilDate

  package init(zone: String, date: CivilDate) {
    self.zone = zone
    self.date = date
  }
}
