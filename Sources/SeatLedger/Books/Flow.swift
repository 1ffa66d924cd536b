/// What one entry did to what a pool pays with.
package struct Flow: Hashable, Sendable {
  package let effective: Instant
  /// Seats or licences from the vendor; below zero where a purchase was reversed.
  package let bought: Int64
  package let available: Amount
  package let held: Amount
  /// The end of the pool: its idle seats expired.
  package let isExpiry: Bool
  /// The hold that gave seats up, or got them back; not where one was drawn on.
  package let hold: HoldNumber?

  package init(
    effective: Instant, bought: Int64, available: Amount, held: Amount, isExpiry: Bool, hold: HoldNumber?
  ) {
    self.effective = effective
    self.bought = bought
    self.available = available
    self.held = held
    self.isExpiry = isExpiry
    self.hold = hold
  }

  init?(_ entry: Entry, in pool: PoolNumber) {
    func change(_ bucket: Bucket) -> Amount {
      var amount = Amount.none
      if entry.to?.pool == pool, entry.to?.bucket == bucket { amount += entry.amount }
      if entry.from?.pool == pool, entry.from?.bucket == bucket { amount -= entry.amount }
      return amount
    }
    var bought: Int64 = 0
    if entry.from == nil, entry.to?.pool == pool { bought = entry.amount.seats }
    if entry.to == nil, entry.from?.pool == pool { bought = -entry.amount.seats }
    self.init(
      effective: entry.effective, bought: bought, available: change(.available), held: change(.held),
      isExpiry: entry.closesPool, hold: entry.detail.hold)
    if bought == 0, available == .none, held == .none { return nil }
  }
}

extension Detail {
  fileprivate var hold: HoldNumber? {
    if case .ofHold(let hold) = self { hold } else { nil }
  }
}
