package import LedgerStore
package import Postgres
package import SeatLedger

/// One libpq session for the rollover's questions.
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
        Proving.statements + Due.questions + Leftovers.questions + Expiring.questions + Directory.statements)
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

  package func duePools(
    _ scope: Due.Scope, after: Due.DuePool?, limit: Int32
  ) throws(PostgresError) -> [Due.DuePool] {
    try link.read { connection throws(PostgresError) in
      try Due.pools(scope, after: after, limit: limit, connection)
    }
  }

  package func countDuePools(_ scope: Due.Scope) throws(PostgresError) -> Int64 {
    try link.read { connection throws(PostgresError) in try Due.count(scope, connection) }
  }

  package func dueHolds(
    _ scope: Due.Scope, after: Due.DueHold?, limit: Int32
  ) throws(PostgresError) -> [Due.DueHold] {
    try link.read { connection throws(PostgresError) in
      try Due.holds(scope, after: after, limit: limit, connection)
    }
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
