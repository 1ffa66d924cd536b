package import Postgres
package import SeatLedger

/// Reads one tenant's journal and tables in one snapshot and proves them.
package struct Proving {
  package static let statements = [
    Load.beginSnapshot, Load.end, Load.selectHeads, Save.rollback, selectTenants, selectEntries, selectPools,
    selectAttempts, selectApprovals, selectHolds, selectSealedYears,
  ]

  /// Entries a round trip.
  private static let page: Int32 = 5_000

  private let ledger: String

  package init(ledger: String) { self.ledger = ledger }

  /// Every tenant's id and code, in the order of the codes.
  package static func tenants(_ connection: borrowing Connection) throws(PostgresError) -> [(
    id: Int32, code: TenantCode
  )] {
    var pipeline = Pipeline()
    pipeline.add(selectTenants)
    return try connection.exchange(pipeline)[0].map { (Int32($0.integer()), TenantCode(stored: $0.text())) }
  }

  package func prove(
    tenant id: Int32, _ code: TenantCode, noted: (number: EntryNumber, hash: EntryHash)?,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> Verification {
    var tenant = Parameters()
    tenant.add(ArrayParameter(.int4, [id]) { $0 })
    var begin = Pipeline()
    begin.add(Load.beginSnapshot)
    begin.add(Load.selectHeads, tenant)
    let head = try connection.exchange(begin)[1].first { row in
      _ = row.integer()
      return TenantLedger.Head(
        number: EntryNumber(row.integer()), hash: EntryHash(bytes: row.bytes()),
        recorded: Instant(microseconds: row.integer()))
    }
    var proof = JournalProof(ledger: ledger, tenant: code, noted: noted)
    try readEntries(id, connection) { proof.take($0) }
    let pools = try read(Self.selectPools, id, connection) { Pool(&$0) }
    let attempts = try read(Self.selectAttempts, id, connection) { Attempt(&$0) }
    let approvals = try read(Self.selectApprovals, id, connection) { Approval(&$0) }
    let holds = try read(Self.selectHolds, id, connection) { Hold(&$0) }
    let sealed = try read(Self.selectSealedYears, id, connection) { SealedYear(&$0) }
    var end = Pipeline()
    end.add(Load.end)
    _ = try connection.exchange(end)
    let nothing = TenantLedger.Head(
      number: EntryNumber(0), hash: EntryHash.genesis(ledger: ledger, tenant: code), recorded: Instant(microseconds: 0))
    return proof.finish(
      head: head ?? nothing, pools: pools, attempts: attempts, approvals: approvals, holds: holds, sealedYears: sealed)
  }

  private func readEntries(
    _ id: Int32, _ connection: borrowing Connection, _ take: (StoredEntry) -> Void
  ) throws(PostgresError) {
    var last: Int64 = 0
    while true {
      var parameters = Parameters()
      parameters.add(id)
      parameters.add(last)
      parameters.add(Self.page)
      var pipeline = Pipeline()
      pipeline.add(Self.selectEntries, parameters)
      let rows = try connection.exchange(pipeline)[0]
      rows.forEach { row in
        _ = row.integer()
        let entry = StoredEntry(&row)
        last = entry.entry.number.value
        take(entry)
      }
      if rows.count < Int(Self.page) { return }
    }
  }

  private func read<Value>(
    _ statement: Statement, _ id: Int32, _ connection: borrowing Connection, _ value: (inout Row) -> Value
  ) throws(PostgresError) -> [Value] {
    var parameters = Parameters()
    parameters.add(id)
    var pipeline = Pipeline()
    pipeline.add(statement, parameters)
    return try connection.exchange(pipeline, deadline: .seconds(600))[0].map { row in
      _ = row.integer()
      return value(&row)
    }
  }

  private static let selectTenants = Statement(
    "all_tenants", "SELECT tenant_id, code FROM tenant WHERE tenant_id <> 0 ORDER BY code")

  private static let selectEntries = Statement(
    "all_entries",
    """
    SELECT \(EntryColumns.select) FROM journal j WHERE j.tenant_id = $1::int4 AND j.seq > $2::int8
    ORDER BY j.tenant_id, j.seq LIMIT $3::int4
    """)

  private static let selectPools = Statement(
    "all_pools", "SELECT \(PoolColumns.select) FROM pool p WHERE p.tenant_id = $1::int4")

  private static let selectAttempts = Statement(
    "all_attempts", "SELECT \(AttemptColumns.select) FROM attempt a WHERE a.tenant_id = $1::int4")

  private static let selectApprovals = Statement(
    "all_approvals", "SELECT \(ApprovalColumns.select) FROM approval v WHERE v.tenant_id = $1::int4")

  private static let selectHolds = Statement(
    "all_holds", "SELECT \(HoldColumns.select) FROM hold h WHERE h.tenant_id = $1::int4")

  private static let selectSealedYears = Statement(
    "all_sealed_years", "SELECT tenant_id, program, year FROM sealed_year WHERE tenant_id = $1::int4")
}
