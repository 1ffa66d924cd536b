internal import Postgres
package import SeatLedger

/// The attempts that a list shows; what is `nil` is not asked about.
package struct AttemptFilter: Sendable {
  package var schools: [SchoolCode]?
  package var candidate: Candidate?
  package var test: TestCode?
  package var year: AcademicYear?
  package var number: Int64?
  package var state: Attempt.State?

  package init(
    schools: [SchoolCode]?, candidate: Candidate?, test: TestCode?, year: AcademicYear?, number: Int64?,
    state: Attempt.State?
  ) {
    self.schools = schools
    self.candidate = candidate
    self.test = test
    self.year = year
    self.number = number
    self.state = state
  }
}

extension Query {
  /// A row an attempt, in the order of their entries; a paid retest's with who pays and who has approved it (R8).
  package static func attempts(of tenant: TenantRecord, _ filter: AttemptFilter, _ paging: Paging) throws(BadQuestion)
    -> Query
  {
    let after = try paging.number
    var parameters = Parameters()
    parameters.add(tenant.id)
    if let schools = filter.schools {
      parameters.add(ArrayParameter(.text, schools) { $0.text })
    } else {
      parameters.add(String?.none)
    }
    parameters.add(filter.candidate?.token)
    parameters.add(filter.test?.text)
    parameters.add(filter.year.map { Int32($0.start) })
    parameters.add(filter.state?.rawValue)
    parameters.add(after)
    parameters.add(Int32(paging.limit + 1))
    parameters.add(filter.number)
    let statement = filter.candidate == nil ? AttemptsQuery.page : AttemptsQuery.ofCandidate
    return Query([(statement, parameters), HeadQuery.step(tenant)]) { rows in
      let attempts = rows[0].map { row in
        _ = row.integer()
        return AttemptsQuery.Line(attempt: Attempt(&row), paid: AttemptsQuery.Paid(&row))
      }
      var page = Page.of(attempts, limit: paging.limit, cursor: \.attempt.number.description) {
        $0.row(in: tenant.zone)
      }
      page.end.add(.seq, HeadQuery.seq(rows[1]))
      return page
    }
  }
}

enum AttemptsQuery {
  /// The state of an attempt `a`, whose seat is of pool `p` if it is reserved: a late reserve without a seat of its own, in
  /// a year whose pool is closed, is over as it is posted, and no rollover comes for it.
  static let state = """
    CASE WHEN a.state = 'reserved' AND p.closed AND p.expires >= make_date(a.year + 1, 6, 30) THEN 'expired'
      ELSE a.state END
    """

  private static let conditions = """
    a.tenant_id = $1::int4
    AND ($2::text[] IS NULL OR a.school = ANY ($2::text[])) AND ($4::text IS NULL OR a.test = $4::text)
    AND ($5::int4 IS NULL OR a.year = $5::int4) AND ($6::text IS NULL OR \(state) = $6::text::attempt_state)
    AND a.attempt > $7::int8 AND ($9::int8 IS NULL OR a.number = $9::int8)
    """

  private static let lines = """
    SELECT \(AttemptColumns.select(state: state)), CASE WHEN a.third_try THEN p.fund END, v.principal, v.actor, v.reason
    FROM attempt a
    LEFT JOIN pool p ON (a.third_try OR a.state = 'reserved') AND p.tenant_id = a.tenant_id AND p.pool = a.pool
    LEFT JOIN journal v ON a.third_try AND v.tenant_id = a.tenant_id AND v.seq = a.approval
    """

  static let page = Statement(
    "attempts_page",
    """
    \(lines) WHERE \(conditions) AND $3::text IS NULL
    ORDER BY a.tenant_id, a.attempt LIMIT $8::int4
    """)

  static let ofCandidate = Statement(
    "attempts_of_candidate",
    """
    \(lines) WHERE \(conditions) AND a.candidate = $3::text
    ORDER BY a.attempt LIMIT $8::int4
    """)
}

extension Paging {
  /// A cursor that is a number; 0 where the list begins.
  var number: Int64 {
    get throws(BadQuestion) {
      guard let after else { return 0 }
      guard let number = Int64(after), number >= 0 else { throw .cursor }
      return number
    }
  }
}

extension AttemptsQuery {
  /// Behind a paid retest: the fund of the pool that pays, and the entry of its approval.
  struct Paid {
    let fund: String?
    let approver: String?
    let actor: String?
    let reason: String?

    init(_ row: inout Row) {
      fund = row.optionalText()
      approver = row.optionalText()
      actor = row.optionalText()
      reason = row.optionalText()
    }
  }

  struct Line {
    let attempt: Attempt
    let paid: Paid

    func row(in zone: Zone) -> Fields {
      let facts = attempt.facts
      var fields = Fields()
      fields.add(.attempt, attempt.number)
      fields.add(.school, facts.school)
      fields.add(.candidate, facts.candidate.token)
      fields.add(.test, facts.test)
      fields.add(.number, facts.ordinal)
      fields.add(.state, attempt.state.rawValue)
      fields.add(.year, attempt.year.description)
      if let appointment = attempt.appointment { fields.add(.on, appointment.text(in: zone)) }
      if let started = attempt.started { fields.add(.started, zone.rfc3339(started)) }
      if let completed = attempt.completed { fields.add(.completed, completed) }
      fields.add(.seats, attempt.seat == nil ? 0 : 1)
      if let fund = paid.fund { fields.add(.fund, fund) }
      if facts.isThirdTry, let seat = attempt.seat { fields.add(.cost, Money(cents: seat.cents)) }
      if let approval = facts.approval { fields.add(.approval, approval) }
      if let approver = paid.approver { fields.add(.approver, paid.actor.map { "\(approver) (\($0))" } ?? approver) }
      if let reason = paid.reason { fields.add(.reason, reason) }
      return fields
    }
  }
}
