package import SeatLedger
internal import Postgres

/// The pools that a balance shows; what is `nil` is not asked about.
package struct PoolFilter: Sendable {
  package var schools: [SchoolCode]?
  package var program: ProgramCode?
  package var year: AcademicYear?
  package var fund: FundCode?

  package init(schools: [SchoolCode]?, program: ProgramCode?, year: AcademicYear?, fund: FundCode?) {
    self.schools = schools
    self.program = program
    self.year = year
    self.fund = fund
  }

  /// `$2` to `$6` of a statement.
  func add(to parameters: inout Parameters) {
    if let schools { parameters.add(ArrayParameter(.text, schools) { $0.text }) } else { parameters.add(String?.none) }
    parameters.add(program?.text)
    parameters.add(year?.firstDay.day)
    parameters.add(year?.lastDay.day)
    parameters.add(fund?.text)
  }

  static func condition(on pool: String) -> String {
    """
    ($2::text[] IS NULL OR \(pool).school = ANY ($2::text[])) AND ($3::text IS NULL OR \(pool).program = $3::text)
    AND ($4::int4 IS NULL OR \(pool).expires BETWEEN date 'epoch' + $4::int4 AND date 'epoch' + $5::int4)
    AND ($6::text IS NULL OR \(pool).fund = $6::text)
    """
  }
}

extension Query {
  /// A row a pool, in the order of school, program, expiry date, fund and kind; the end carries the totals.
  package static func balance(
    of tenant: TenantRecord, _ filter: PoolFilter, _ horizon: Horizon, _ paging: Paging
  ) throws(BadQuestion) -> Query {
    var key: [String] = []
    if let after = paging.after {
      key = after.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard key.count == 5, CivilDate(key[2]) != nil, Pool.Kind(rawValue: key[4]) != nil else { throw .cursor }
    }
    var page = Parameters()
    page.add(tenant.id)
    filter.add(to: &page)
    var totals = Parameters()
    totals.add(tenant.id)
    filter.add(to: &totals)
    page.add(Int32(paging.limit + 1))
    for index in [0, 1, 3, 4] { page.add(key.isEmpty ? nil : key[index]) }
    page.add(key.isEmpty ? nil : CivilDate(key[2])?.day)
    if !horizon.isNow {
      horizon.add(to: &page)
      horizon.add(to: &totals)
    }
    let statements =
      horizon.isNow
      ? (BalanceQuery.page, BalanceQuery.totals) : (BalanceQuery.pageOfHistory, BalanceQuery.totalsOfHistory)
    return Query([(statements.0, page), (statements.1, totals), HeadQuery.step(tenant, horizon)]) { rows in
      let pools = rows[0].map { row in
        _ = row.integer()
        return Pool(&row)
      }
      var answer = Page.of(pools, limit: paging.limit, cursor: \.cursor) { pool in
        var fields = Fields()
        fields.add(pool.identity, year: pool.year)
        fields.add(pool.balance, order: BalanceQuery.rowOrder)
        fields.add(.thirdTries, pool.thirdTries)
        fields.add(.uses, pool.uses)
        return fields
      }
      rows[1].forEach { row in
        var balance = Balance()
        PoolColumns.read(&balance) { Amount(seats: row.integer(), cents: 0) }
        answer.end.add(balance, order: BalanceQuery.totalOrder)
        answer.end.add(.thirdTries, row.integer())
        answer.end.add(.uses, row.integer())
      }
      answer.end.add(.seq, HeadQuery.seq(rows[2]))
      return answer
    }
  }
}

enum BalanceQuery {
  static let rowOrder: [(FieldName, any KeyPath<Balance, Amount> & Sendable)] = [
    (.purchased, \.purchased), (.transferredIn, \.transferredIn), (.transferredOut, \.transferredOut),
    (.returned, \.returned), (.available, \.available), (.held, \.held), (.reserved, \.reserved),
    (.consumed, \.consumed), (.forfeited, \.forfeited), (.expired, \.expired),
  ]

  /// What can still be used comes first.
  static let totalOrder = Array(rowOrder[4...]) + Array(rowOrder[..<4])

  static let page = page("balance_page", of: "pool p")
  static let pageOfHistory = page("balance_page_of_history", of: HistoryQuery.pools(first: 13))
  static let totals = totals("balance_totals", of: "pool p")
  static let totalsOfHistory = totals("balance_totals_of_history", of: HistoryQuery.pools(first: 7))

  private static func page(_ name: String, of pools: String) -> Statement {
    Statement(
      name,
      """
      SELECT \(PoolColumns.select) FROM \(pools)
      WHERE p.tenant_id = $1::int4 AND \(PoolFilter.condition(on: "p"))
        AND ($8::text IS NULL OR (p.school, p.program) >= ($8::text, $9::text)
          AND (p.school, p.program, \(year("p.expires")), p.fund, p.expires, p.kind)
            > ($8::text, $9::text, \(year("date 'epoch' + $12::int4")), $10::text, date 'epoch' + $12::int4,
              $11::text::pool_kind))
      ORDER BY p.school, p.program, \(year("p.expires")), p.fund, p.expires, p.kind LIMIT $7::int4
      """)
  }

  /// The calendar year in which the academic year of a day ends: July 1 is 184 days before January 1, in every year.
  private static func year(_ day: String) -> String { "extract(year FROM \(day) + 184)" }

  private static func totals(_ name: String, of pools: String) -> Statement {
    Statement(
      name,
      """
      SELECT \(PoolColumns.names.map { "coalesce(sum(p.\($0)), 0)::int8" }.joined(separator: ", ")),
        coalesce(sum(p.third_tries), 0)::int8, coalesce(sum(p.uses), 0)::int8
      FROM \(pools) WHERE p.tenant_id = $1::int4 AND \(PoolFilter.condition(on: "p"))
      """)
  }
}

extension Pool {
  fileprivate var cursor: String {
    "\(identity.school)/\(identity.program)/\(identity.expires)/\(identity.fund)/\(identity.kind.rawValue)"
  }
}

extension Fields {
  fileprivate mutating func add(_ identity: Pool.Identity, year: AcademicYear) {
    add(.school, identity.school)
    add(.program, identity.program)
    add(.year, year.description)
    add(.kind, identity.kind.rawValue)
    add(.fund, identity.fund)
    add(.expires, identity.expires)
  }

  fileprivate mutating func add(_ balance: Balance, order: [(FieldName, any KeyPath<Balance, Amount> & Sendable)]) {
    for (name, path) in order { add(name, balance[keyPath: path].seats) }
  }
}
