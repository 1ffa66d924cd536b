internal import SeatLedger

/// What a lane has read and kept of its tenants' books from batch to batch.
///
/// The database stays the only truth: books are used again only while the tenant's locked head is the very one they were
/// left at, number and hash, so that nobody else can have changed them since. What is not ordinary is read anew.
struct WarmBooks {
  private var shelves: [TenantCode: Shelf] = [:]
  private var candidates = 0

  /// An object: looking at it copies nothing.
  private final class Shelf {
    var ledger: TenantLedger
    let known: Known

    init(ledger: TenantLedger, known: Known) {
      self.ledger = ledger
      self.known = known
    }

    func knows(_ number: AttemptNumber) -> Bool {
      guard let facts = ledger.books.attempts[number]?.facts else { return false }
      return known.candidates.contains(facts.candidate)
        && known.groups.contains(PoolGroup(school: facts.school, program: facts.program))
    }
  }

  /// Schools' pools and candidates that were read whole.
  private struct Known {
    var groups: Set<PoolGroup> = []
    var candidates: Set<Candidate> = []
  }

  /// Candidates of one lane that are remembered, some kilobytes each; past that it begins anew.
  private static let mostCandidates = 20_000

  /// What is still to be read for these needs.
  mutating func missing(of all: [TenantCode: Needs]) -> [TenantCode: Needs] {
    var missing = all
    for (tenant, needs) in all {
      guard let shelf = shelves[tenant] else { continue }
      guard needs.isOrdinary else {
        forget(tenant)
        continue
      }
      var rest = needs
      // Asked for each: what is known is much more than what is needed.
      rest.groups = needs.groups.filter { !shelf.known.groups.contains($0) }
      rest.candidates = needs.candidates.filter { !shelf.known.candidates.contains($0) }
      rest.attempts = needs.attempts.filter { !shelf.knows($0) }
      if !rest.candidates.isEmpty || !rest.attempts.isEmpty { rest.knownPools = Set(shelf.ledger.books.pools.keys) }
      missing[tenant] = rest
    }
    return missing
  }

  /// Joins what was read with what is kept.
  ///
  /// - Returns: tenants that somebody else has changed: all that they need must be read.
  mutating func join(_ ledgers: inout [TenantCode: TenantLedger]) -> [TenantCode] {
    var stale: [TenantCode] = []
    for tenant in Array(ledgers.keys) {
      guard let place = ledgers.index(forKey: tenant), let shelf = shelves.removeValue(forKey: tenant) else { continue }
      candidates -= shelf.known.candidates.count
      guard shelf.ledger.head == ledgers.values[place].head else {
        stale.append(tenant)
        continue
      }
      // What was read goes into what was kept, which is the larger of the two.
      swap(&shelf.ledger, &ledgers.values[place])
      ledgers.values[place].absorb(shelf.ledger)
      joined[tenant] = shelf.known
    }
    return stale
  }

  /// What the joined books know, until they are kept again.
  private var joined: [TenantCode: Known] = [:]

  /// Keeps the books of a batch that is stored.
  mutating func keep(_ ledgers: consuming [TenantCode: TenantLedger], _ all: [TenantCode: Needs]) {
    if candidates > Self.mostCandidates { self = WarmBooks() }
    for (tenant, needs) in all where needs.isOrdinary {
      guard let ledger = ledgers.removeValue(forKey: tenant) else { continue }
      var known = joined.removeValue(forKey: tenant) ?? Known()
      known.groups.formUnion(needs.groups)
      known.candidates.formUnion(needs.candidates)
      for facts in needs.attempts.compactMap({ ledger.books.attempts[$0]?.facts }) {
        known.candidates.insert(facts.candidate)
        known.groups.insert(PoolGroup(school: facts.school, program: facts.program))
      }
      candidates += known.candidates.count
      shelves[tenant] = Shelf(ledger: ledger.rested(), known: known)
    }
    joined.removeAll(keepingCapacity: true)
  }

  /// What became of a batch is not known, or it was not stored: nothing that it touched is kept.
  mutating func forget(_ tenants: some Sequence<TenantCode>) {
    for tenant in tenants { forget(tenant) }
    joined.removeAll()
  }

  private mutating func forget(_ tenant: TenantCode) {
    if let shelf = shelves.removeValue(forKey: tenant) { candidates -= shelf.known.candidates.count }
  }
}
