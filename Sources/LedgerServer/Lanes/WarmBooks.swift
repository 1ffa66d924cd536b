internal import LedgerStore
internal import SeatLedger

/// What a lane has read and kept of its tenants' books from batch to batch.
///
/// The database stays the only truth: nothing that was decided on kept books is committed unless the tenant's head, once
/// locked, is the very one that they were left at. What is not ordinary is read anew.
///
/// A batch takes its books out and puts back what it has stored: of a batch that failed, nothing is left here.
struct WarmBooks {
  private var shelf: [TenantCode: LoadedLedger] = [:]
  private var size = 0

  /// Candidates and pools of one lane that are remembered, half a kilobyte each in the load of `seatbench`; past
  /// that it begins anew.
  private static let most = 20_000

  /// Takes out what is at hand of a tenant's books.
  mutating func take(_ tenant: TenantCode) -> LoadedLedger? {
    guard let books = shelf.removeValue(forKey: tenant) else { return nil }
    size -= books.size
    return books
  }

  /// Puts back books that a batch has changed and stored, or not changed; not those in which it has registered something,
  /// for they do not know their audit list any more.
  mutating func put(_ books: LoadedLedger) {
    guard books.isCurrent, !books.isForOnce, books.ledger.isSound, books.ledger.audited.isEmpty else { return }
    if size > Self.most { self = WarmBooks() }
    books.rest()
    size += books.size
    shelf[books.tenant.code] = books
  }
}
