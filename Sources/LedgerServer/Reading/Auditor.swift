package import LedgerStore
package import Postgres
package import SeatLedger

/// One libpq session for the rollover's questions.
package actor Auditor {
  private let executor: BlockingExecutor
  private var link: Link

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String) {
    executor = BlockingExecutor(label: "auditor")
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.report, Proving.statements + Due.questions)
    }
  }

  package func tenants() throws(PostgresError) -> [Proving.Tenant] {
    try link.read { connection throws(PostgresError) in try Proving.tenants(connection) }
  }

  package func zones() throws(PostgresError) -> [String] {
    try link.read { connection throws(PostgresError) in try Due.zones(connection) }
  }

  package func duePools(before date: CivilDate, tenant: TenantCode?, after: Due.DuePool?, limit: Int32)
    throws(PostgresError) -> [Due.DuePool]
  {
    try link.read { connection throws(PostgresError) in
      try Due.pools(before: date, tenant: tenant, after: after, limit: limit, connection)
    }
  }

  package func dueHolds(before date: CivilDate, tenant: TenantCode?, limit: Int32) throws(PostgresError) -> [Due
    .DueHold]
  {
    try link.read { connection throws(PostgresError) in
      try Due.holds(before: date, tenant: tenant, limit: limit, connection)
    }
  }

  package func leftovers(from first: CivilDate, through last: CivilDate, tenant: TenantCode?, onlyOpen: Bool)
    throws(PostgresError) -> [(tenant: TenantCode, leftover: Leftover)]
  {
    try link.read { connection throws(PostgresError) in
      try Due.leftovers(from: first, through: last, tenant: tenant, onlyOpen: onlyOpen, connection)
    }
  }
}
