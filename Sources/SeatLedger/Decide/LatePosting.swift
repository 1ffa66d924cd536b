// What happened before it is recorded: the seats must have been there all the while (R13).

/// What one entry did to a pool's seats that can be drawn on.
package struct Flow: Hashable, Sendable {
  package let effective: Instant
  package let available: Amount
  package let held: Amount
  /// The end of the pool: its idle seats expired.
  package let isExpiry: Bool

  package init(effective: Instant, available: Amount, held: Amount, isExpiry: Bool) {
    self.effective = effective
    self.available = available
    self.held = held
    self.isExpiry = isExpiry
  }

  init?(_ entry: Entry, in pool: PoolNumber) {
    func change(_ bucket: Bucket) -> Amount {
      var amount = Amount.none
      if entry.to?.pool == pool, entry.to?.bucket == bucket { amount += entry.amount }
      if entry.from?.pool == pool, entry.from?.bucket == bucket { amount -= entry.amount }
      return amount
    }
    self.init(
      effective: entry.effective, available: change(.available), held: change(.held), isExpiry: entry.closesPool)
    if available == .none, held == .none { return nil }
  }
}

/// A seat that is taken at an earlier moment.
struct LateShare {
  /// The seat with its cents.
  let amount: Amount
  /// It has expired since, and comes back first.
  let hasExpired: Bool
}

extension TenantLedger {
  /// What a seat that is taken at an earlier moment carries, so that its bucket was never short of a seat or a cent from
  /// then on; `nil` where it would have been.
  ///
  /// From that moment on every balance loses one seat and the same cents, so the cents are those of any moment that had a
  /// single seat, or else the average of the moment itself.
  ///
  /// - Parameter path: `available` or `held`.
  func lateShare(
    of pool: Pool, _ path: WritableKeyPath<Balance, Amount>, _ change: KeyPath<Flow, Amount>, at happened: Instant,
    _ work: Work
  ) -> LateShare? {
    let fresh = (posted.map(\.entry) + work.entries).compactMap { Flow($0, in: pool.number) }
    let flows = ((flows[pool.number] ?? []) + fresh).enumerated()
      .sorted { ($0.element.effective, $0.offset) < ($1.element.effective, $1.offset) }.map(\.element)
    var state = pool.balance[keyPath: path]
    // Of a pool that has expired counts what it had until then.
    var states = [state]
    var hasExpired = pool.isClosed
    for flow in flows.reversed() {
      guard flow.effective > happened else { break }
      state -= flow[keyPath: change]
      if flow.isExpiry {
        states = [state]
        hasExpired = true
      } else {
        states.append(state)
      }
    }
    guard let first = states.last, states.allSatisfy({ $0.seats >= 1 }) else { return nil }
    let single = states.first { $0.seats == 1 }?.cents
    let cents = single ?? min(first.share(of: 1).cents, states.map(\.cents).min() ?? 0)
    guard states.allSatisfy({ $0.cents >= cents && ($0.seats > 1 || $0.cents == cents) }) else { return nil }
    return LateShare(amount: Amount(seats: 1, cents: cents), hasExpired: hasExpired)
  }
}
