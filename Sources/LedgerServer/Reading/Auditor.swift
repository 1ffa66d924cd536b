package import LedgerStore
package import Postgres
package import SeatLedger

/// One libpq session for questions about all tenants: who lives in which zone, what expires, what has expired.
package actor Auditor {
  private let executor: BlockingExecutor
  private var link: Link
  private var directory = Directory { Zones.zone(named: $0) }

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String) {
    executor = BlockingExecutor(label: "auditor")
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(
        conninfo, SessionSettings.report,
        Proving.statements + Due.zoneQuestions + Leftovers.questions + Expiring.questions + Directory.statements)
    }
  }

  package func tenants() throws(PostgresError) -> [Proving.Tenant] {
    try link.read { connection throws(PostgresError) in try Proving.tenants(connection) }
  }

  package func zones() throws(PostgresError) -> [String] {
    try link.read { connection throws(PostgresError) in try Due.zones(connection) }
  }

  package func zone(of tenant: TenantCode) throws(PostgresError) -> String? {
    try link.read { connection throws(PostgresError) in try Due.zone(of: tenant, connection) }
  }

  package func expiring(_ today: [ZoneDay], within days: Int) throws(PostgresError) -> [(
    subject: Expiring.Subject, left: Leftover
  )] {
    try link.read { connection throws(PostgresError) in try Expiring.subjects(today, within: days, connection) }
  }

  package func expiringSchools(of subject: Expiring.Subject, today: CivilDate, at now: Instant)
    throws(PostgresError) -> [Expiring.School]
  {
    try link.read { connection throws(PostgresError) in
      try Expiring.schools(of: subject, today: today, at: now, connection)
    }
  }

  package func program(_ code: ProgramCode) throws(PostgresError) -> Program? {
    try link.read { connection throws(PostgresError) in
      try directory.learn(programs: [code], tests: [], connection)
      return directory.catalogue.programs[code]
    }
  }

  package func leftovers(of year: AcademicYear, tenant: TenantCode?, onlyClosed: Bool) throws(PostgresError)
    -> [Leftovers.Line]
  {
    try link.read { connection throws(PostgresError) in
      try Leftovers.ofYear(year, tenant: tenant, onlyClosed: onlyClosed, connection)
    }
  }

  package func rehearsal(_ today: [ZoneDay], tenant: TenantCode?) throws(PostgresError) -> [Leftovers.Line] {
    try link.read { connection throws(PostgresError) in try Leftovers.rehearsal(today, tenant: tenant, connection) }
  }
}
