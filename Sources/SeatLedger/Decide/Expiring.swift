// The end of a pool: what is left after its expiry date has no residual value (R14).

extension TenantLedger {
  /// Posts the end of holds and pools, which nobody asks for: what is not past its day yet, or has been ended before,
  /// stays as it is (R25).
  ///
  /// - Returns: what the pools have left behind that were closed now.
  package mutating func end(
    _ holds: some Sequence<HoldNumber>, _ pools: some Sequence<PoolNumber>, for caller: Caller, at clock: Instant,
    in catalogue: Catalogue
  ) throws(Contradiction) -> Leftover {
    var work = Work(request: Request(lines: [], caller: caller), now: now(clock), catalogue: catalogue)
    var leftover = Leftover()
    do throws(Stop) {
      for hold in holds { try end(hold, &work) }
      for pool in pools { leftover += try expire(pool, &work) }
    } catch {
      switch error {
      case .contradiction(let contradiction): throw contradiction
      case .refusal(let refusal):
        throw Contradiction(entry: EntryNumber(nextNumber(work)), what: "is refused: \(refusal.message)")
      }
    }
    seal(&work, keeping: [])
    return leftover
  }

  /// Posts what is left of one pool: an entry for each attempt that hangs on one of its seats and never started, then
  /// one that closes the pool with its idle seats.
  private mutating func expire(_ number: PoolNumber, _ work: inout Work) throws(Stop) -> Leftover {
    guard let pool = books.pools[number], !pool.isClosed, isPast(pool, at: work.now) else { return Leftover() }
    let end = zone.end(of: pool.identity.expires)
    for attempt in books.attempts(on: number) {
      guard let entry = leftover(of: attempt, work) else { continue }
      try post(
        .expire, from: .init(number, .reserved), to: .init(number, .expired), amount: entry, attempt: attempt.number,
        effective: end, &work)
    }
    for hold in books.holds(on: number) {
      let held = books.pools[number]?.balance.held ?? .none
      try post(
        .expire, from: .init(number, .held), to: .init(number, .expired), amount: held.share(of: hold.seats),
        effective: end, detail: .ofHold(hold.number), &work)
    }
    try post(
      .expire, from: .init(number, .available), to: .init(number, .expired), amount: pool.balance.available,
      effective: end, &work)
    return Leftover(pool)
  }
}

extension TenantLedger {
  /// What an attempt's end moves: its own seat while that is reserved, or nothing but the attempt itself; `nil` where
  /// neither is left.
  private func leftover(of attempt: Attempt, _ work: Work) -> Amount? {
    if let seat = attempt.seat, seat.bucket == .reserved { return Amount(seats: 1, cents: seat.cents) }
    return hasLapsed(attempt, at: work.now, work.catalogue) ? .some(.none) : nil
  }
}

/// What a pool leaves behind: what is expiring, or would if nothing more happened.
package struct Leftover: Hashable, Sendable {
  package var pools: Int64 = 0
  /// Available and held.
  package var idle = Amount.none
  package var reserved = Amount.none

  package init() {}

  package init(_ pool: Pool) {
    pools = 1
    idle = pool.balance.available + pool.balance.held
    reserved = pool.balance.reserved
  }

  package static func += (left: inout Self, right: Self) {
    left.pools += right.pools
    left.idle += right.idle
    left.reserved += right.reserved
  }

  package var cents: Int64 { (idle + reserved).cents }

  package var fields: Fields {
    var fields = Fields()
    fields.add(.pools, pools)
    fields.add(.expiredIdle, idle.seats)
    fields.add(.expiredReserved, reserved.seats)
    fields.add(.cost, Money(cents: cents))
    return fields
  }
}
