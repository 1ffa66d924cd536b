package import Postgres
package import SeatLedger

/// What the warnings before an expiry ask the tables: whose seats expire soon, and which of them are still idle.
package enum Expiring {
  package static let questions = [selectSubjects, selectSchools]

  /// Seats of one tenant and program that expire on one day.
  package struct Subject: Hashable, Sendable {
    package let tenant: TenantCode
    package let zone: String
    package let program: ProgramCode
    package let expires: CivilDate

    package init(tenant: TenantCode, zone: String, program: ProgramCode, expires: CivilDate) {
      self.tenant = tenant
      self.zone = zone
      self.program = program
      self.expires = expires
    }
  }

  /// Whose seats, neither consumed nor lost, expire within so many days from today, their last day's own date included.
  package static func subjects(
    _ today: [ZoneDay], within days: Int
  ) -> Question<[(subject: Subject, left: Leftover)]> {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.text, today) { $0.zone })
    parameters.add(ArrayParameter(.int4, today) { $0.date.day })
    parameters.add(today.map(\.date.day).min() ?? 0)
    parameters.add((today.map(\.date.day).max() ?? 0) + Int32(days))
    parameters.add(Int32(days))
    return Question(selectSubjects, parameters) { rows in
      rows.map { row in
        let subject = Subject(
          tenant: Code(stored: row.text()), zone: row.text(), program: Code(stored: row.text()),
          expires: CivilDate(day: Int32(row.integer())))
        return (subject, Leftover(&row))
      }
    }
  }

  /// One school's share of them, and what will become of it at the pace of the last four weeks.
  package struct School: Sendable {
    package let code: SchoolCode
    package let left: Leftover
    package let usable: Int64
    package let waste: Amount
  }

  package static func schools(of subject: Subject, today: CivilDate, at now: Instant) -> Question<[School]> {
    var parameters = Parameters()
    parameters.add(subject.tenant.text)
    parameters.add(Pace.since(now))
    parameters.add(subject.program.text)
    parameters.add(subject.expires.day)
    let daysLeft = Int64(subject.expires - today) + 1
    return Question(selectSchools, parameters) { rows in
      rows.map { row in
        let code = SchoolCode(stored: row.text())
        let left = Leftover(&row)
        let usable = min(left.idle.seats, Pace.projected(row.integer(), days: daysLeft))
        return School(code: code, left: left, usable: usable, waste: left.idle - left.idle.share(of: usable))
      }
    }
  }

  private static let sums = """
    count(*)::int8, sum(p.available + p.held)::int8, cents(sum(p.available_cents + p.held_cents)),
      sum(p.reserved)::int8, cents(sum(p.reserved_cents))
    """

  private static let selectSubjects = Statement(
    "expiring",
    """
    SELECT t.code, t.zone, p.program, p.expires - date 'epoch', \(sums)
    FROM open_pool o JOIN pool p USING (tenant_id, pool, expires) JOIN tenant t USING (tenant_id)
    JOIN unnest($1::text[], $2::int4[]) z (zone, today) ON z.zone = t.zone
    WHERE p.kind = 'seats' AND p.available + p.held + p.reserved > 0
      AND o.expires BETWEEN date 'epoch' + $3::int4 AND date 'epoch' + $4::int4
      AND p.expires - date 'epoch' BETWEEN z.today AND z.today + $5::int4
    GROUP BY t.code, t.zone, p.program, p.expires ORDER BY t.code, p.program, p.expires
    """)

  private static let selectSchools = Statement(
    "expiring_schools",
    """
    WITH recent AS MATERIALIZED (
      SELECT a.tenant_id, a.pool, count(*)::int8 AS taken FROM attempt a
      WHERE a.tenant_id = (SELECT tenant_id FROM tenant WHERE code = $1::text) AND a.seat_of = a.attempt
        AND a.reserved_at >= $2::int8 AND a.seat_bucket <> 'available'
      GROUP BY a.tenant_id, a.pool)
    SELECT p.school, \(sums), coalesce(sum(u.taken), 0)::int8
    FROM tenant t JOIN pool p USING (tenant_id) LEFT JOIN recent u ON u.tenant_id = p.tenant_id AND u.pool = p.pool
    WHERE t.code = $1::text AND NOT p.closed AND p.kind = 'seats' AND p.program = $3::text
      AND p.expires = date 'epoch' + $4::int4
    GROUP BY p.school ORDER BY p.school
    """)
}
