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
  private var size = 0

  /// Candidates and pools of one lane that are remembered, some kilobytes each; past that it begins anew.
  private static let most = 20_000

  /// Takes out what is at hand of a tenant's books.
  mutating func take(_ tenant: TenantCode) -> LoadedLedger? {
    guard let books = shelf.removeValue(forKey: tenant) else { return nil }
    size -= books.size
    return books
  }

  /// Puts back books that a batch has changed and stored, or not changed.
  mutating func put(_ books: LoadedLedger) {
    guard books.isCurrent, !books.isForOnce, books.ledger.isSound else { return }
    if size > Self.most { self = WarmBooks() }
    books.rest()
    size += books.size
    shelf[books.tenant.code] = books
  }
}
