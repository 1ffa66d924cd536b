// Purchase, return and transfer: seats come, go and move, but nobody uses them (R20, R21, R24).

extension TenantLedger {
  mutating func purchase(_ purchase: Command.Purchase, _ work: inout Work) throws(Stop) -> Fields {
    try requireSchool(purchase.school)
    let today = today(work)
    let bought = purchase.on ?? today
    if purchase.on != nil { try requireUnsealed(purchase.program.code, effective: zone.start(of: bought)) }
    guard bought <= today else {
      throw .refusal(
        Refusal(.tooLate, .buyingAhead, "the date of purchase lies in the future") { $0.add(.latest, today) })
    }
    let identity = Pool.Identity(
      school: purchase.school, program: purchase.program.code, kind: purchase.kind, fund: purchase.fund,
      expires: try expiry(of: purchase, bought: bought, today: today))
    let cost = purchase.seats * purchase.unitCents + (purchase.feeCents ?? 0)
    let open = books.pool(identity)
    if let open, open.balance.isNearItsBound {
      throw .refusal(.badValue("unit-price", "this pool has cost more than the ledger can count"))
    }
    let pool = open?.number ?? PoolNumber(nextNumber(work))
    // A site licence is used up, as money, on the day it is bought; what it pays for is counted in uses (R27).
    let bucket: Bucket =
      switch purchase.kind {
      case .seats: .available
      case .site: .consumed
      }
    let entry = try post(
      .purchase, to: .init(pool, bucket), amount: Amount(seats: purchase.seats, cents: cost),
      effective: purchase.on == nil || bought == today ? nil : zone.start(of: bought),
      detail: .opens(open == nil ? identity : nil, po: purchase.po, invoice: purchase.invoice), &work)
    var answer = Fields()
    answer.add(.entry, entry)
    answer.add(.school, identity.school)
    answer.add(.program, identity.program)
    answer.add(.kind, identity.kind.rawValue)
    answer.add(.fund, identity.fund)
    answer.add(.expires, identity.expires)
    answer.add(.available, books.pools[pool]?.balance.available.seats ?? 0)
    answer.add(.cost, Money(cents: cost))
    if let warning = lateWarning(purchase.program.profile, expires: identity.expires, today: today) {
      answer.add(.warning, warning)
    }
    return answer
  }

  /// The last day of the seats: not past, and not further ahead than the next academic year (R24).
  private func expiry(
    of purchase: Command.Purchase, bought: CivilDate, today: CivilDate
  ) throws(Stop) -> CivilDate {
    switch purchase.program.profile.expiry {
    case .yearEnd:
      let running = AcademicYear(containing: today)
      let year = purchase.year ?? running
      guard year <= running.next else {
        throw .refusal(
          Refusal(.tooEarly, .buyingAhead, "seats can be bought for \(running) and \(running.next), not further ahead")
          {
            $0.add(.earliest, AcademicYear(start: year.start - 1).firstDay)
          })
      }
      guard year >= running else {
        throw .refusal(
          Refusal(.tooLate, .buyingAhead, "the seats of \(year) are worth nothing any more; \(running) is running") {
            $0.add(.latest, year.lastDay)
          })
      }
      return year.lastDay
    case .days(let days):
      let expires = bought + days
      guard expires >= today else {
        throw .refusal(
          Refusal(.tooLate, .buyingAhead, "seats bought on \(bought) expired on \(expires)") {
            $0.add(.latest, expires)
          })
      }
      return expires
    }
  }

  /// From May 1 on, seats of the running year hardly leave room for a retest (R24).
  private func lateWarning(_ profile: Profile, expires: CivilDate, today: CivilDate) -> String? {
    let year = AcademicYear(containing: today)
    guard profile.expiry == .yearEnd, year.lastDay == expires, today > expires - Self.lateDays else { return nil }
    let days = expires - today
    return "these seats expire on \(expires), \(days == 0 ? "today" : days == 1 ? "tomorrow" : "in \(days) days")"
  }

  /// May 1 through June 30.
  private static let lateDays = 61

  mutating func `return`(_ back: Command.Return, _ work: inout Work) throws(Stop) -> Fields {
    try requireSchool(back.school)
    let pool = try requirePool(back.pool.identity(at: back.school), seats: back.seats, .returnToVendor, work)
    let entry = try post(
      .return, from: .init(pool.number, .available), to: .init(pool.number, .returned),
      amount: pool.balance.available.share(of: back.seats), reason: back.reason, &work)
    var answer = Fields()
    answer.add(.entry, entry)
    answer.add(.available, pool.balance.available.seats - back.seats)
    return answer
  }

  mutating func transfer(_ transfer: Command.Transfer, _ work: inout Work) throws(Stop) -> Fields {
    try requireSchool(transfer.from)
    try requireSchool(transfer.to)
    guard transfer.from != transfer.to else {
      throw .refusal(Refusal(.sameSchool, .transfer, "from= and to= are the same school; name another one"))
    }
    let pool = try requirePool(transfer.pool.identity(at: transfer.from), seats: transfer.seats, .transfer, work)
    let identity = transfer.pool.identity(at: transfer.to)
    let open = books.pool(identity)
    let destination = open?.number ?? PoolNumber(nextNumber(work))
    let entry = try post(
      .transfer, from: .init(pool.number, .available), to: .init(destination, .available),
      amount: pool.balance.available.share(of: transfer.seats), detail: .opens(open == nil ? identity : nil), &work)
    var answer = Fields()
    answer.add(.entry, entry)
    answer.add(.fromAvailable, pool.balance.available.seats - transfer.seats)
    answer.add(.toAvailable, books.pools[destination]?.balance.available.seats ?? 0)
    return answer
  }

  /// A pool that lives and has so many seats available.
  func requirePool(
    _ identity: Pool.Identity, seats: Int64, _ rule: Rule, _ work: Work
  ) throws(Stop) -> Pool {
    guard work.now < zone.end(of: identity.expires) else {
      throw .refusal(
        Refusal(.expired, .nobodyWaitsForTheJob, "these seats expired at the end of \(identity.expires)") {
          $0.add(.latest, identity.expires)
        })
    }
    let pool = books.pool(identity)
    guard let pool, pool.balance.available.seats >= seats else {
      let available = pool?.balance.available.seats ?? 0
      let place = "\(identity.school) in fund \(identity.fund)"
      throw .refusal(
        Refusal(.noSeats, rule, "\(place) has \(available) available of the seats that expire on \(identity.expires)") {
          $0.add(.available, available)
        })
    }
    return pool
  }
}
