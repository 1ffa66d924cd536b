package import LedgerStore
package import Postgres
package import SeatLedger

/// One libpq session that reads what proofs need, a page or a tenant's tables at a time: several proofs take turns on it.
package actor JournalReader {
  private let executor: BlockingExecutor
  private var link: Link

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameter label: of its thread.
  package init(conninfo: String, label: String) {
    executor = BlockingExecutor(label: label)
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.report, Proving.statements)
    }
  }

  package func tenants() throws(PostgresError) -> [Proving.Tenant] {
    try link.read { connection throws(PostgresError) in try Proving.tenants(connection) }
  }

  package func tables(of tenant: Int32) throws(PostgresError) -> Proving.Tables {
    try link.read { connection throws(PostgresError) in try Proving.tables(of: tenant, connection) }
  }

  package func page(
    of tenant: Int32, from first: EntryNumber, through last: EntryNumber
  ) throws(PostgresError) -> Proving.Page {
    try link.read { connection throws(PostgresError) in
      try Proving.page(of: tenant, from: first, through: last, connection)
    }
  }
}
