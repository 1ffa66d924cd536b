package import LedgerStore
package import Postgres

/// One libpq session that tells what is past its day, page by page: its plans follow the indexes, whatever the planner
/// knows of the tables yet.
package actor DueReader {
  private let executor: BlockingExecutor
  private var link: Link

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String) {
    executor = BlockingExecutor(label: "due reader")
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.due, Due.questions)
    }
  }

  package func pools(
    _ scope: Due.Scope, after: Due.DuePool?, limit: Int32
  ) throws(PostgresError) -> [Due.DuePool] {
    try link.read { connection throws(PostgresError) in
      try Due.pools(scope, after: after, limit: limit, connection)
    }
  }

  package func countPools(_ scope: Due.Scope) throws(PostgresError) -> Int64 {
    try link.read { connection throws(PostgresError) in try Due.count(scope, connection) }
  }

  package func holds(
    _ scope: Due.Scope, after: Due.DueHold?, limit: Int32
  ) throws(PostgresError) -> [Due.DueHold] {
    try link.read { connection throws(PostgresError) in
      try Due.holds(scope, after: after, limit: limit, connection)
    }
  }
}
