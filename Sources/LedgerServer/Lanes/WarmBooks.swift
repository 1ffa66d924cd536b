internal import LedgerStore
internal import SeatLedger

/// What a lane has read and kept of its tenants' books from batch to batch.
///
/// The database stays the only truth: books are used again only while the tenant's locked head is the very one they were
/// left at, number and hash, so that nobody else can have changed them since. What is not ordinary is read anew.
///
/// A batch takes its books out and puts back what it has stored: of a batch that failed, nothing is left here.
struct WarmBooks {
  private var shelf: [TenantCode: LoadedLedger] = [:]
  private var candidates = 0

  /// Candidates of one lane that are remembered, some kilobytes each; past that it begins anew.
  private static let mostCandidates = 20_000

  /// Takes out what is at hand of a tenant's books.
  mutating func take(_ tenant: TenantCode) -> LoadedLedger? {
    guard let books = shelf.removeValue(forKey: tenant) else { return nil }
    candidates -= books.candidates.count
    return books
  }

  /// Puts back books whose batch is stored, or asked nothing of them.
  mutating func put(_ books: LoadedLedger) {
    guard books.isCurrent, !books.isForOnce else { return }
    if candidates > Self.mostCandidates { self = WarmBooks() }
    books.rest()
    candidates += books.candidates.count
    shelf[books.tenant.code] = books
  }
}
