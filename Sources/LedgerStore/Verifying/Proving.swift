package import Postgres
package import SeatLedger

/// What the proof of one tenant reads.
///
/// The head and the tables come out of one snapshot. The journal's entries up to that head are read beside it, page by
/// page and outside of any transaction, for they never change: a proof that takes long holds nothing back.
package struct Proving {
  package static let statements = [
    Load.beginSnapshot, Load.end, Load.selectHeads, selectTenants, selectEntries, selectNext, selectLast,
    selectPools,
    selectAttempts, selectMisnumbered, selectApprovals, selectHolds, selectSealedYears, selectOpenPools,
  ]

  /// Numbers of a statement: what they answer fits into the socket, so that the server reads the next ones while these
  /// are made out.
  private static let numbersOfAStatement: Int64 = 250

  /// Statements of a round trip: some megabytes.
  private static let statementsOfAPage: Int64 = 20

  /// How long the tables of a tenant may take.
  private static let patience = Duration.seconds(600)

  /// A tenant's head and tables at one moment.
  package struct Tables: Sendable {
    /// `nil` where the tenant has no row any more.
    package let head: TenantLedger.Head?
    /// The journal's last entry, which must be the head's.
    let last: EntryNumber
    let pools: [Pool]
    let attempts: [Attempt]
    /// Those with another number among their candidate's than their place.
    let misnumbered: [AttemptNumber]
    let approvals: [Approval]
    let holds: [Hold]
    let sealedYears: [SealedYear]
    /// As their own table lists them, with their last day.
    let openPools: [PoolNumber: CivilDate]
  }

  /// A tenant whose journal can be proved.
  package struct Tenant: Sendable {
    package let id: Int32
    package let code: TenantCode
    /// The number of its last entry.
    package let last: EntryNumber
  }

  /// In the order of their codes.
  package static var tenants: Question<[Tenant]> {
    Question(selectTenants) { rows in
      rows.map { row in
        Tenant(
          id: Int32(row.integer()), code: TenantCode(stored: row.text()), last: EntryNumber(row.integer()))
      }
    }
  }

  package static func tables(of tenant: Int32) -> Question<Tables> {
    Question { connection throws(PostgresError) in try tables(of: tenant, connection) }
  }

  private static func tables(of tenant: Int32, _ connection: borrowing Connection) throws(PostgresError) -> Tables {
    var tenants = Parameters()
    tenants.add(ArrayParameter(.int4, [tenant]) { $0 })
    var one = Parameters()
    one.add(tenant)
    var pipeline = Pipeline()
    pipeline.add(Load.beginSnapshot)
    let head = pipeline.add(Load.selectHeads, tenants)
    let last = pipeline.add(selectLast, one)
    let pools = pipeline.add(selectPools, one)
    let attempts = pipeline.add(selectAttempts, one)
    let misnumbered = pipeline.add(selectMisnumbered, one)
    let approvals = pipeline.add(selectApprovals, one)
    let holds = pipeline.add(selectHolds, one)
    let sealed = pipeline.add(selectSealedYears, one)
    let open = pipeline.add(selectOpenPools, one)
    pipeline.add(Load.end)
    let rows = try connection.exchange(pipeline, deadline: patience)
    return Tables(
      head: rows[head].first { row in
        _ = row.integer()
        return TenantLedger.Head(
          number: EntryNumber(row.integer()), hash: row.hash(),
          recorded: Instant(microseconds: row.integer()))
      }, last: EntryNumber(rows[last].first { $0.integer() } ?? 0), pools: read(rows[pools]) { Pool(&$0) },
      attempts: read(rows[attempts]) { Attempt(&$0) },
      misnumbered: read(rows[misnumbered]) { AttemptNumber($0.integer()) },
      approvals: read(rows[approvals]) { Approval(&$0) },
      holds: read(rows[holds]) { Hold(&$0) }, sealedYears: read(rows[sealed]) { SealedYear(&$0) },
      openPools: Dictionary(
        read(rows[open]) { (PoolNumber($0.integer()), CivilDate(day: Int32($0.integer()))) }
      ) { first, _ in first })
  }

  private static func read<Value>(_ rows: Rows, _ value: (inout Row) -> Value) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rows.count)
    rows.forEach { row in
      _ = row.integer()
      values.append(value(&row))
    }
    return values
  }

  /// Some of a journal's entries, in their order.
  package struct Page: Sendable {
    package fileprivate(set) var entries: [StoredEntry] = []
    /// Where the next page begins; `nil` where this is the last one.
    package fileprivate(set) var next: EntryNumber?

    package init() {}
  }

  /// The entries from one number on, at most through another, as many as a page holds.
  package static func page(
    of tenant: Int32, from first: EntryNumber, through last: EntryNumber
  ) -> Question<Page> {
    Question { connection throws(PostgresError) in try page(of: tenant, from: first, through: last, connection) }
  }

  private static func page(
    of tenant: Int32, from first: EntryNumber, through last: EntryNumber, _ connection: borrowing Connection
  ) throws(PostgresError) -> Page {
    // A head that somebody has changed may say any number.
    let last = min(last.value, .max - 1)
    var pipeline = Pipeline()
    var reached = first.value
    while reached <= last, pipeline.count < statementsOfAPage {
      let end = min(last - reached, numbersOfAStatement - 1) + reached
      var parameters = Parameters()
      parameters.add(tenant)
      parameters.add(reached)
      parameters.add(end)
      pipeline.add(selectEntries, parameters)
      reached = end + 1
    }
    // Where numbers are missing, however many, the next page begins behind them.
    var parameters = Parameters()
    parameters.add(tenant)
    parameters.add(reached)
    parameters.add(last)
    let next = pipeline.add(selectNext, parameters)
    var page = Page()
    page.entries.reserveCapacity(Int(reached - first.value))
    var step = 0
    try connection.exchange(pipeline) { rows in
      if step == next {
        page.next = rows.first { $0.optionalInteger().map { EntryNumber($0) } } ?? nil
      } else {
        rows.forEach { row in
          _ = row.integer()
          page.entries.append(StoredEntry(&row))
        }
      }
      step += 1
    }
    return page
  }

  private static let selectTenants = Statement(
    "all_tenants", "SELECT tenant_id, code, last_seq FROM tenant WHERE tenant_id <> 0 ORDER BY code")

  private static let selectEntries = Statement(
    "all_entries",
    """
    SELECT \(EntryColumns.select) FROM journal j
    WHERE j.tenant_id = $1::int4 AND j.seq BETWEEN $2::int8 AND $3::int8 ORDER BY j.seq
    """)

  private static let selectNext = Statement(
    "next_entry",
    "SELECT min(seq) FROM journal WHERE tenant_id = $1::int4 AND seq BETWEEN $2::int8 AND $3::int8")

  private static let selectLast = Statement(
    "last_entry", "SELECT coalesce(max(seq), 0) FROM journal WHERE tenant_id = $1::int4")

  private static let selectPools = Statement(
    "all_pools", "SELECT \(PoolColumns.select) FROM pool p WHERE p.tenant_id = $1::int4")

  private static let selectAttempts = Statement(
    "all_attempts", "SELECT \(AttemptColumns.select) FROM attempt a WHERE a.tenant_id = $1::int4")

  private static let selectMisnumbered = Statement(
    "misnumbered_attempts",
    """
    SELECT a.tenant_id, a.attempt
    FROM (
      SELECT tenant_id, attempt, candidate_seq, row_number() OVER (PARTITION BY candidate ORDER BY attempt) AS place
      FROM attempt WHERE tenant_id = $1::int4) a
    WHERE a.candidate_seq <> a.place ORDER BY a.attempt
    """)

  private static let selectApprovals = Statement(
    "all_approvals", "SELECT \(ApprovalColumns.select) FROM approval v WHERE v.tenant_id = $1::int4")

  private static let selectHolds = Statement(
    "all_holds", "SELECT \(HoldColumns.select) FROM hold h WHERE h.tenant_id = $1::int4")

  private static let selectSealedYears = Statement(
    "all_sealed_years", "SELECT tenant_id, program, year FROM sealed_year WHERE tenant_id = $1::int4")

  private static let selectOpenPools = Statement(
    "all_open_pools", "SELECT tenant_id, pool, expires - date 'epoch' FROM open_pool WHERE tenant_id = $1::int4")
}
