package import Postgres
package import SeatLedger

/// What a rollover asks the tables: which pools and holds are past their day.
package enum Due {
  package static let placeQuestions = [selectPlaces, selectPlace]

  package static let questions = [
    selectAllPools, selectPoolsOfTenant, countPools, selectAllHolds, selectHoldsOfTenant,
  ]

  /// A zone in which a tenant lives, and the last moment that any of its tenants has recorded: no tenant's now is before
  /// its own, whatever a test clock says.
  package struct Place: Sendable {
    package let zone: String
    package let recorded: Instant

    init(_ row: inout Row) {
      zone = row.text()
      recorded = Instant(microseconds: row.integer())
    }
  }

  /// The zones in which any tenant lives.
  package static var places: Question<[Place]> { Question(selectPlaces) { rows in rows.map { Place(&$0) } } }

  /// That of one tenant; `nil` where there is no such tenant.
  package static func place(of tenant: TenantCode) -> Question<Place?> {
    var parameters = Parameters()
    parameters.add(tenant.text)
    return Question(selectPlace, parameters) { rows in rows.first { Place(&$0) } }
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
  package static func pools(_ scope: Scope, after: DuePool?, limit: Int32) -> Question<[DuePool]> {
    var parameters = scope.parameters
    parameters.add(after?.expires.day ?? scope.firstDay)
    parameters.add(after?.id ?? 0)
    parameters.add(after?.pool.value ?? 0)
    parameters.add(limit)
    return Question(scope.tenant == nil ? selectAllPools : selectPoolsOfTenant, parameters) { rows in
      rows.map { row in
        let id = Int32(row.integer())
        return DuePool(
          tenant: Code(stored: row.text()), pool: Number(row.integer()), entries: 1 + Int(row.integer()),
          expires: CivilDate(day: Int32(row.integer())), id: id)
      }
    }
  }

  /// How many open pools' day is over.
  package static func count(_ scope: Scope) -> Question<Int64> {
    var parameters = scope.parameters
    parameters.add(scope.firstDay)
    return Question(countPools, parameters) { rows in rows.first { $0.integer() } ?? 0 }
  }

  /// One hold whose last day is over.
  package struct DueHold: Sendable {
    package let tenant: TenantCode
    package let hold: HoldNumber
    fileprivate let until: CivilDate
    fileprivate let id: Int32
  }

  /// Holds with seats left whose last day is over, oldest first, from behind `after` on.
  package static func holds(_ scope: Scope, after: DueHold?, limit: Int32) -> Question<[DueHold]> {
    var parameters = scope.parameters
    parameters.add(after?.until.day ?? Scope.ever)
    parameters.add(after?.id ?? 0)
    parameters.add(after?.hold.value ?? 0)
    parameters.add(limit)
    return Question(scope.tenant == nil ? selectAllHolds : selectHoldsOfTenant, parameters) { rows in
      rows.map { row in
        let id = Int32(row.integer())
        return DueHold(
          tenant: Code(stored: row.text()), hold: Number(row.integer()), until: CivilDate(day: Int32(row.integer())),
          id: id)
      }
    }
  }

  private static let selectPlaces = Statement(
    "places", "SELECT zone, max(recorded_at) FROM tenant WHERE tenant_id <> 0 GROUP BY zone ORDER BY zone")

  private static let selectPlace = Statement(
    "place_of_tenant", "SELECT zone, recorded_at FROM tenant WHERE code = $1::text")

  /// What is past the latest of the dates is past nowhere: that bounds the index.
  private static func past(_ day: String) -> String {
    """
    \(day) < date 'epoch' + $3::int4
      AND \(day) < date 'epoch' + ($2::int4[])[array_position($1::text[], t.zone)]
    """
  }

  /// A page of what is past its day, in the order of the index `(day, tenant_id, number)`: the tenants are looked up row
  /// by row, for any other join would leave it to the planner to sort everything that is due for every page of it.
  private static func page(
    _ columns: String, from table: String, day: String, number: String, where isOpen: String = "true",
    joining beside: String = "", _ tenant: String
  ) -> String {
    """
    SELECT d.tenant_id, t.code, \(columns), d.\(day) - date 'epoch'
    FROM \(table) d CROSS JOIN LATERAL (
      SELECT code, zone FROM tenant WHERE tenant_id = d.tenant_id OFFSET 0) t \(beside)
    WHERE \(isOpen) AND \(past("d.\(day)")) AND \(tenant)
      AND (d.\(day), d.tenant_id, d.\(number)) > (date 'epoch' + $5::int4, $6::int4, $7::int8)
    ORDER BY d.\(day), d.tenant_id, d.\(number) LIMIT $8::int4
    """
  }

  private static let ofAll = "$4::text IS NULL"
  private static let ofOne = "d.tenant_id = (SELECT tenant_id FROM tenant WHERE code = $4::text)"

  private static func selectPools(_ name: String, _ tenant: String) -> Statement {
    Statement(
      name,
      page(
        "d.pool, p.reserved", from: "open_pool", day: "expires", number: "pool",
        // One that a daemon from before this table has closed is still in it.
        where: "NOT p.closed",
        joining: """
          CROSS JOIN LATERAL (
            SELECT reserved::int8, closed FROM pool WHERE tenant_id = d.tenant_id AND pool = d.pool OFFSET 0) p
          """, tenant))
  }

  private static let selectAllPools = selectPools("due_pools", ofAll)
  private static let selectPoolsOfTenant = selectPools("due_pools_of_tenant", ofOne)

  private static let countPools = Statement(
    "count_due_pools",
    """
    SELECT coalesce(sum(p.pools), 0)::int8
    FROM (
      SELECT tenant_id, expires, count(*) AS pools FROM open_pool d
      WHERE expires < date 'epoch' + $3::int4 AND expires >= date 'epoch' + $5::int4
        AND ($4::text IS NULL OR \(ofOne))
      GROUP BY tenant_id, expires) p JOIN tenant t USING (tenant_id)
    WHERE \(past("p.expires"))
    """)

  private static func selectHolds(_ name: String, _ tenant: String) -> Statement {
    Statement(name, page("d.hold", from: "hold", day: "until", number: "hold", where: "d.seats > 0", tenant))
  }

  private static let selectAllHolds = selectHolds("due_holds", ofAll)
  private static let selectHoldsOfTenant = selectHolds("due_holds_of_tenant", ofOne)
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
