internal import Postgres
internal import SeatLedger

/// How wrong the forecast would have been: what it would have answered in past years at the same distance from the end of
/// the year, by what the journal knew then, beside what did expire idle in the end.
///
/// Seats that were bought, moved or given back after that day count against the forecast: it could not know of them.
struct Hindsight {
  private let years: [Year]
  private let tenant: TenantRecord

  /// Older years were bought and taught differently.
  private static let mostYears = 3

  private struct Year {
    let year: AcademicYear
    /// The day on which the forecast would have been asked for, at its beginning.
    let day: CivilDate
    let daysLeft: Int64
    /// The four weeks before it.
    let since: Int64
    let until: Int64
  }

  /// - Parameters:
  ///   - year: what is forecast; the years before it are looked at.
  ///   - today: where the tenant is.
  init(of tenant: TenantRecord, before year: AcademicYear, today: CivilDate) {
    let distance = year.lastDay - today
    self.tenant = tenant
    years =
      distance < 0
      ? []
      : (1...Self.mostYears).reversed().map { back in
        let past = AcademicYear(start: year.start - back)
        let day = past.lastDay - distance
        let until = tenant.zone.start(of: day)
        return Year(
          year: past, day: day, daysLeft: Int64(distance) + 1, since: Pace.since(until), until: until.microseconds)
      }
  }

  func step(schools: [SchoolCode]?) -> (statement: Statement, parameters: Parameters) {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(ArrayParameter(.int8, years.flatMap { [$0.since, $0.until] }) { $0 })
    parameters.add(years.first?.year.firstDay.day)
    parameters.add(years.last?.year.lastDay.day)
    if let schools { parameters.add(ArrayParameter(.text, schools) { $0.text }) } else { parameters.add(String?.none) }
    return (Self.movements, parameters)
  }

  /// A note a past year that had seats on that day.
  func notes(_ rows: Rows) -> [Fields] {
    let movements = rows.map { row in Movement(&row) }
    return years.enumerated().compactMap { index, year in
      let ofYear = movements.filter { AcademicYear(containing: $0.expires) == year.year }
      // The moments divide time into intervals: 0 before the first of them, and so on.
      let (since, until) = (Int64(2 * index + 1), Int64(2 * index + 2))
      guard ofYear.contains(where: { $0.interval < until }) else { return nil }
      var waste: Int64 = 0
      for pools in Dictionary(grouping: ofYear, by: \.place).values {
        let known = pools.filter { $0.interval < until }
        let idle = known.reduce(0) { $0 + $1.idle }
        let taken = known.filter { $0.interval >= since }.reduce(0) { $0 + $1.taken }
        waste += idle - min(idle, Pace.projected(max(0, taken), days: year.daysLeft))
      }
      let wasted = ofYear.reduce(0) { $0 + $1.wasted }
      var fields = Fields()
      fields.add(.year, year.year.description)
      fields.add(.on, year.day)
      fields.add(.waste, waste)
      fields.add(.expiredIdle, wasted)
      fields.add(.difference, String(waste - wasted))
      return fields
    }
  }

  /// What a school's and program's pools of one expiry date gained and lost between two of the moments.
  private struct Movement {
    let place: String
    let expires: CivilDate
    let interval: Int64
    let idle: Int64
    let taken: Int64
    let wasted: Int64

    init(_ row: inout Row) {
      let (school, program) = (row.text(), row.text())
      expires = CivilDate(day: Int32(row.integer()))
      place = "\(school)/\(program)/\(expires)"
      interval = row.integer()
      idle = row.integer()
      taken = row.integer()
      wasted = row.integer()
    }
  }

  /// One pass over the tenant's journal, and none where no past year has pools.
  static let movements = Statement(
    "forecast_hindsight",
    """
    SELECT p.school, p.program, p.expires - date 'epoch', m.interval, sum(m.idle)::int8, sum(m.taken)::int8,
      sum(m.wasted)::int8
    FROM (
      SELECT pool, width_bucket(recorded_at, $2::int8[])::int8 AS interval,
        coalesce(sum(seats) FILTER (WHERE bucket IN ('available', 'held')), 0) AS idle,
        -coalesce(sum(seats) FILTER (WHERE bucket IN ('available', 'held') AND other IN ('reserved', 'forfeited')), 0)
          AS taken,
        coalesce(sum(-seats) FILTER (WHERE bucket IN ('available', 'held') AND other = 'expired'), 0) AS wasted
      FROM (
        SELECT j.to_pool AS pool, j.to_bucket AS bucket, j.from_bucket AS other, j.seats::int8, j.recorded_at
        FROM journal j WHERE j.tenant_id = $1::int4 AND j.to_pool IS NOT NULL
        UNION ALL
        SELECT j.from_pool, j.from_bucket, j.to_bucket, -j.seats::int8, j.recorded_at
        FROM journal j WHERE j.tenant_id = $1::int4 AND j.from_pool IS NOT NULL
      ) side
      WHERE EXISTS (
        SELECT FROM pool q WHERE q.tenant_id = $1::int4
          AND q.expires BETWEEN date 'epoch' + $3::int4 AND date 'epoch' + $4::int4)
      GROUP BY 1, 2
    ) m
    JOIN pool p ON p.tenant_id = $1::int4 AND p.pool = m.pool
    WHERE p.kind = 'seats' AND p.expires BETWEEN date 'epoch' + $3::int4 AND date 'epoch' + $4::int4
      AND ($5::text[] IS NULL OR p.school = ANY ($5::text[]))
    GROUP BY 1, 2, 3, 4
    """)
}
