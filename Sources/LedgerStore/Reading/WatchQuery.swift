package import Postgres
package import SeatLedger

/// What a watch asks: a tenant's entries behind a position, whoever committed them.
package enum WatchQuery {
  package static let statements = [page, HeadQuery.statement] + Credentials.statements + Directory.statements

  /// Entries that are read at once, those of other schools included.
  package static let mostOfAPage = 500

  /// One entry with the schools that it concerns.
  package struct Event: Sendable {
    package let seq: Int64
    package let schools: Set<SchoolCode>
    package let fields: Fields
    /// The pool whose available seats it has taken.
    package let drawn: Drawn?
  }

  /// A pool that has been drawn on, as it stands now.
  package struct Drawn: Sendable {
    package let pool: PoolNumber
    package let identity: Pool.Identity
    package let available: Int64
    /// What it has got and has not passed on.
    package let total: Int64

    fileprivate init?(_ row: inout Row) {
      guard let pool = row.optionalInteger() else { return nil }
      self.pool = PoolNumber(pool)
      identity = Pool.Identity(
        school: Code(stored: row.text()), program: Code(stored: row.text()), kind: .seats,
        fund: Code(stored: row.text()),
        expires: CivilDate(day: Int32(row.integer())))
      available = row.integer()
      total = row.integer()
    }
  }

  package static func parameters(tenant: TenantRecord, after position: Int64, limit: Int = mostOfAPage) -> Parameters {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(position)
    parameters.add(Int32(limit))
    return parameters
  }

  package static func events(_ rows: Rows, of tenant: TenantRecord) -> [Event] {
    rows.map { row in
      let line = StatementQuery.Line(&row)
      let schools = [row.optionalText(), row.optionalText(), row.optionalText()].compactMap { $0 }
      var fields = Fields()
      fields.add(.seq, line.seq)
      if let school = schools.first { fields.add(.school, school) }
      fields.append(line.facts(in: tenant.zone))
      return Event(
        seq: line.seq, schools: Set(schools.map { Code(stored: $0) }), fields: fields, drawn: Drawn(&row))
    }
  }

  /// The tenant's last entry.
  package static func head(of tenant: TenantRecord, _ connection: borrowing Connection) throws(PostgresError) -> Int64 {
    var pipeline = Pipeline()
    let step = HeadQuery.step(tenant)
    pipeline.add(step.statement, step.parameters)
    return HeadQuery.seq(try connection.exchange(pipeline)[0])
  }

  /// What ends with the year is no news.
  private static let draws = "j.from_bucket = 'available' AND j.kind <> 'expire' AND NOT f.closed AND f.kind = 'seats'"

  package static let page = Statement(
    "watch_page",
    """
    SELECT \(StatementQuery.facts), 0::int8, coalesce(a.school, v.school), t.school, f.school,
      CASE WHEN \(draws) THEN f.pool END, f.school, f.program, f.fund, f.expires - date 'epoch', f.available,
      f.purchased + f.transferred_in - f.transferred_out - f.returned
    FROM journal j
    LEFT JOIN pool f ON f.tenant_id = j.tenant_id AND f.pool = j.from_pool
    LEFT JOIN pool t ON t.tenant_id = j.tenant_id AND t.pool = j.to_pool
    LEFT JOIN attempt a ON a.tenant_id = j.tenant_id AND a.attempt = j.attempt
    \(StatementQuery.approval)
    WHERE j.tenant_id = $1::int4 AND j.seq > $2::int8
    ORDER BY j.tenant_id, j.seq LIMIT $3::int4
    """)
}
