package import Postgres
package import SeatLedger

/// What a batch reads before it decides: its tenants' locks, then the part of their books that its commands touch.
///
/// The lock is a statement of its own in front of every read. Each later statement takes its snapshot after the lock is
/// won and so sees what another daemon has committed; a read before the lock, or in one statement with it, would be stale
/// and oversell. Tenants are locked in the order of their ids, in one statement, so no two batches can wait for each
/// other.
package struct Load {
  package static let statements = [
    begin, lock, selectKeys, selectPools, selectPoolsBeside, selectAttempts, selectAttemptsBeside, selectApprovals,
    selectApprovalsBeside, selectNumberedPools, selectClosingAttempts,
    selectClosingHolds, selectHolds, selectPoolsOfHolds, selectSealedYears, selectOpenPools, selectEntries,
    selectReversals, selectFlows, selectGrants, selectTokens,
  ]

  /// What was loaded, tenant by tenant; a tenant that does not exist is missing.
  package struct Result: Sendable {
    package var ledgers: [TenantCode: TenantLedger] = [:]
    package var lastAudits: [TenantCode: Int64] = [:]
    /// The database server's clock, where a tenant was locked.
    package var serverClock: Instant?
  }

  private let directory: Directory
  private let needs: [(tenant: TenantRecord, needs: Needs)]
  private let codes: [Int32: TenantCode]
  /// Pools that expired long before are not read: nothing can be asked of them any more.
  private let horizon: CivilDate

  /// A year and a little: a late posting names a year that is not sealed yet.
  private static let horizonDays = 400

  package init(_ needs: [TenantCode: Needs], at now: Instant, in directory: Directory) {
    self.directory = directory
    self.needs = needs.compactMap { code, needs in directory.tenants[code].map { ($0, needs) } }
    codes = Dictionary(uniqueKeysWithValues: self.needs.map { ($0.tenant.id, $0.tenant.code) })
    let earliest = needs.values.flatMap(\.flows.values).min() ?? now
    horizon = min(Zone.utc.date(of: now) - Self.horizonDays, Zone.utc.date(of: earliest) - 1)
  }

  /// - Parameter locking: `false` for a read, which takes a snapshot instead of locks.
  /// - Parameter isFirst: `false` for what is read once more in a transaction that has begun.
  package func run(
    on connection: borrowing Connection, locking: Bool = true, isFirst: Bool = true
  ) throws(PostgresError) -> Result {
    var pipeline = Pipeline()
    if isFirst { pipeline.add(locking ? Self.begin : Self.beginSnapshot) }
    if !locking { pipeline.add(Self.forTenants, Self.tenants(needs.map(\.tenant.id))) }
    var tenants = Parameters()
    tenants.add(ArrayParameter(.int4, needs) { $0.tenant.id })
    let heads = pipeline.add(locking ? Self.lock : Self.selectHeads, tenants)
    let steps = parts(of: needs).map { part in (part.take, pipeline.add(part.statement, part.parameters)) }
    let rows = try connection.exchange(pipeline)

    var result = Result()
    takeHeads(rows[heads], into: &result)
    for (take, step) in steps { read(rows[step], take, into: &result) }
    try followUp(&result, connection)
    if !locking {
      var end = Pipeline()
      end.add(Self.end)
      _ = try connection.exchange(end)
    }
    return result
  }

  private func read(_ rows: Rows, _ take: (inout Row, inout TenantLedger) -> Void, into result: inout Result) {
    rows.forEach { row in
      guard let code = codes[Int32(row.integer())] else { return }
      take(&row, &result.ledgers[code, default: Self.nobody])
    }
  }

  /// What is known to be needed only when something else has been read: the pool of a seat that another school paid for,
  /// what a reversed entry touched, what has moved through the pools of a late posting. All are rare and cost a round
  /// trip of their own.
  private func followUp(_ result: inout Result, _ connection: borrowing Connection) throws(PostgresError) {
    var more: [(tenant: TenantRecord, needs: Needs)] = []
    var flows: [(Int32, (pool: PoolNumber, since: Instant))] = []
    for (tenant, needs) in needs {
      guard let ledger = result.ledgers[tenant.code] else { continue }
      var further = Needs(toReverse: ledger.named.values)
      for pool in ledger.books.attempts.values.compactMap(\.facts.pool)
      where ledger.books.pools[pool] == nil && !needs.knownPools.contains(pool) {
        further.pools.insert(pool)
      }
      if !further.isEmpty { more.append((tenant, further)) }
      for (group, since) in needs.flows {
        flows += ledger.books.pools(of: group).map { (tenant.id, ($0.number, since)) }
      }
      if needs.endsHolds {
        for hold in needs.holds.compactMap({ ledger.books.holds[$0] }) {
          flows.append((tenant.id, (hold.pool, tenant.zone.end(of: hold.until))))
        }
      }
    }
    var parts = parts(of: more)
    if !flows.isEmpty {
      var parameters = numbers(flows.map { ($0.0, $0.1.pool) })
      parameters.add(ArrayParameter(.int8, flows) { $0.1.since.microseconds })
      parts.append(
        Part(statement: Self.selectFlows, parameters: parameters) { row, ledger in
          let pool = PoolNumber(row.integer())
          ledger.take(Flow(&row), of: pool)
        })
    }
    guard !parts.isEmpty else { return }
    var pipeline = Pipeline()
    for part in parts { pipeline.add(part.statement, part.parameters) }
    for (part, rows) in zip(parts, try connection.exchange(pipeline)) { read(rows, part.take, into: &result) }
  }

  private func takeHeads(_ rows: Rows, into result: inout Result) {
    let records = Dictionary(uniqueKeysWithValues: needs.map { ($0.tenant.id, $0) })
    rows.forEach { row in
      guard let (tenant, needs) = records[Int32(row.integer())] else { return }
      let head = TenantLedger.Head(
        number: EntryNumber(row.integer()), hash: row.hash(),
        recorded: Instant(microseconds: row.integer()))
      var ledger = TenantLedger(code: tenant.code, zone: tenant.zone, head: head)
      for school in needs.schools where directory.schools[tenant.code]?.contains(school) == true { ledger.take(school) }
      result.lastAudits[tenant.code] = row.integer()
      result.serverClock = Instant(microseconds: row.integer())
      result.ledgers[tenant.code] = ledger
    }
  }

  /// Never read: every row belongs to a tenant whose head was read in the same transaction.
  private static let nobody = TenantLedger(
    code: Code(stored: ""), zone: .utc,
    head: .init(number: EntryNumber(0), hash: .zero, recorded: Instant(microseconds: 0)))
}

// MARK: - What is read

extension Load {
  private struct Part {
    let statement: Statement
    let parameters: Parameters
    let take: (inout Row, inout TenantLedger) -> Void
  }

  /// Only what the commands name is asked for.
  private func parts(of needs: [(tenant: TenantRecord, needs: Needs)]) -> [Part] {
    var parts: [Part] = []
    func add(
      _ statement: Statement, _ parameters: Parameters, _ take: @escaping (inout Row, inout TenantLedger) -> Void
    ) {
      parts.append(Part(statement: statement, parameters: parameters, take: take))
    }
    let pool: (inout Row, inout TenantLedger) -> Void = { row, ledger in ledger.take(Pool(&row)) }
    let attempt: (inout Row, inout TenantLedger) -> Void = { row, ledger in ledger.take(Attempt(&row)) }

    func flat<Element>(_ named: (Needs) -> Set<Element>) -> [(Int32, Element)] {
      needs.flatMap { tenant, needs in named(needs).map { (tenant.id, $0) } }
    }

    let keys = flat(\.keys)
    if !keys.isEmpty {
      add(Self.selectKeys, pairs(keys) { $0 }) { row, ledger in
        ledger.take(
          Kept(key: row.text(), principal: row.text(), request: row.text(), answer: row.text()))
      }
    }
    let approval: (inout Row, inout TenantLedger) -> Void = { row, ledger in ledger.take(Approval(&row)) }
    let groups = flat(\.groups)
    if !groups.isEmpty {
      var parameters = pairs(groups) { $0.school.text }
      parameters.add(ArrayParameter(.text, groups) { $0.1.program.text })
      parameters.add(horizon.day)
      add(Self.selectPools, parameters, pool)
    }
    let candidates = flat(\.candidates)
    if !candidates.isEmpty {
      let tokens = pairs(candidates) { $0.token }
      add(Self.selectAttempts, tokens, attempt)
      add(Self.selectApprovals, tokens, approval)
    }
    let attempts = flat(\.attempts)
    if !attempts.isEmpty {
      var parameters = numbers(attempts)
      add(Self.selectAttemptsBeside, parameters, attempt)
      add(Self.selectApprovalsBeside, parameters, approval)
      parameters.add(horizon.day)
      add(Self.selectPoolsBeside, parameters, pool)
    }
    let closing = flat(\.closing)
    if !closing.isEmpty {
      add(Self.selectNumberedPools, numbers(closing), pool)
      add(Self.selectClosingAttempts, numbers(closing), attempt)
      add(Self.selectClosingHolds, numbers(closing)) { row, ledger in ledger.take(Hold(&row)) }
    }
    let numbered = flat(\.pools)
    if !numbered.isEmpty { add(Self.selectNumberedPools, numbers(numbered), pool) }
    let holds = flat(\.holds)
    if !holds.isEmpty {
      add(Self.selectHolds, numbers(holds)) { row, ledger in ledger.take(Hold(&row)) }
      add(Self.selectPoolsOfHolds, numbers(holds), pool)
    }
    let sealing = needs.filter(\.needs.seals)
    if !sealing.isEmpty {
      var parameters = Parameters()
      parameters.add(ArrayParameter(.int4, sealing) { $0.tenant.id })
      add(Self.selectSealedYears, parameters) { row, ledger in ledger.take(SealedYear(&row)) }
    }
    let years = flat(\.years)
    if !years.isEmpty {
      var parameters = pairs(years) { $0.program.text }
      parameters.add(ArrayParameter(.int4, years) { $0.1.year.firstDay.day })
      parameters.add(ArrayParameter(.int4, years) { $0.1.year.lastDay.day })
      add(Self.selectOpenPools, parameters, pool)
    }
    let entries = flat(\.entries)
    if !entries.isEmpty {
      add(Self.selectEntries, numbers(entries)) { row, ledger in ledger.take(named: StoredEntry(&row).entry) }
      add(Self.selectReversals, numbers(entries)) { row, ledger in
        ledger.take(reversalOf: EntryNumber(row.integer()), by: EntryNumber(row.integer()))
      }
    }
    let registries = needs.filter(\.needs.registry)
    if !registries.isEmpty {
      var parameters = Parameters()
      parameters.add(ArrayParameter(.int4, registries) { $0.tenant.id })
      add(Self.selectGrants, parameters) { row, ledger in
        if let grant = Grant(&row) { ledger.take(grant) }
      }
      add(Self.selectTokens, parameters) { row, ledger in
        ledger.take(token: Code(stored: row.text()), isRevoked: row.flag())
      }
    }
    return parts
  }

  private func pairs<Element>(_ rows: [(Int32, Element)], _ text: (Element) -> String) -> Parameters {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, rows) { $0.0 })
    parameters.add(ArrayParameter(.text, rows) { text($0.1) })
    return parameters
  }

  private func numbers<Kind>(_ rows: [(Int32, Number<Kind>)]) -> Parameters {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, rows) { $0.0 })
    parameters.add(ArrayParameter(.int8, rows) { $0.1.value })
    return parameters
  }
}

extension Grant {
  /// Reads principal, role and school.
  init?(_ row: inout Row) {
    let principal = row.text()
    let role = Role(rawValue: row.text())
    let school = row.text()
    guard let role else { return nil }
    self.init(principal: principal, role: role, school: school.isEmpty ? nil : Code(stored: school))
  }
}

extension Flow {
  /// Reads what an entry took from and brought to a pool's buckets.
  fileprivate init(_ row: inout Row) {
    let effective = Instant(microseconds: row.integer())
    let from = row.optionalText()
    let isFrom = row.flag()
    let to = row.optionalText()
    let isTo = row.flag()
    let amount = Amount(seats: row.integer(), cents: row.integer())
    func change(_ bucket: Bucket) -> Amount {
      (isTo && to == bucket.rawValue ? amount : .none) - (isFrom && from == bucket.rawValue ? amount : .none)
    }
    let isExpiry = row.flag()
    var hold: HoldNumber?
    if case .ofHold(let number)? = Detail(kind: .release, text: row.optionalText()) { hold = number }
    self.init(
      effective: effective, bought: (from == nil && isTo ? amount.seats : 0) - (to == nil && isFrom ? amount.seats : 0),
      available: change(.available), held: change(.held), isExpiry: isExpiry, hold: hold)
  }
}

extension Needs {
  /// What entries touched that are to be reversed.
  fileprivate init(toReverse entries: some Sequence<Entry>) {
    self.init()
    for entry in entries {
      for place in [entry.from, entry.to].compactMap(\.self) { pools.insert(place.pool) }
      if let attempt = entry.attempt {
        attempts.insert(attempt)
      }
      if case .approve(_, let candidate, _) = entry.detail { candidates.insert(candidate) }
    }
  }
}
