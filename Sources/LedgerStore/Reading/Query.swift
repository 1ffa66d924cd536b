package import Postgres
package import SeatLedger

/// A question about one tenant or about the ledger: its statements, and what their rows mean.
///
/// Many queries share one round trip and one snapshot; each names its tenant in every statement, which is what keeps
/// them apart.
package struct Query: Sendable {
  package let steps: [(statement: Statement, parameters: Parameters)]
  package let answer: @Sendable ([Rows]) -> Page

  package init(_ steps: [(statement: Statement, parameters: Parameters)], answer: @escaping @Sendable ([Rows]) -> Page)
  {
    self.steps = steps
    self.answer = answer
  }
}

/// Rows, notes behind them, and the fields of the line that ends them.
package struct Page: Sendable {
  package var rows: [Fields] = []
  package var notes: [Fields] = []
  package var end = Fields()

  package init(rows: [Fields] = [], end: Fields = Fields()) {
    self.rows = rows
    self.end = end
  }

  /// The first `limit` of the rows that were found, and a cursor if there were more.
  static func of<Element>(
    _ found: [Element], limit: Int, cursor: (Element) -> String, row: (Element) -> Fields
  ) -> Page {
    var page = Page(rows: found.prefix(limit).map(row))
    page.end.add(.rows, page.rows.count)
    if found.count > limit { page.end.add(.next, cursor(found[limit - 1])) }
    return page
  }

  /// A page of rows that are all at hand, in the order of their keys: part by part, as the database orders columns. As one
  /// text, `apex-2/x` would stand before `apex/x`.
  static func of<Element>(
    _ all: [Element], _ paging: Paging, key: (Element) -> [String], row: (Element) -> Fields
  ) -> Page {
    let last = paging.after?.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let rest = last.map { last in all.filter { last.lexicographicallyPrecedes(key($0)) } } ?? all
    return of(rest, limit: paging.limit, cursor: { key($0).joined(separator: "/") }, row: row)
  }
}

/// Both axes of time: what had happened by a moment, and what the journal knew at a position. `nil`: all of it.
package struct Horizon: Sendable {
  /// The moment past the last one that counts.
  package let effectiveBefore: Instant?
  package let lastEntry: EntryNumber?
  package let recordedBefore: Instant?

  package init(effectiveBefore: Instant?, lastEntry: EntryNumber? = nil, recordedBefore: Instant? = nil) {
    self.effectiveBefore = effectiveBefore
    self.lastEntry = lastEntry
    self.recordedBefore = recordedBefore
  }

  package var isNow: Bool { effectiveBefore == nil && lastEntry == nil && recordedBefore == nil }

  func add(to parameters: inout Parameters) {
    parameters.add(effectiveBefore?.microseconds)
    parameters.add(lastEntry?.value)
    parameters.add(recordedBefore?.microseconds)
  }

  /// Recorded time and seq run together, so the last entry that counts is found from the journal's end.
  static func condition(on entry: String, first: Int) -> String {
    """
    ($\(first)::int8 IS NULL OR \(entry).effective_at < $\(first)::int8)
    AND ($\(first + 1)::int8 IS NULL OR \(entry).seq <= $\(first + 1)::int8)
    AND ($\(first + 2)::int8 IS NULL OR \(entry).recorded_at < $\(first + 2)::int8)
    """
  }
}

/// Which part of a list is asked for.
package struct Paging: Sendable {
  package let limit: Int
  package let after: String?

  package init(limit: Int, after: String?) {
    self.limit = limit
    self.after = after
  }
}

/// What is wrong with a question itself.
package enum BadQuestion: Error {
  /// A cursor that no list of this kind has given.
  case cursor
  /// A moment that the clocks of the tenant's zone skip.
  case moment
}

enum HeadQuery {
  static let statement = Statement("select_seq", "SELECT last_seq FROM tenant WHERE tenant_id = $1::int4")

  static func step(_ tenant: TenantRecord) -> (statement: Statement, parameters: Parameters) {
    var parameters = Parameters()
    parameters.add(tenant.id)
    return (statement, parameters)
  }

  static func seq(_ rows: Rows) -> Int64 { rows.first { $0.integer() } ?? 0 }

  /// The journal position that an answer within a horizon reflects.
  static let known = Statement(
    "select_known_seq",
    """
    SELECT coalesce((
      SELECT j.seq FROM journal j
      WHERE j.tenant_id = $1::int4 AND ($2::int8 IS NULL OR j.seq <= $2::int8)
        AND ($3::int8 IS NULL OR j.recorded_at < $3::int8)
      ORDER BY j.tenant_id DESC, j.seq DESC LIMIT 1), 0)
    """)

  static func step(_ tenant: TenantRecord, _ horizon: Horizon) -> (statement: Statement, parameters: Parameters) {
    guard horizon.lastEntry != nil || horizon.recordedBefore != nil else { return step(tenant) }
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(horizon.lastEntry?.value)
    parameters.add(horizon.recordedBefore?.microseconds)
    return (known, parameters)
  }
}
