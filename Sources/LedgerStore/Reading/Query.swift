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

/// Rows and the fields of the line that ends them.
package struct Page: Sendable {
  package var rows: [Fields] = []
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

/// A cursor that no list of this kind has given.
package struct BadCursor: Error {}

enum HeadQuery {
  static let statement = Statement("select_seq", "SELECT last_seq FROM tenant WHERE tenant_id = $1::int4")

  static func step(_ tenant: TenantRecord) -> (statement: Statement, parameters: Parameters) {
    var parameters = Parameters()
    parameters.add(tenant.id)
    return (statement, parameters)
  }

  static func seq(_ rows: Rows) -> Int64 { rows.first { $0.integer() } ?? 0 }
}
