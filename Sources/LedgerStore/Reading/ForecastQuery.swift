internal import Postgres
package import SeatLedger

extension Query {
  /// What will be wasted when the year ends, if seats go on being taken as in the last four weeks: a row a school and
  /// program, the end with the totals. Notes tell how it projects and how wrong that would have been in past years.
  package static func forecast(
    of tenant: TenantRecord, year: AcademicYear, schools: [SchoolCode]?, at now: Instant, _ paging: Paging
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(Pace.since(now))
    parameters.add(year.firstDay.day)
    parameters.add(year.lastDay.day)
    if let schools { parameters.add(ArrayParameter(.text, schools) { $0.text }) } else { parameters.add(String?.none) }
    let today = tenant.zone.date(of: now)
    let hindsight = Hindsight(of: tenant, before: year, today: today)
    return Query([
      (ForecastQuery.pools, parameters), HeadQuery.step(tenant), hindsight.step(schools: schools),
    ]) { rows in
      let lines = ForecastQuery.Line.lines(rows[0], today: today)
      var page = Page.of(lines, paging, key: { [$0.school, $0.program] }) { $0.fields }
      var total = ForecastQuery.Sum()
      for line in lines { total += line.sum }
      page.end.add(.year, year.description)
      page.end.append(total.fields)
      page.end.add(.seq, HeadQuery.seq(rows[1]))
      if !lines.isEmpty { page.notes = [ForecastQuery.method(today: today)] + hindsight.notes(rows[2]) }
      return page
    }
  }
}

enum ForecastQuery {
  /// Seats now and what will become of them.
  struct Sum {
    var idle = Amount.none
    var reserved: Int64 = 0
    var usable: Int64 = 0
    var waste = Amount.none

    static func += (left: inout Self, right: Self) {
      left.idle += right.idle
      left.reserved += right.reserved
      left.usable += right.usable
      left.waste += right.waste
    }

    var fields: Fields {
      var fields = Fields()
      fields.add(.idle, idle.seats)
      fields.add(.reserved, reserved)
      fields.add(.usable, usable)
      fields.add(.waste, waste.seats)
      fields.add(.wasteCost, Money(cents: waste.cents))
      return fields
    }
  }

  /// One school and program; the pools of one program may expire on many days, each by itself.
  struct Line {
    let school: String
    let program: String
    let daysLeft: Int64
    let taken: Int64
    var sum: Sum

    var fields: Fields {
      var fields = Fields()
      fields.add(.school, school)
      fields.add(.program, program)
      fields.add(.daysLeft, daysLeft)
      fields.add(.taken, taken)
      fields.append(sum.fields)
      return fields
    }

    static func lines(_ rows: Rows, today: CivilDate) -> [Line] {
      var lines: [Line] = []
      rows.forEach { row in
        let (school, program) = (row.text(), row.text())
        let daysLeft = row.integer() - Int64(today.day) + 1
        let idle = Amount(seats: row.integer(), cents: row.integer())
        let reserved = row.integer()
        let taken = row.integer()
        var sum = Sum(idle: idle, reserved: reserved)
        sum.usable = min(idle.seats, Pace.projected(taken, days: daysLeft))
        sum.waste = idle - idle.share(of: sum.usable)
        if let last = lines.indices.last, lines[last].school == school, lines[last].program == program {
          lines[last] = Line(
            school: school, program: program, daysLeft: max(lines[last].daysLeft, max(0, daysLeft)),
            taken: lines[last].taken + taken, sum: lines[last].sum)
          lines[last].sum += sum
        } else {
          lines.append(Line(school: school, program: program, daysLeft: max(0, daysLeft), taken: taken, sum: sum))
        }
      }
      return lines
    }
  }

  static func method(today: CivilDate) -> Fields {
    var fields = Fields()
    fields.add(
      .why,
      "each school's idle seats less what it will take at its pace of the \(Pace.days) days up to \(today), "
        + "on all the days left; seats reserved already count as used")
    return fields
  }

  static let pools = Statement(
    "forecast",
    """
    WITH \(Pace.recent)
    SELECT p.school, p.program, p.expires - date 'epoch', sum(p.available + p.held)::int8,
      cents(sum(p.available_cents + p.held_cents)), sum(p.reserved)::int8, coalesce(sum(u.taken), 0)::int8
    FROM pool p LEFT JOIN recent u ON u.pool = p.pool
    WHERE p.tenant_id = $1::int4 AND NOT p.closed AND p.kind = 'seats'
      AND p.expires BETWEEN date 'epoch' + $3::int4 AND date 'epoch' + $4::int4
      AND ($5::text[] IS NULL OR p.school = ANY ($5::text[]))
    GROUP BY p.school, p.program, p.expires ORDER BY p.school, p.program, p.expires
    """)
}
