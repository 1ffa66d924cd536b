internal import Postgres
package import SeatLedger

extension Query {
  /// Until when the attempts of a program are of use, how many candidates stand before each, and who runs out of time
  /// first.
  ///
  /// - Parameters:
  ///   - schools: `nil` for all of the tenant's.
  ///   - showsCandidates: whether tokens are shown; only a school's own principals see them.
  package static func runway(
    of tenant: TenantRecord, _ program: Program, year: AcademicYear, schools: [SchoolCode]?, showsCandidates: Bool
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(program.code.text)
    // Where the count never starts anew, an attempt of any year stands.
    parameters.add(program.profile.startsAnew ? Int32(year.start) : nil)
    if let schools { parameters.add(ArrayParameter(.text, schools) { $0.text }) } else { parameters.add(String?.none) }
    var pools = Parameters()
    pools.add(tenant.id)
    pools.add(program.code.text)
    if let schools { pools.add(ArrayParameter(.text, schools) { $0.text }) } else { pools.add(String?.none) }
    let runway = Runway(program.profile, year: year)
    return Query([
      (RunwayQuery.standing, parameters), (RunwayQuery.lastExpiry, pools), HeadQuery.step(tenant),
    ]) { rows in
      let lines = rows[0].map { row in RunwayQuery.Line(&row) }
      let lastExpiry = rows[1].first { $0.optionalInteger().map { CivilDate(day: Int32($0)) } } ?? nil
      var page = Page()
      for number in runway.numbers {
        let waiting = lines.filter { $0.next == number }
        var fields = Fields()
        fields.add(.number, number)
        if let latest = runway.latest(number, leavingRoomFor: number, lastExpiry) { fields.add(.latest, latest) }
        for (room, name) in [(2, FieldName.roomForSecond), (3, .roomForThird)] where room > number {
          guard runway.numbers.contains(room), let latest = runway.latest(number, leavingRoomFor: room, lastExpiry)
          else {
            continue
          }
          fields.add(name, latest)
        }
        fields.add(.candidates, Set(waiting.map(\.candidate)).count)
        page.rows.append(fields)
      }
      if showsCandidates {
        let urgent = lines.filter { $0.next <= (runway.numbers.last ?? 0) }.sorted {
          ($0.completed?.day ?? Int32.min, $0.candidate) > ($1.completed?.day ?? Int32.min, $1.candidate)
        }
        page.rows += urgent.prefix(RunwayQuery.candidatesShown).map { runway.row($0, lastExpiry) }
      }
      page.end.add(.rows, page.rows.count)
      page.end.add(.program, program.code)
      page.end.add(.year, year.description)
      page.end.add(.seq, HeadQuery.seq(rows[2]))
      return page
    }
  }
}

/// The last useful days of a program's attempts.
package struct Runway: Sendable {
  private let profile: Profile
  private let year: AcademicYear

  package init(_ profile: Profile, year: AcademicYear) {
    self.profile = profile
    self.year = year
  }

  /// Attempts 1, 2 and 3, as far as the program has them.
  package var numbers: ClosedRange<Int> { 1...min(3, profile.attemptLimit) }

  /// The last day on which an attempt can be taken, and be failed, so that another one can still follow.
  ///
  /// - Parameter lastExpiry: of the pools that still have seats, where seats do not end with a year.
  package func latest(_ number: Int, leavingRoomFor other: Int, _ lastExpiry: CivilDate?) -> CivilDate? {
    let last = profile.retestInYear || profile.expiry == .yearEnd ? year.lastDay : lastExpiry
    return last.map { $0 - profile.waitDays * (other - number) }
  }

  fileprivate func row(_ line: RunwayQuery.Line, _ lastExpiry: CivilDate?) -> Fields {
    var fields = Fields()
    fields.add(.candidate, line.candidate)
    fields.add(.test, line.test)
    fields.add(.number, line.next)
    if let completed = line.completed { fields.add(.earliest, completed + profile.waitDays) }
    if let latest = latest(line.next, leavingRoomFor: line.next, lastExpiry) { fields.add(.latest, latest) }
    return fields
  }
}

enum RunwayQuery {
  /// Who runs out of time first: more are not hurried by being on a list.
  static let candidatesShown = 20

  struct Line {
    let candidate: String
    let test: String
    /// The attempt that the candidate stands before.
    let next: Int
    /// When the last one was completed.
    let completed: CivilDate?

    init(_ row: inout Row) {
      candidate = row.text()
      test = row.text()
      next = Int(row.integer())
      completed = row.optionalInteger().map { CivilDate(day: Int32($0)) }
    }
  }

  /// Candidates belong to the school that reserved last for them (R19). One stands before an attempt that is reserved, or
  /// that may follow one which was not passed.
  static let standing = Statement(
    "runway_standing",
    """
    SELECT candidate, test, CASE WHEN state = 'reserved' THEN number ELSE number + 1 END::int4,
      CASE WHEN state = 'reserved' THEN before ELSE completed_on END - date 'epoch'
    FROM (
      SELECT DISTINCT ON (a.candidate, a.test) a.candidate, a.test, a.number, a.state, a.completed_on, a.school,
        max(a.completed_on) OVER (PARTITION BY a.candidate, a.test) AS before
      FROM attempt a
      LEFT JOIN pool p ON a.state = 'reserved' AND p.tenant_id = a.tenant_id AND p.pool = a.pool
      WHERE a.tenant_id = $1::int4 AND a.program = $2::text AND ($3::int4 IS NULL OR a.year = $3::int4)
        AND \(AttemptsQuery.state) NOT IN ('cancelled', 'no-show', 'expired')
      ORDER BY a.candidate, a.test, a.attempt DESC) last
    WHERE state IN ('reserved', 'failed', 'incomplete') AND ($4::text[] IS NULL OR school = ANY ($4::text[]))
    """)

  static let lastExpiry = Statement(
    "runway_last_expiry",
    """
    SELECT max(p.expires) - date 'epoch' FROM pool p
    WHERE p.tenant_id = $1::int4 AND p.program = $2::text AND p.available > 0 AND NOT p.closed
      AND ($3::text[] IS NULL OR p.school = ANY ($3::text[]))
    """)
}
