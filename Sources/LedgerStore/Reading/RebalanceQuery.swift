internal import Postgres
package import SeatLedger

extension Query {
  /// Which idle seats to move where, fund kept: from schools that will not use them to schools that will run out, at the
  /// pace of the last four weeks. Each row is a transfer that can be run as it stands.
  package static func rebalance(
    of tenant: TenantRecord, program: Program, year: AcademicYear, at now: Instant
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(Pace.since(now))
    parameters.add(program.code.text)
    parameters.add(year.firstDay.day)
    parameters.add(year.lastDay.day)
    let today = tenant.zone.date(of: now)
    return Query([(RebalanceQuery.pools, parameters), HeadQuery.step(tenant)]) { rows in
      let pools = rows[0].map { row in RebalanceQuery.Standing(&row, today: today) }
      var page = Page()
      var seats: Int64 = 0
      for move in RebalanceQuery.moves(pools) {
        seats += move.seats
        page.rows.append(move.fields(program, in: tenant))
      }
      page.end.add(.rows, page.rows.count)
      page.end.add(.seats, seats)
      page.end.add(.seq, HeadQuery.seq(rows[1]))
      return page
    }
  }
}

enum RebalanceQuery {
  /// One school's pool of a fund and expiry date.
  struct Standing {
    let school: String
    let fund: String
    let expires: CivilDate
    /// Seats more than it will use; negative: seats that it will miss.
    var surplus: Int64

    init(_ row: inout Row, today: CivilDate) {
      school = row.text()
      fund = row.text()
      expires = CivilDate(day: Int32(row.integer()))
      let available = row.integer()
      surplus = available - Pace.projected(row.integer(), days: Int64(expires.day - today.day) + 1)
      // What is missing counts only where there is hardly anything left; what is spare is at most what is there.
      surplus = min(surplus, available)
    }
  }

  struct Move {
    let from: Standing
    let to: Standing
    let seats: Int64

    func fields(_ program: Program, in tenant: TenantRecord) -> Fields {
      var arguments = Fields()
      arguments.add(.tenant, tenant.code)
      arguments.add(.from, from.school)
      arguments.add(.to, to.school)
      arguments.add(.program, program.code)
      switch program.profile.expiry {
      case .yearEnd: arguments.add(.year, AcademicYear(containing: from.expires).description)
      case .days: arguments.add(.expires, from.expires)
      }
      arguments.add(.seats, seats)
      arguments.add(.fund, from.fund)
      var fields = arguments
      fields.add(.command, "transfer \(arguments.string)")
      return fields
    }
  }

  /// The largest surplus goes to the largest need, within one fund and expiry date.
  static func moves(_ pools: [Standing]) -> [Move] {
    var moves: [Move] = []
    let groups = Dictionary(grouping: pools) { "\($0.fund)/\($0.expires)" }.sorted { $0.key < $1.key }
    for (_, group) in groups {
      var givers = group.filter { $0.surplus > 0 }.sorted { ($0.surplus, $1.school) > ($1.surplus, $0.school) }
      for var taker in group.filter({ $0.surplus < 0 }).sorted(by: { ($0.surplus, $0.school) < ($1.surplus, $1.school) }
      ) {
        for index in givers.indices where taker.surplus < 0 && givers[index].surplus > 0 {
          let seats = min(givers[index].surplus, -taker.surplus)
          moves.append(Move(from: givers[index], to: taker, seats: seats))
          givers[index].surplus -= seats
          taker.surplus += seats
        }
      }
    }
    return moves
  }

  static let pools = Statement(
    "rebalance",
    """
    WITH \(Pace.recent)
    SELECT p.school, p.fund, p.expires - date 'epoch', p.available, coalesce(u.taken, 0)
    FROM pool p LEFT JOIN recent u ON u.pool = p.pool
    WHERE p.tenant_id = $1::int4 AND NOT p.closed AND p.kind = 'seats' AND p.program = $3::text
      AND p.expires BETWEEN date 'epoch' + $4::int4 AND date 'epoch' + $5::int4
    ORDER BY p.school, p.fund, p.expires
    """)
}
