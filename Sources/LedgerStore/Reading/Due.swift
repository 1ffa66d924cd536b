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

  /// What is asked for: by which dates, for whom, of which year.
  package struct Scope: Sendable {
    let today: [ZoneDay]
    let tenant: TenantCode?
    let year: AcademicYear?

    /// - Parameters:
    ///   - tenant: `nil` for every one.
    ///   - year: the pools that expire in it, `nil` for all that are due.
    package init(_ today: [ZoneDay], tenant: TenantCode?, year: AcademicYear? = nil) {
      self.today = today
      self.tenant = tenant
      self.year = year
    }

    /// The zones with their dates, the first day on which nothing is due any more, the tenant.
    fileprivate var parameters: Parameters {
      var parameters = Parameters()
      parameters.add(ArrayParameter(.text, today) { $0.zone })
      parameters.add(ArrayParameter(.int4, today) { $0.date.day })
      let last = today.map(\.date.day).max() ?? 0
      parameters.add(year.map { min(last, $0.next.firstDay.day) } ?? last)
      parameters.add(tenant?.text)
      return parameters
    }

    /// Long before any pool.
    fileprivate static let ever = Int32.min / 2 / 10_000

    fileprivate var firstDay: Int32 { year?.firstDay.day ?? Self.ever }
  }

  /// Open pools whose day is over, oldest first, from behind `after` on.
  package static func pools(
    _ scope: Scope, after: DuePool?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DuePool] {
    var parameters = scope.parameters
    parameters.add(after?.expires.day ?? scope.firstDay)
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
  package static func count(_ scope: Scope, _ connection: borrowing Connection) throws(PostgresError) -> Int64 {
    var parameters = scope.parameters
    parameters.add(scope.firstDay)
    var pipeline = Pipeline()
    pipeline.add(countPools, parameters)
    return try connection.exchange(pipeline)[0].first { $0.integer() } ?? 0
  }

  /// One hold whose last day is over.
  package struct DueHold: Sendable {
    package let tenant: TenantCode
    package let hold: HoldNumber
    fileprivate let until: CivilDate
    fileprivate let id: Int32
  }

  /// Holds with seats left whose last day is over, oldest first, from behind `after` on.
  package static func holds(
    _ scope: Scope, after: DueHold?, limit: Int32, _ connection: borrowing Connection
  ) throws(PostgresError) -> [DueHold] {
    var parameters = scope.parameters
    parameters.add(after?.until.day ?? Scope.ever)
    parameters.add(after?.id ?? 0)
    parameters.add(after?.hold.value ?? 0)
    parameters.add(limit)
    var pipeline = Pipeline()
    pipeline.add(selectHolds, parameters)
    return try connection.exchange(pipeline)[0].map { row in
      let id = Int32(row.integer())
      return DueHold(
        tenant: Code(stored: row.text()), hold: Number(row.integer()), until: CivilDate(day: Int32(row.integer())),
        id: id)
    }
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
      SELECT tenant_id, expires, count(*) AS pools FROM pool
      WHERE NOT closed AND expires < date 'epoch' + $3::int4 AND expires >= date 'epoch' + $5::int4
      GROUP BY tenant_id, expires) p JOIN tenant t USING (tenant_id) JOIN \(zonesToday)
    WHERE \(past("p.expires"))
    """)

  private static let selectHolds = Statement(
    "due_holds",
    """
    SELECT h.tenant_id, t.code, h.hold, h.until - date 'epoch'
    FROM hold h JOIN tenant t USING (tenant_id) JOIN \(zonesToday)
    WHERE h.seats > 0 AND \(past("h.until"))
      AND (h.until, h.tenant_id, h.hold) > (date 'epoch' + $5::int4, $6::int4, $7::int8)
    ORDER BY h.until, h.tenant_id, h.hold LIMIT $8::int4
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
