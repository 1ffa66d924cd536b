package import LedgerStore
package import Postgres
package import SeatLedger

/// One libpq session that reads what proofs need, a page at a time: several proofs take turns on it.
package actor JournalReader {
  private let executor: BlockingExecutor
  private var link: Link

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String) {
    executor = BlockingExecutor(label: "journal reader")
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

  package func entries(
    of tenant: Int32, after number: EntryNumber, through last: EntryNumber
  ) throws(PostgresError) -> [StoredEntry] {
    try link.read { connection throws(PostgresError) in
      try Proving.entries(of: tenant, after: number, through: last, connection)
    }
  }
}
