internal import Postgres
internal import SeatLedger

/// What the rows of a report of costs are.
package enum CostsBy: String, Sendable, CaseIterable {
  case school, fund, program
}

extension Query {
  /// Where the money is: a row a school, fund or program, or one for all of it; the end carries the totals.
  package static func costs(
    of tenant: TenantRecord, _ filter: PoolFilter, by: CostsBy?, _ horizon: Horizon, _ paging: Paging
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant.id)
    filter.add(to: &parameters)
    parameters.add(by?.rawValue)
    if !horizon.isNow { horizon.add(to: &parameters) }
    let statement = horizon.isNow ? CostsQuery.now : CostsQuery.ofHistory
    return Query([(statement, parameters), HeadQuery.step(tenant, horizon)]) { rows in
      let lines = rows[0].map { row in CostsQuery.Line(&row) }
      var page = Page.of(lines, paging, key: { [$0.key] }) { line in
        var fields = Fields()
        switch by {
        case .school: fields.add(.school, line.key)
        case .fund: fields.add(.fund, line.key)
        case .program: fields.add(.program, line.key)
        case .none: break
        }
        fields.add(line.cents)
        return fields
      }
      let nothing = [Int64](repeating: 0, count: CostsQuery.columns.count)
      page.end.add(lines.reduce(nothing) { sum, line in zip(sum, line.cents).map { $0.cappedSum($1) } })
      page.end.add(.seq, HeadQuery.seq(rows[1]))
      return page
    }
  }
}

enum CostsQuery {
  /// The report's words and what they sum up; third tries are part of what is encumbered, expended or lost.
  static let columns: [(name: FieldName, sum: String)] = [
    (.purchased, "p.purchased_cents"), (.transferredIn, "p.transferred_in_cents"),
    (.transferredOut, "p.transferred_out_cents"), (.encumbered, "p.held_cents + p.reserved_cents"),
    (.expended, "p.consumed_cents"), (.thirdTries, "p.third_try_cents"), (.forfeited, "p.forfeited_cents"),
    (.wasted, "p.expired_cents"), (.returned, "p.returned_cents"), (.available, "p.available_cents"),
  ]

  struct Line {
    let key: String
    let cents: [Int64]

    init(_ row: inout Row) {
      key = row.text()
      var cents: [Int64] = []
      for _ in CostsQuery.columns { cents.append(row.integer()) }
      self.cents = cents
    }
  }

  /// What the paid retests of each pool have cost; `$1` is the tenant.
  static let thirdTries = """
    (SELECT a.pool, sum(a.seat_cents)::int8 AS cents FROM attempt a
    WHERE a.tenant_id = $1::int4 AND a.third_try AND a.seat_bucket <> 'available' GROUP BY a.pool)
    """

  /// `pool` with what its paid retests have cost.
  private static let pools = """
    (SELECT q.*, coalesce(third.cents, 0) AS third_try_cents
    FROM pool q LEFT JOIN \(thirdTries) third ON third.pool = q.pool WHERE q.tenant_id = $1::int4) p
    """

  static let now = statement("costs", of: pools)
  static let ofHistory = statement("costs_of_history", of: HistoryQuery.pools(first: 8))

  private static func statement(_ name: String, of pools: String) -> Statement {
    Statement(
      name,
      """
      SELECT CASE $7::text WHEN 'school' THEN p.school WHEN 'fund' THEN p.fund WHEN 'program' THEN p.program ELSE '' END
          COLLATE "C" AS key,
        \(columns.map { "cents(sum(\($0.sum)))" }.joined(separator: ", "))
      FROM \(pools)
      WHERE p.tenant_id = $1::int4 AND \(PoolFilter.condition(on: "p"))
      GROUP BY key ORDER BY key
      """)
  }
}

extension Fields {
  fileprivate mutating func add(_ cents: [Int64]) {
    for (column, cents) in zip(CostsQuery.columns, cents) { add(column.name, Money(cents: cents)) }
  }
}
