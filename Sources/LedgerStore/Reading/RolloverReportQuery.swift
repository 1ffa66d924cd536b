internal import Postgres
package import SeatLedger

extension Query {
  /// What a year's pools have left behind, or would if nothing more happened: a row a pool, or one a school, fund or
  /// program; the end with the totals and how far the year is.
  package static func rolloverReport(
    of tenant: TenantRecord, year: AcademicYear, by: CostsBy?, at now: Instant, _ paging: Paging
  ) -> Query {
    var pools = Parameters()
    pools.add(tenant.id)
    pools.add(year.firstDay.day)
    pools.add(year.lastDay.day)
    var sealed = Parameters()
    sealed.add(tenant.id)
    sealed.add(Int32(year.start))
    var name = Parameters()
    name.add(tenant.id)
    let isOver = now >= tenant.zone.end(of: year.lastDay)
    return Query([
      (RolloverReportQuery.pools, pools), (RolloverReportQuery.sealedPrograms, sealed),
      (RolloverReportQuery.tenantName, name), HeadQuery.step(tenant),
    ]) { rows in
      let sealed = Set(rows[1].map { $0.text() })
      let all = rows[0].map { row in RolloverReportQuery.Line(&row, of: tenant.code, sealed) }
      let lines = by.map { RolloverReportQuery.sums(all, by: $0) } ?? all
      var page = Page.of(lines, paging, key: \.key) { $0.fields }
      var total = RolloverReportQuery.Sum()
      for line in all { total += line.sum }
      page.end.add(.tenant, tenant.code)
      page.end.add(.name, rows[2].first { $0.text() } ?? "")
      page.end.add(.year, year.description)
      page.end.add(.state, RolloverReportQuery.state(of: all, total, isOver: isOver).rawValue)
      page.end.append(total.fields)
      page.end.add(.openPools, total.openPools)
      page.end.add(.seq, HeadQuery.seq(rows[3]))
      return page
    }
  }
}

enum RolloverReportQuery {
  /// How far a pool is, or a whole year.
  enum State: String {
    /// The figures are what would expire if nothing more happened.
    case open
    /// They are what has expired.
    case expired
    /// They cannot change any more.
    case sealed
  }

  /// A year is no further than the least of its pools.
  static func state(of lines: [Line], _ total: Sum, isOver: Bool) -> State {
    guard isOver, total.openPools == 0 else { return .open }
    return !lines.isEmpty && lines.allSatisfy { $0.state == .sealed } ? .sealed : .expired
  }

  /// Seats and cents that are lost, and those that late postings have taken out of the loss since (R13).
  struct Sum {
    var leftover = Leftover()
    var corrected = Amount.none
    var openPools: Int64 = 0

    static func += (left: inout Self, right: Self) {
      left.leftover += right.leftover
      left.corrected += right.corrected
      left.openPools += right.openPools
    }

    var fields: Fields {
      var fields = leftover.fields
      fields.append(corrections)
      return fields
    }

    var corrections: Fields {
      var fields = Fields()
      fields.add(.corrected, corrected.seats)
      fields.add(.correctedCost, Money(cents: corrected.cents))
      return fields
    }
  }

  struct Line {
    let key: [String]
    /// What the line is of.
    let subject: Fields
    let state: State
    var sum: Sum
    fileprivate let groups: [CostsBy: (code: String, name: String?)]

    var fields: Fields {
      var fields = subject
      fields.add(.state, state.rawValue)
      fields.append(sum.fields)
      return fields
    }
  }

  /// The lines' sums, one a school, fund or program.
  static func sums(_ lines: [Line], by: CostsBy) -> [Line] {
    let name: FieldName =
      switch by {
      case .school: .school
      case .fund: .fund
      case .program: .program
      }
    return Dictionary(grouping: lines) { $0.groups[by]?.code ?? "" }.map { code, lines in
      var subject = Fields()
      subject.add(name, code)
      if let name = lines.first?.groups[by]?.name { subject.add(.name, name) }
      var sum = Sum()
      for line in lines { sum += line.sum }
      let state: State =
        lines.contains { $0.state == .open } ? .open : lines.allSatisfy { $0.state == .sealed } ? .sealed : .expired
      return Line(key: [code], subject: subject, state: state, sum: sum, groups: [:])
    }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  /// What a pool has lost by now or would lose, beside what it had lost when it was closed for the first time.
  ///
  /// A late reserve opens a pool again, with some of its seats still expired: every seat counts, whichever it is.
  /// Entries are numbered after their pool, so those of a year are found behind its oldest pool.
  static let pools = Statement(
    "rollover_report",
    """
    WITH due AS (
      SELECT * FROM pool p
      WHERE p.tenant_id = $1::int4 AND p.expires BETWEEN date 'epoch' + $2::int4 AND date 'epoch' + $3::int4
    ), expiry AS (
      SELECT j.from_pool AS pool, j.seq, j.seats, j.cents,
        min(j.seq) FILTER (WHERE j.attempt IS NULL AND j.detail IS NULL) OVER (PARTITION BY j.from_pool) AS closing
      FROM journal j
      WHERE j.tenant_id = $1::int4 AND j.kind = 'expire' AND j.seq > (SELECT min(pool) FROM due WHERE closed OR expired > 0)
    ), first_loss AS MATERIALIZED (
      SELECT pool, sum(seats)::int8 AS seats, sum(cents)::int8 AS cents FROM expiry WHERE seq <= closing GROUP BY pool
    ), unused AS MATERIALIZED (
      SELECT a.pool, count(*)::int8 AS seats, sum(a.seat_cents)::int8 AS cents FROM attempt a
      WHERE a.tenant_id = $1::int4 AND a.seat_bucket = 'expired' GROUP BY a.pool
    )
    SELECT p.school, s.name, p.program, p.kind::text, p.fund, p.expires - date 'epoch', p.closed,
      p.expired + p.available + p.held - coalesce(u.seats, 0),
      p.expired_cents + p.available_cents + p.held_cents - coalesce(u.cents, 0),
      p.reserved + coalesce(u.seats, 0), p.reserved_cents + coalesce(u.cents, 0),
      coalesce(f.seats - p.expired - p.available - p.held - p.reserved, 0),
      coalesce(f.cents - p.expired_cents - p.available_cents - p.held_cents - p.reserved_cents, 0)
    FROM due p JOIN school s ON s.tenant_id = p.tenant_id AND s.code = p.school
    LEFT JOIN first_loss f ON f.pool = p.pool LEFT JOIN unused u ON u.pool = p.pool
    ORDER BY p.school, p.program, p.expires, p.fund, p.kind
    """)

  static let sealedPrograms = Statement(
    "sealed_programs", "SELECT program FROM sealed_year WHERE tenant_id = $1::int4 AND year = $2::int4")

  static let tenantName = Statement("tenant_name", "SELECT name FROM tenant WHERE tenant_id = $1::int4")
}

extension RolloverReportQuery.Line {
  fileprivate init(_ row: inout Row, of tenant: TenantCode, _ sealed: Set<String>) {
    let (school, name, program, kind, fund) = (row.text(), row.text(), row.text(), row.text(), row.text())
    let expires = CivilDate(day: Int32(row.integer()))
    let isClosed = row.flag()
    key = [school, program, expires.description, fund, kind]
    var subject = Fields()
    subject.add(.tenant, tenant)
    subject.add(.school, school)
    subject.add(.program, program)
    subject.add(.kind, kind)
    subject.add(.fund, fund)
    subject.add(.expires, expires)
    self.subject = subject
    state = !isClosed ? .open : sealed.contains(program) ? .sealed : .expired
    var sum = RolloverReportQuery.Sum(openPools: isClosed ? 0 : 1)
    sum.leftover.pools = 1
    sum.leftover.idle = Amount(seats: row.integer(), cents: row.integer())
    sum.leftover.reserved = Amount(seats: row.integer(), cents: row.integer())
    sum.corrected = Amount(seats: row.integer(), cents: row.integer())
    self.sum = sum
    groups = [.school: (school, name), .fund: (fund, nil), .program: (program, nil)]
  }
}
