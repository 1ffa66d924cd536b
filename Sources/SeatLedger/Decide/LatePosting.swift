// What happened before it is recorded: the seats must have been there all the while (R13).

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
    let flows = flows(of: pool, work)
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
    return share(of: states).map { LateShare(amount: $0, hasExpired: hasExpired) }
  }

  /// The same of a seat that was held then and came back when its hold ended: until that moment there must have been one
  /// held, and from then on one available.
  func lateShare(of pool: Pool, heldBy hold: Hold, at happened: Instant, _ work: Work) -> LateShare? {
    let end = zone.end(of: hold.until)
    var (available, held) = (pool.balance.available, pool.balance.held)
    var states = [available]
    var hasExpired = pool.isClosed
    var flows = flows(of: pool, work)
    while let flow = flows.last, flow.effective > end {
      available -= flow.available
      held -= flow.held
      if flow.isExpiry {
        states = [available]
        hasExpired = true
      } else {
        states.append(available)
      }
      flows.removeLast()
    }
    while let flow = flows.last, flow.effective == end {
      held -= flow.held
      // A hold that lasts as long as its pool gives its seats to the expiry.
      if flow.isExpiry { (states, hasExpired) = ([], true) }
      flows.removeLast()
    }
    states.append(held)
    while let flow = flows.last, flow.effective > happened {
      held -= flow.held
      states.append(held)
      flows.removeLast()
    }
    return share(of: states).map { LateShare(amount: $0, hasExpired: hasExpired) }
  }

  /// A licence now, or for a late posting at every moment since.
  func hasLicence(_ site: Pool, at happened: Instant, _ work: Work) -> Bool {
    var licences = site.balance.purchased.seats
    guard happened < work.now else { return licences > 0 }
    for flow in flows(of: site, work).reversed() {
      guard licences > 0, flow.effective > happened else { break }
      licences -= flow.bought
    }
    return licences > 0
  }

  /// Seats that a hold had left when it ended, and has not got back since.
  func leftAtEnd(of hold: Hold, _ pool: Pool, _ work: Work) -> Int64 {
    let end = zone.end(of: hold.until)
    return flows(of: pool, work).lazy.filter { $0.hold == hold.number && $0.effective >= end }
      .reduce(0) { $0 - $1.held.seats }
  }

  /// In the order in which they took effect.
  private func flows(of pool: Pool, _ work: Work) -> [Flow] {
    let fresh = (posted.map(\.entry) + work.entries).compactMap { Flow($0, in: pool.number) }
    return ((flows[pool.number] ?? []) + fresh).enumerated()
      .sorted { ($0.element.effective, $0.offset) < ($1.element.effective, $1.offset) }.map(\.element)
  }

  /// One seat out of balances, the latest of them first, that leaves each of them sound; `nil` where there is none.
  private func share(of states: [Amount]) -> Amount? {
    guard let first = states.last, states.allSatisfy({ $0.seats >= 1 }) else { return nil }
    let single = states.first { $0.seats == 1 }?.cents
    let cents = single ?? min(first.share(of: 1).cents, states.map(\.cents).min() ?? 0)
    guard states.allSatisfy({ $0.cents >= cents && ($0.seats > 1 || $0.cents == cents) }) else { return nil }
    return Amount(seats: 1, cents: cents)
  }
}
