package import Postgres
package import SeatLedger

/// What a batch reads before it decides: its tenants' locks, then the part of their books that its commands touch. A batch
/// that needs nothing read has no load: `Save` locks.
///
/// The lock is a statement of its own in front of every read. Each later statement takes its snapshot after the lock is
/// won and so sees what another daemon has committed; a read before the lock, or in one statement with it, would be stale
/// and oversell. Tenants are locked in the order of their ids, in one statement, so no two batches can wait for each
/// other.
package struct Load {
  package static let statements = [
    begin, lock, selectKeys, selectAuditKeys, selectPools, selectPoolsBeside, selectAttempts, selectAttemptsBeside,
    selectApprovals, selectApprovalsBeside, selectNumberedPools, selectClosingAttempts, selectClosingHolds, selectHolds,
    selectPoolsOfHolds, selectSealedYears, selectOpenPools, selectEntries, selectReversals, selectFlows, selectGrants,
    selectTokens,
  ]

  private let ledgers: [LoadedLedger]
  private let byTenant: [Int32: LoadedLedger]
  private let directory: Directory
  /// Pools that expired long before are not read: nothing can be asked of them any more.
  private let horizon: CivilDate

  /// A year and a little: a late posting names a year that is not sealed yet.
  private static let horizonDays = 400

  /// - Parameter ledgers: one for each tenant of the batch. What they have of it is not read again, and what they lack is
  ///   read into them: where that fails, they are worth nothing any more.
  package init(_ ledgers: [LoadedLedger], at now: Instant, in directory: Directory) {
    self.ledgers = ledgers
    self.directory = directory
    var byTenant: [Int32: LoadedLedger] = [:]
    byTenant.reserveCapacity(ledgers.count)
    var earliest = now
    for one in ledgers {
      if !one.needs.isOrdinary {
        one.isForOnce = true
        one.forget()
      }
      for moment in one.needs.flows.values { earliest = min(earliest, moment) }
      byTenant[one.tenant.id] = one
    }
    self.byTenant = byTenant
    horizon = min(Zone.utc.date(of: now) - Self.horizonDays, Zone.utc.date(of: earliest) - 1)
  }

  /// Reads what is needed. A ledger that is not current afterwards is that of a tenant which does not exist.
  ///
  /// - Parameter locking: `false` for a read, which takes a snapshot instead of locks.
  /// - Returns: the database server's clock, where a tenant is there.
  package func run(on connection: borrowing Connection, locking: Bool = true) throws(PostgresError) -> Instant? {
    var pipeline = Pipeline()
    pipeline.add(locking ? Self.begin : Self.beginSnapshot)
    if !locking { pipeline.add(Self.forTenants, Self.tenants(ledgers.map(\.tenant.id))) }
    let clock = try read(ledgers, locking: locking, with: pipeline, connection)
    // Somebody else has changed these since they were kept.
    let stale = ledgers.filter { $0.isRead && !$0.isCurrent }
    if !stale.isEmpty {
      for one in stale { one.forget() }
      _ = try read(stale, locking: locking, with: Pipeline(), connection)
    }
    try followUp(connection)
    if !locking {
      var end = Pipeline()
      end.add(Self.end)
      _ = try connection.exchange(end)
    }
    return clock
  }

  /// One round trip: the heads, then what is needed, if the books are what they were kept as.
  private func read(
    _ ledgers: [LoadedLedger], locking: Bool, with pipeline: consuming Pipeline, _ connection: borrowing Connection
  ) throws(PostgresError) -> Instant? {
    var tenants = Parameters()
    tenants.add(ArrayParameter(.int4, ledgers) { $0.tenant.id })
    let heads = pipeline.add(locking ? Self.lock : Self.selectHeads, tenants)
    var parts = parts(of: ledgers)
    if locking, let auditKeys = auditKeys(of: ledgers) { parts.append(auditKeys) }
    let steps = parts.map { part in (part.take, pipeline.add(part.statement, part.parameters)) }
    let rows = try connection.exchange(pipeline)
    for one in ledgers { one.isCurrent = false }
    let clock = takeHeads(rows[heads])
    for (take, step) in steps { read(rows[step], take) }
    return clock
  }

  private func read(_ rows: Rows, _ take: (inout Row, LoadedLedger) -> Void) {
    rows.forEach { row in
      if let one = byTenant[Int32(row.integer())] { take(&row, one) }
    }
  }

  /// What is known to be needed only when something else has been read: the pool of a seat that another school paid for,
  /// the approvals of a candidate who tries again, what a reversed entry touched, what has moved through the pools of a
  /// late posting. All are rare and cost a round trip of their own.
  private func followUp(_ connection: borrowing Connection) throws(PostgresError) {
    var more: [LoadedLedger] = []
    var flows: [(Int32, (pool: PoolNumber, since: Instant))] = []
    for one in ledgers where one.isCurrent {
      one.settle()
      var further = Needs(toReverse: one.ledger.named.values)
      for pool in one.poolsOfAttempts where !one.has(pool) { further.pools.insert(pool) }
      one.poolsOfAttempts.removeAll()
      for candidate in one.needs.candidates where one.hasAttempts(of: candidate) { further.approvals.insert(candidate) }
      for (group, since) in one.needs.flows {
        flows += one.ledger.books.pools(of: group).map { (one.tenant.id, ($0.number, since)) }
      }
      if one.needs.endsHolds {
        for hold in one.needs.holds.compactMap({ one.ledger.books.holds[$0] }) {
          flows.append((one.tenant.id, (hold.pool, one.tenant.zone.end(of: hold.until))))
        }
      }
      if !further.isEmpty { more.append(one) }
      one.needs = further
    }
    var parts = parts(of: more)
    for one in more { one.needs = Needs() }
    if !flows.isEmpty {
      var parameters = numbers(flows.map { ($0.0, $0.1.pool) })
      parameters.add(ArrayParameter(.int8, flows) { $0.1.since.microseconds })
      parts.append(
        Part(statement: Self.selectFlows, parameters: parameters) { row, loaded in
          let pool = PoolNumber(row.integer())
          loaded.ledger.take(Flow(&row), of: pool)
        })
    }
    guard !parts.isEmpty else { return }
    var pipeline = Pipeline()
    for part in parts { pipeline.add(part.statement, part.parameters) }
    for (part, rows) in zip(parts, try connection.exchange(pipeline)) { read(rows, part.take) }
  }

  private func takeHeads(_ rows: Rows) -> Instant? {
    var clock: Instant?
    rows.forEach { row in
      guard let one = byTenant[Int32(row.integer())] else { return }
      let head = TenantLedger.Head(
        number: EntryNumber(row.integer()), hash: row.hash(),
        recorded: Instant(microseconds: row.integer()))
      if !one.isRead {
        one.ledger = TenantLedger(code: one.tenant.code, zone: one.tenant.zone, head: head)
        one.isRead = true
      }
      one.isCurrent = one.ledger.head == head
      one.takeSchools(of: directory)
      let lastAudit = row.integer()
      // A grant moves no entry, but its key is one of the tenant's.
      if one.lastAudit != lastAudit { one.auditKeys = nil }
      one.lastAudit = lastAudit
      clock = Instant(microseconds: row.integer())
    }
    return clock
  }
}

// MARK: - What is read

extension Load {
  private struct Part {
    let statement: Statement
    let parameters: Parameters
    let take: (inout Row, LoadedLedger) -> Void
  }

  /// Only what the commands name is asked for, and only what has not been read before.
  private func parts(of ledgers: [LoadedLedger]) -> [Part] {
    var parts: [Part] = []
    func add(_ statement: Statement, _ parameters: Parameters, _ take: @escaping (inout Row, LoadedLedger) -> Void) {
      parts.append(Part(statement: statement, parameters: parameters, take: take))
    }
    let pool: (inout Row, LoadedLedger) -> Void = { row, loaded in loaded.ledger.take(Pool(&row)) }
    let attempt: (inout Row, LoadedLedger) -> Void = { row, loaded in
      let attempt = Attempt(&row)
      if let pool = attempt.facts.pool { loaded.poolsOfAttempts.insert(pool) }
      loaded.ledger.take(attempt)
    }

    func flat<Element, Named: Sequence<Element>>(
      _ named: (Needs) -> Named, _ isLacking: (LoadedLedger, Element) -> Bool = { _, _ in true }
    ) -> [(Int32, Element)] {
      var all: [(Int32, Element)] = []
      for one in ledgers {
        for element in named(one.needs) where isLacking(one, element) {
          all.append((one.tenant.id, element))
        }
      }
      return all
    }

    let keys = flat { Set($0.keys) }
    if !keys.isEmpty {
      add(Self.selectKeys, pairs(keys) { $0.text }) { row, loaded in
        loaded.ledger.take(
          Kept(key: row.text(), principal: row.text(), request: row.text(), answer: row.text()))
      }
    }
    let approval: (inout Row, LoadedLedger) -> Void = { row, loaded in loaded.ledger.take(Approval(&row)) }
    let groups = flat({ $0.groups }, { $0.ask($1) })
    if !groups.isEmpty {
      var parameters = pairs(groups) { $0.school.text }
      parameters.add(ArrayParameter(.text, groups) { $0.1.program.text })
      parameters.add(horizon.day)
      add(Self.selectPools, parameters, pool)
    }
    let candidates = flat({ $0.candidates }, { $0.ask($1) })
    if !candidates.isEmpty {
      add(Self.selectAttempts, pairs(candidates) { $0.token }, attempt)
    }
    let approvals = flat({ $0.approvals }, { $0.askApprovals($1) })
    if !approvals.isEmpty {
      add(Self.selectApprovals, pairs(approvals) { $0.token }, approval)
    }
    let attempts = flat({ Set($0.attempts) }, { $0.ask($1) })
    if !attempts.isEmpty {
      var parameters = numbers(attempts)
      add(Self.selectAttemptsBeside, parameters, attempt)
      add(Self.selectApprovalsBeside, parameters, approval)
      parameters.add(horizon.day)
      add(Self.selectPoolsBeside, parameters, pool)
    }
    let closing = flat { $0.closing }
    if !closing.isEmpty {
      add(Self.selectNumberedPools, numbers(closing), pool)
      add(Self.selectClosingAttempts, numbers(closing), attempt)
      add(Self.selectClosingHolds, numbers(closing)) { row, loaded in loaded.ledger.take(Hold(&row)) }
    }
    let numbered = flat { $0.pools }
    if !numbered.isEmpty { add(Self.selectNumberedPools, numbers(numbered), pool) }
    let holds = flat { $0.holds }
    if !holds.isEmpty {
      add(Self.selectHolds, numbers(holds)) { row, loaded in loaded.ledger.take(Hold(&row)) }
      add(Self.selectPoolsOfHolds, numbers(holds), pool)
    }
    let sealing = ledgers.filter { $0.needs.seals }
    if !sealing.isEmpty {
      var parameters = Parameters()
      parameters.add(ArrayParameter(.int4, sealing) { $0.tenant.id })
      add(Self.selectSealedYears, parameters) { row, loaded in loaded.ledger.take(SealedYear(&row)) }
    }
    let years = flat { $0.years }
    if !years.isEmpty {
      var parameters = pairs(years) { $0.program.text }
      parameters.add(ArrayParameter(.int4, years) { $0.1.year.firstDay.day })
      parameters.add(ArrayParameter(.int4, years) { $0.1.year.lastDay.day })
      add(Self.selectOpenPools, parameters, pool)
    }
    let entries = flat { $0.entries }
    if !entries.isEmpty {
      add(Self.selectEntries, numbers(entries)) { row, loaded in loaded.ledger.take(named: StoredEntry(&row).entry) }
      add(Self.selectReversals, numbers(entries)) { row, loaded in
        loaded.ledger.take(reversalOf: EntryNumber(row.integer()), by: EntryNumber(row.integer()))
      }
    }
    let registries = ledgers.filter { $0.needs.registry }
    if !registries.isEmpty {
      var parameters = Parameters()
      parameters.add(ArrayParameter(.int4, registries) { $0.tenant.id })
      add(Self.selectGrants, parameters) { row, loaded in
        if let grant = Grant(&row) { loaded.ledger.take(grant) }
      }
      add(Self.selectTokens, parameters) { row, loaded in
        loaded.ledger.take(token: Code(stored: row.text()), isRevoked: row.flag())
      }
    }
    return parts
  }

  /// Where the keys of the tenants' audit lists end, if that is not known yet.
  private func auditKeys(of ledgers: [LoadedLedger]) -> Part? {
    let unknown = ledgers.filter { $0.auditKeys == nil && !$0.isForOnce }
    guard !unknown.isEmpty else { return nil }
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, unknown) { $0.tenant.id })
    return Part(statement: Self.selectAuditKeys, parameters: parameters) { row, loaded in
      loaded.auditKeys = LoadedLedger.AuditKeys(last: row.optionalText().map(IdempotencyKey.init))
    }
  }

  private func pairs<Element>(_ rows: [(Int32, Element)], _ text: (Element) -> String) -> Parameters {
    var tenants = ArrayParameter(.int4, capacity: rows.count)
    var texts = ArrayParameter(.text, capacity: rows.count)
    for (tenant, element) in rows {
      tenants.append(tenant)
      texts.append(text(element))
    }
    return Parameters([tenants, texts])
  }

  private func numbers<Kind>(_ rows: [(Int32, Number<Kind>)]) -> Parameters {
    var tenants = ArrayParameter(.int4, capacity: rows.count)
    var numbers = ArrayParameter(.int8, capacity: rows.count)
    for (tenant, number) in rows {
      tenants.append(tenant)
      numbers.append(number.value)
    }
    return Parameters([tenants, numbers])
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
      if let attempt = entry.attempt { attempts.append(attempt) }
      if case .approve(_, let candidate, _) = entry.detail { approvals.insert(candidate) }
    }
  }
}
