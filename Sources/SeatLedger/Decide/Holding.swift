// Block holds: seats that a school keeps for candidates it has not named yet (R28).

extension TenantLedger {
  mutating func hold(_ hold: Command.Hold, _ work: inout Work) throws(Stop) -> Fields {
    try requireSchool(hold.school)
    let pool = try requirePool(hold.pool.identity(at: hold.school), seats: hold.seats, .blockHold, work)
    let today = today(work)
    guard hold.until >= today else {
      throw .refusal(
        Refusal(.tooEarly, .blockHold, "a hold lasts at least through today, \(today)") { $0.add(.earliest, today) })
    }
    guard hold.until <= pool.identity.expires else {
      let expires = pool.identity.expires
      throw .refusal(
        Refusal(.tooLate, .blockHold, "the seats expire on \(expires); a hold ends by then") {
          $0.add(.latest, expires)
        })
    }
    let entry = try post(
      .hold, from: .init(pool.number, .available), to: .init(pool.number, .held),
      amount: pool.balance.available.share(of: hold.seats), detail: .hold(until: hold.until), &work)
    return answer(HoldNumber(entry.value), pool.number)
  }

  mutating func release(_ number: HoldNumber, seats: Int64?, _ work: inout Work) throws(Stop) -> Fields {
    let (hold, pool) = try requireHold(number, work)
    guard !hasEnded(hold, at: work.now) else { throw .refusal(ended(hold)) }
    let seats = seats ?? hold.seats
    guard seats > 0, seats <= hold.seats else { throw .refusal(empty(hold)) }
    try giveBack(hold, pool, seats: seats, &work)
    return answer(number, pool.number)
  }

  /// Returns what is left of a hold whose last day is over; any other stays as it is.
  mutating func end(_ number: HoldNumber, _ work: inout Work) throws(Stop) {
    guard let hold = books.holds[number], let pool = books.pools[hold.pool], hold.seats > 0,
      hasEnded(hold, at: work.now)
    else { return }
    try giveBack(hold, pool, seats: hold.seats, effective: endOf(hold, pool, work), &work)
  }

  /// The end of its last day; or now, where that lies in a sealed year or held seats have come and gone since then, whose
  /// cents were not yet there. Other holds that ended at the same moment do no harm.
  private func endOf(_ hold: Hold, _ pool: Pool, _ work: Work) -> Instant {
    let end = zone.end(of: hold.until)
    let sealed = SealedYear(program: pool.identity.program, year: AcademicYear(containing: hold.until))
    let fresh = (posted.map(\.entry) + work.entries).compactMap { Flow($0, in: pool.number) }
    let hasMoved = ((flows[pool.number] ?? []) + fresh).contains { $0.held != .none && $0.effective > end }
    // Never past the pool's own end, at which what is available expires.
    guard books.isSealed(sealed) || hasMoved else { return end }
    return min(work.now, zone.end(of: pool.identity.expires))
  }

  private mutating func giveBack(
    _ hold: Hold, _ pool: Pool, seats: Int64, effective: Instant? = nil, _ work: inout Work
  ) throws(Stop) {
    try post(
      .release, from: .init(pool.number, .held), to: .init(pool.number, .available),
      amount: pool.balance.held.share(of: seats), effective: effective, detail: .ofHold(hold.number), &work)
  }

  private func answer(_ hold: HoldNumber, _ pool: PoolNumber) -> Fields {
    let balance = books.pools[pool]?.balance ?? Balance()
    var answer = Fields()
    answer.add(.hold, hold)
    answer.add(.available, balance.available.seats)
    answer.add(.held, balance.held.seats)
    return answer
  }
}

extension TenantLedger {
  /// A hold that exists and whose school the caller may act for, with its pool.
  func requireHold(_ number: HoldNumber, _ work: Work) throws(Stop) -> (Hold, Pool) {
    guard let hold = books.holds[number], let pool = books.pools[hold.pool] else {
      throw .refusal(Refusal(.noHold, nil, "no hold \(number) here; statement shows them, or watch since=1"))
    }
    guard work.caller.mayActFor(pool.identity.school) else {
      throw .refusal(Refusal(.forbidden, nil, "hold \(number) is another school's"))
    }
    return (hold, pool)
  }

  func hasEnded(_ hold: Hold, at instant: Instant) -> Bool { instant >= zone.end(of: hold.until) }

  func ended(_ hold: Hold) -> Refusal {
    Refusal(.expired, .blockHold, "hold \(hold.number) ended with \(hold.until)") { $0.add(.latest, hold.until) }
  }

  func empty(_ hold: Hold) -> Refusal {
    Refusal(.noSeats, .blockHold, "hold \(hold.number) has \(hold.seats) left") { $0.add(.held, hold.seats) }
  }
}
