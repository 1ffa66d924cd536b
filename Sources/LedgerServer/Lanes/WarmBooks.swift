internal import LedgerStore
internal import SeatLedger

/// What a lane has read and kept of its tenants' books from batch to batch.
///
/// The database stays the only truth: books are used again only while the tenant's locked head is the very one they were
/// left at, number and hash, so that nobody else can have changed them since. What is not ordinary is read anew.
struct WarmBooks {
  private var shelves: [TenantCode: Shelf] = [:]
  private var candidates = 0

  private struct Shelf {
    let loaded: LoadedLedger
    /// Of it, as it was put back.
    let candidates: Int
  }

  /// Candidates of one lane that are remembered, some kilobytes each; past that it begins anew.
  private static let mostCandidates = 20_000

  /// The books that are at hand for these needs.
  mutating func books(for all: [TenantCode: Needs]) -> [TenantCode: LoadedLedger] {
    var books: [TenantCode: LoadedLedger] = [:]
    for (tenant, needs) in all {
      guard needs.isOrdinary else {
        forget(tenant)
        continue
      }
      if let shelf = shelves[tenant] { books[tenant] = shelf.loaded }
    }
    return books
  }

  /// Keeps the books of a batch that is stored.
  mutating func keep(_ ledgers: [TenantCode: LoadedLedger], _ all: [TenantCode: Needs]) {
    if candidates > Self.mostCandidates { self = WarmBooks() }
    for (tenant, loaded) in ledgers where all[tenant]?.isOrdinary == true {
      loaded.ledger.rest()
      let shelf = Shelf(loaded: loaded, candidates: loaded.candidates.count)
      candidates += shelf.candidates - (shelves.updateValue(shelf, forKey: tenant)?.candidates ?? 0)
    }
  }

  /// What became of a batch is not known, or it was not stored: nothing that it touched is kept.
  mutating func forget(_ tenants: some Sequence<TenantCode>) { for tenant in tenants { forget(tenant) } }

  private mutating func forget(_ tenant: TenantCode) {
    if let shelf = shelves.removeValue(forKey: tenant) { candidates -= shelf.candidates }
  }
}
