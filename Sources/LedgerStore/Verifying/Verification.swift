internal import Postgres
package import SeatLedger

/// What the proof of one tenant's journal found.
package struct Verification: Sendable {
  package let tenant: TenantCode
  package private(set) var entries: Int64 = 0
  package private(set) var head: TenantLedger.Head
  /// Differences in the order in which they were found, at most `shown` of them.
  package private(set) var differences: [String] = []
  package private(set) var differenceCount: Int64 = 0

  /// A reader wants the first differences, not a million lines that follow from one.
  static let shown = 1_000

  fileprivate mutating func add(_ difference: String) {
    differenceCount += 1
    if differences.count < Self.shown { differences.append(difference) }
  }
}

/// Proves a journal entry by entry: numbers without a gap, the chain of hashes, and books that follow from it.
package struct JournalProof {
  private var verification: Verification
  private var books = Books(isIndexed: false)
  private let noted: (number: EntryNumber, hash: EntryHash)?
  private let genesis: TenantLedger.Head

  /// - Parameters:
  ///   - noted: a head that was noted down before; a tail cut off behind it is found by it alone.
  ///   - entries: how many there probably are.
  package init(
    ledger: String, tenant: TenantCode, noted: (number: EntryNumber, hash: EntryHash)?, entries: Int64
  ) {
    genesis = TenantLedger.Head(
      number: EntryNumber(0), hash: .genesis(ledger: ledger, tenant: tenant), recorded: Instant(microseconds: 0))
    verification = Verification(tenant: tenant, head: genesis)
    self.noted = noted
    if let noted, noted.number == genesis.number, noted.hash != genesis.hash {
      verification.add("journal: it begins with another hash than the one that was noted")
    }
    // Every attempt has two entries or more.
    books.reserveCapacity(attempts: min(Int(clamping: entries / 2), Self.mostRoom))
  }

  /// Attempts that room is made for beforehand: a head that somebody has changed may say any number.
  private static let mostRoom = 1_000_000

  /// The next entries, in their order.
  package mutating func take(_ page: [StoredEntry]) {
    // By index: a copy of each would cost as much as its proof.
    for index in page.indices { take(page[index]) }
  }

  /// How far the proof has come.
  package var reached: EntryNumber { verification.head.number }

  private mutating func take(_ stored: StoredEntry) {
    let number = stored.entry.number
    let head = verification.head
    if number.value != head.number.value + 1 {
      verification.add("entry \(number): the one before it is \(head.number); entries are missing or doubled")
    }
    if stored.entry.recorded < head.recorded {
      verification.add("entry \(number): recorded before the one in front of it")
    }
    if !stored.isReadable { verification.add("entry \(number): it does not read as an entry") }
    if head.hash.chained(to: stored.entry) != stored.hash {
      verification.add("entry \(number): its hash does not follow")
    }
    do throws(Contradiction) {
      try books.apply(stored.entry)
    } catch {
      verification.add("entry \(number): \(error.what)")
    }
    verification.take(stored)
    if let noted, noted.number == number, noted.hash != stored.hash {
      verification.add("entry \(number): another hash than the one that was noted")
    }
  }

  /// Compares the rebuilt books with the tables.
  package mutating func finish(_ tables: Proving.Tables) -> Verification {
    let found = verification.head
    let head = tables.head ?? genesis
    if found.number != head.number || found.hash != head.hash || found.recorded != head.recorded
      || tables.last != head.number
    {
      let last = max(found.number, tables.last)
      verification.add("tenant: its head is entry \(head.number), the journal's last is entry \(last)")
    }
    if let noted, noted.number > found.number {
      verification.add("journal: it ends at entry \(found.number), before the noted entry \(noted.number)")
    }
    compare("pool", books.pools, tables.pools, \.number)
    compare("attempt", books.attempts, tables.attempts, \.number)
    for attempt in tables.misnumbered {
      verification.add("attempt \(attempt): another number among its candidate's than its place")
    }
    compare("approval", books.approvals, tables.approvals, \.number)
    compare("hold", books.holds, tables.holds, \.number)
    for sealed in books.sealedYears.symmetricDifference(tables.sealedYears) {
      verification.add("\(sealed.year) of \(sealed.program): sealed in the journal or in its table, but not in both")
    }
    proveOpenPools(tables.openPools)
    proveHolds()
    for pool in books.pools.values where !pool.balance.isSound {
      verification.add("pool \(pool.number): its seats or cents do not add up")
    }
    return verification
  }

  private mutating func proveOpenPools(_ table: [PoolNumber: CivilDate]) {
    for pool in books.pools.values.lazy.filter({ !$0.isClosed }).sorted(by: { $0.number < $1.number }) {
      switch table[pool.number] {
      case pool.identity.expires?: break
      case .some: verification.add("pool \(pool.number): another last day in the table of open pools")
      case nil: verification.add("pool \(pool.number): missing from the table of open pools")
      }
    }
    for pool in table.keys.filter({ books.pools[$0]?.isClosed != false }).sorted() {
      verification.add("pool \(pool): still in the table of open pools")
    }
  }

  /// What the holds of a pool have left is what the pool has held.
  private mutating func proveHolds() {
    var held: [PoolNumber: Int64] = [:]
    for hold in books.holds.values { held[hold.pool, default: 0] += hold.seats }
    for pool in books.pools.values where held[pool.number, default: 0] != pool.balance.held.seats {
      verification.add("pool \(pool.number): its holds have other seats than it holds")
    }
  }

  private mutating func compare<Kind, Row: Equatable>(
    _ what: String, _ rebuilt: Revertible<Number<Kind>, Row>, _ stored: [Row], _ number: (Row) -> Number<Kind>
  ) {
    var differences: [(number: Number<Kind>, what: String)] = []
    var met = 0
    for row in stored {
      let number = number(row)
      guard let isEqual = rebuilt.read(number, { $0 == row }) else {
        differences.append((number, "no entry made it"))
        continue
      }
      met += 1
      if !isEqual { differences.append((number, "differs from its entries")) }
    }
    if met < rebuilt.count {
      let known = Set(stored.map(number))
      differences += rebuilt.keys.filter { !known.contains($0) }.map { ($0, "missing from its table") }
    }
    for difference in differences.sorted(by: { $0.number < $1.number }) {
      verification.add("\(what) \(difference.number): \(difference.what)")
    }
  }
}

extension Verification {
  fileprivate mutating func take(_ stored: StoredEntry) {
    entries += 1
    head = .init(number: stored.entry.number, hash: stored.hash, recorded: stored.entry.recorded)
  }
}
