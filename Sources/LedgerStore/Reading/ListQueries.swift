internal import Postgres
package import SeatLedger

// The short lists: tenants, schools, programs, tests, grants, tokens. Their rows carry the arguments of their adds.

extension Query {
  package static func tenants(_ paging: Paging) -> Query {
    list(ListQuery.tenants, tenant: nil, paging) { row in
      var fields = Fields()
      fields.add(.tenant, row.text())
      fields.add(.name, row.text())
      fields.add(.zone, row.text())
      return fields
    }
  }

  package static func schools(of tenant: TenantRecord, _ paging: Paging) -> Query {
    list(ListQuery.schools, tenant: tenant, paging) { row in
      var fields = Fields()
      fields.add(.school, row.text())
      fields.add(.name, row.text())
      return fields
    }
  }

  package static func programs(_ paging: Paging) -> Query {
    list(ListQuery.programs, tenant: nil, paging) { row in
      Program(&row)?.row ?? Fields()
    }
  }

  package static func tests(of program: ProgramCode?, _ paging: Paging) -> Query {
    var filter = Parameters()
    filter.add(program?.text)
    return list(ListQuery.tests, tenant: nil, paging, filter) { row in
      var fields = Fields()
      fields.add(.program, row.text())
      fields.add(.series, row.text())
      fields.add(.test, row.text())
      fields.add(.name, row.text())
      fields.add(.minutes, row.integer())
      return fields
    }
  }

  package static func grants(of tenant: TenantRecord, _ paging: Paging) -> Query {
    list(ListQuery.grants, tenant: tenant, paging) { row in
      var fields = Fields()
      fields.add(.principal, row.text())
      fields.add(.role, row.text())
      let school = row.text()
      if !school.isEmpty { fields.add(.school, school) }
      return fields
    }
  }

  package static func tokens(of tenant: TenantRecord, _ paging: Paging) -> Query {
    list(ListQuery.tokens, tenant: tenant, paging) { row in
      var fields = Fields()
      fields.add(.name, row.text())
      fields.add(.principal, row.text())
      fields.add(.state, row.flag() ? "revoked" : "good")
      return fields
    }
  }

  package static func years(
    of tenant: TenantRecord, program: ProgramCode?, year: AcademicYear?, _ paging: Paging
  ) -> Query {
    var filter = Parameters()
    filter.add(program?.text)
    filter.add(year.map { Int32($0.start) })
    return list(ListQuery.years, tenant: tenant, paging, filter) { row in
      var fields = Fields()
      fields.add(.program, row.text())
      fields.add(.year, AcademicYear(start: Int(row.integer())).description)
      fields.add(.pools, row.integer())
      fields.add(.openPools, row.integer())
      fields.add(.sealed, row.flag())
      return fields
    }
  }

  private static func list(
    _ statement: Statement, tenant: TenantRecord?, _ paging: Paging, _ filter: Parameters = Parameters(),
    row: @escaping @Sendable (inout Row) -> Fields
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant?.id ?? 0)
    parameters.add(paging.after ?? "")
    parameters.add(Int32(paging.limit + 1))
    parameters.add(filter)
    var steps = [(statement: statement, parameters: parameters)]
    if let tenant { steps.append(HeadQuery.step(tenant)) }
    return Query(steps) { rows in
      let found = rows[0].map { line in
        let cursor = line.text()
        return (cursor, row(&line))
      }
      var page = Page.of(found, limit: paging.limit, cursor: \.0) { $0.1 }
      if tenant != nil { page.end.add(.seq, HeadQuery.seq(rows[1])) }
      return page
    }
  }
}

/// Each begins with the text that its order and its cursor go by.
enum ListQuery {
  static let tenants = Statement(
    "list_tenants",
    """
    SELECT code, code, name, zone FROM tenant WHERE tenant_id <> $1::int4 AND code > $2::text ORDER BY code
    LIMIT $3::int4
    """)

  static let schools = Statement(
    "list_schools",
    """
    SELECT code, code, name FROM school WHERE tenant_id = $1::int4 AND code > $2::text ORDER BY tenant_id, code
    LIMIT $3::int4
    """)

  static let programs = Statement(
    "list_programs",
    """
    SELECT code, code, name, coverage, expiry_days, free_retests, paid_retests, approval_needed, wait_days, wait_binds,
      starts_anew, retest_in_year, no_show, cutoff_days, order_fee, certificate, renewable, proctor
    FROM program WHERE tenant_id = $1::int4 AND code > $2::text ORDER BY tenant_id, code LIMIT $3::int4
    """)

  static let tests = Statement(
    "list_tests",
    """
    SELECT * FROM (
      SELECT program || '/' || series || '/' || code AS key, program, series, code, name, minutes FROM test
      WHERE tenant_id = $1::int4 AND ($4::text IS NULL OR program = $4::text)) found
    WHERE key > $2::text ORDER BY key LIMIT $3::int4
    """)

  static let grants = Statement(
    "list_grants",
    """
    SELECT * FROM (
      SELECT principal || '/' || role || '/' || school AS key, principal, role::text, school FROM access_grant
      WHERE tenant_id = $1::int4) found
    WHERE key > $2::text ORDER BY key LIMIT $3::int4
    """)

  static let tokens = Statement(
    "list_tokens",
    """
    SELECT name, name, 'token:' || name, revoked_at IS NOT NULL FROM token
    WHERE tenant_id = $1::int4 AND name > $2::text ORDER BY tenant_id, name LIMIT $3::int4
    """)

  /// A year is that of its pools' expiry date; one that is sealed is listed even if it never had a pool.
  static let years = Statement(
    "list_years",
    """
    SELECT * FROM (
      SELECT program || '/' || year AS key, program, year, sum(pools)::int8, sum(open)::int8, bool_or(sealed)
      FROM (
        SELECT program, CASE WHEN extract(month FROM expires) >= 7 THEN extract(year FROM expires)
            ELSE extract(year FROM expires) - 1 END::int4 AS year, 1 AS pools,
          CASE WHEN closed THEN 0 ELSE 1 END AS open, false AS sealed
        FROM pool WHERE tenant_id = $1::int4
        UNION ALL
        SELECT program, year::int4, 0, 0, true FROM sealed_year WHERE tenant_id = $1::int4) every
      GROUP BY program, year) found
    WHERE key > $2::text AND ($4::text IS NULL OR program = $4::text) AND ($5::int4 IS NULL OR year = $5::int4)
    ORDER BY key LIMIT $3::int4
    """)

  static let all = [tenants, schools, programs, tests, grants, tokens, years]
}

extension Program {
  /// The arguments of `program.add`.
  fileprivate var row: Fields {
    var fields = Fields()
    fields.add(.program, code)
    fields.add(.name, name)
    fields.add(.coverage, profile.coverage.rawValue)
    switch profile.expiry {
    case .yearEnd: fields.add(.expiry, "year-end")
    case .days(let days): fields.add(.expiry, days)
    }
    fields.add(.freeRetests, profile.freeRetests)
    switch profile.paidRetests {
    case .unlimited: fields.add(.paidRetests, "unlimited")
    case .limited(let count): fields.add(.paidRetests, count)
    }
    fields.add(.approvalNeeded, profile.approvalNeeded)
    fields.add(.waitDays, profile.waitDays)
    fields.add(.waitBinds, profile.waitBinds.rawValue)
    fields.add(.startsAnew, profile.startsAnew)
    fields.add(.retestInYear, profile.retestInYear)
    fields.add(.noShow, profile.noShow.rawValue)
    fields.add(.cutoff, profile.cutoffDays)
    fields.add(.fee, profile.orderFee)
    fields.add(.certificate, profile.certificateYears)
    fields.add(.renewable, profile.certificateRenewable)
    fields.add(.proctor, profile.proctor)
    return fields
  }
}
