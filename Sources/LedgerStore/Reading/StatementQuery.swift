internal import Postgres
package import SeatLedger

extension Query {
  /// A row an entry, in the order of the journal, with the available seats of the filtered pools after it.
  ///
  /// - Parameters:
  ///   - from: the first moment of what happened that is shown.
  ///   - to: the moment past the last one.
  package static func statement(
    of tenant: TenantRecord, _ filter: PoolFilter, from: Instant?, to: Instant?, _ horizon: Horizon, _ paging: Paging
  ) throws(BadQuestion) -> Query {
    let (after, running) = try paging.position
    var parameters = Parameters()
    parameters.add(tenant.id)
    filter.add(to: &parameters)
    parameters.add(Int32(paging.limit + 1))
    parameters.add(after)
    parameters.add(running)
    parameters.add(from?.microseconds)
    parameters.add(to?.microseconds)
    horizon.add(to: &parameters)
    return Query([(StatementQuery.page, parameters), HeadQuery.step(tenant, horizon)]) { rows in
      let lines = rows[0].map { row in StatementQuery.Line(&row) }
      var page = Page.of(lines, limit: paging.limit, cursor: \.cursor) { $0.row(in: tenant.zone) }
      page.end.add(.seq, HeadQuery.seq(rows[1]))
      return page
    }
  }
}

extension Paging {
  /// The last entry shown and the running balance after it: `12.40`.
  fileprivate var position: (seq: Int64, running: Int64) {
    get throws(BadQuestion) {
      guard let after else { return (0, 0) }
      let parts = after.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
      guard parts.count == 2, let seq = parts[0], let running = parts[1], seq >= 0, running.magnitude < 1 << 40 else {
        throw .cursor
      }
      return (seq, running)
    }
  }
}

enum StatementQuery {
  private static func matches(_ pool: String) -> String {
    "(\(pool).pool IS NOT NULL AND \(PoolFilter.condition(on: pool)))"
  }

  private static func place(_ pool: String, _ bucket: String) -> String {
    "\(pool).school || '/' || \(pool).program || '/' || \(pool).expires || '/' || \(pool).fund || '/' || j.\(bucket)"
  }

  /// What a line tells of an entry `j` with its pools `f` and `t`, but for the running balance.
  static let facts = """
    j.seq, j.kind::text, j.seats, j.cents, \(place("f", "from_bucket")), \(place("t", "to_bucket")),
    j.attempt, j.effective_at AS effective_at, j.recorded_at, j.principal, j.actor, j.reason, j.reverses,
    CASE WHEN j.kind IN ('purchase', 'approve', 'seal') THEN j.detail END
    """

  /// An approval `v` with its test `e`, which an entry `j` gives or takes back: it moves no seat and is of no attempt.
  static let approval = """
    LEFT JOIN approval v ON v.tenant_id = j.tenant_id
      AND v.approval = CASE j.kind WHEN 'approve' THEN j.seq WHEN 'reverse' THEN j.reverses END
    LEFT JOIN test e ON e.tenant_id = 0 AND e.code = v.test
    """

  /// An approval is of no pool, and so of no fund and of no year's seats.
  private static let matchesApproval = """
    (v.approval IS NOT NULL AND ($2::text[] IS NULL OR v.school = ANY ($2::text[]))
      AND ($3::text IS NULL OR e.program = $3::text) AND $4::int4 IS NULL AND $6::text IS NULL)
    """

  static let page = Statement(
    "statement_page",
    """
    SELECT * FROM (
      SELECT \(facts),
        $9::int8 + (sum(
          CASE WHEN j.to_bucket = 'available' AND \(matches("t")) THEN j.seats ELSE 0 END
          - CASE WHEN j.from_bucket = 'available' AND \(matches("f")) THEN j.seats ELSE 0 END)
          OVER (ORDER BY j.tenant_id, j.seq ROWS UNBOUNDED PRECEDING))::int8
      FROM journal j
      LEFT JOIN pool f ON f.tenant_id = j.tenant_id AND f.pool = j.from_pool
      LEFT JOIN pool t ON t.tenant_id = j.tenant_id AND t.pool = j.to_pool
      LEFT JOIN attempt a ON a.tenant_id = j.tenant_id AND a.attempt = j.attempt
      LEFT JOIN pool u ON u.tenant_id = a.tenant_id AND u.pool = a.pool
      \(approval)
      WHERE j.tenant_id = $1::int4 AND j.seq > $8::int8 AND \(Horizon.condition(on: "j", first: 12))
        AND (($2::text[] IS NULL AND $3::text IS NULL AND $4::int4 IS NULL AND $6::text IS NULL)
          OR \(matches("f")) OR \(matches("t")) OR \(matches("u")) OR \(matchesApproval))
      ORDER BY j.tenant_id, j.seq) line
    WHERE ($10::int8 IS NULL OR effective_at >= $10::int8) AND ($11::int8 IS NULL OR effective_at < $11::int8)
    LIMIT $7::int4
    """)

  struct Line {
    let seq: Int64
    let kind: String
    let amount: Amount
    let from: String?
    let to: String?
    let attempt: Int64?
    let effective: Instant
    let recorded: Instant
    let principal: String
    let actor: String?
    let reason: String?
    let reverses: Int64?
    /// Of a purchase its order's papers; of an approval and of a seal what for.
    let subject: Fields
    let running: Int64

    init(_ row: inout Row) {
      seq = row.integer()
      kind = row.text()
      amount = Amount(seats: row.integer(), cents: row.integer())
      from = row.optionalText()
      to = row.optionalText()
      attempt = row.optionalInteger()
      effective = Instant(microseconds: row.integer())
      recorded = Instant(microseconds: row.integer())
      principal = row.text()
      actor = row.optionalText()
      reason = row.optionalText()
      reverses = row.optionalInteger()
      subject = Self.subject(kind, row.optionalText())
      running = row.integer()
    }

    var cursor: String { "\(seq).\(running)" }

    func row(in zone: Zone) -> Fields {
      var fields = Fields()
      fields.add(.entry, seq)
      fields.append(facts(in: zone))
      fields.add(.balance, running)
      return fields
    }

    func facts(in zone: Zone) -> Fields {
      var fields = Fields()
      fields.add(.kind, kind)
      fields.add(.seats, amount.seats)
      fields.add(.cost, Money(cents: amount.cents))
      if let from { fields.add(.from, from) }
      if let to { fields.add(.to, to) }
      if let attempt { fields.add(.attempt, attempt) }
      fields.add(.effective, zone.rfc3339(effective))
      fields.add(.recorded, zone.rfc3339(recorded))
      fields.add(.principal, principal)
      if let actor { fields.add(.actor, actor) }
      if let reason { fields.add(.reason, reason) }
      if let reverses { fields.add(.reverses, reverses) }
      fields.append(subject)
      return fields
    }

    private static func subject(_ kind: String, _ detail: String?) -> Fields {
      var subject = Fields()
      switch Entry.Kind(rawValue: kind).flatMap({ Detail(kind: $0, text: detail) }) {
      case .opens(_, let po, let invoice):
        if let po { subject.add(.po, po) }
        if let invoice { subject.add(.invoice, invoice) }
      case .approve(_, let candidate, let test):
        subject.add(.candidate, candidate.token)
        subject.add(.test, test)
      case .seal(let sealed):
        subject.add(.program, sealed.program)
        subject.add(.year, sealed.year.description)
      default: break
      }
      return subject
    }
  }
}
