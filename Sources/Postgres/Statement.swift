/// A statement that every session prepares once, under its own name.
package struct Statement: Sendable {
  package let name: String
  package let sql: String

  package init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }
}

/// Statements with their parameters, sent together and answered in one round trip.
package struct Pipeline: Sendable {
  private(set) var steps: [(statement: Statement, parameters: Parameters)] = []

  package init() {}

  /// - Returns: the place of its rows among the results.
  @discardableResult
  package mutating func add(_ statement: Statement, _ parameters: Parameters = Parameters()) -> Int {
    steps.append((statement, parameters))
    return steps.count - 1
  }

  package var count: Int { steps.count }
}
