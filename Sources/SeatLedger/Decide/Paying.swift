// Which pool pays for a reserve, and what its seat carries (R3, R4, R13, R27, R28).

/// What a reserve is paid with.
enum Payer {
  /// Another attempt's seat covers it, or it is free.
  case nobody
  case seat(Pool)
  case held(Pool, HoldNumber)
  /// Of a hold that has ended since, for what happened before.
  case heldThen(Pool, Hold)
  case site(Pool)

  var pool: Pool? {
    switch self {
    case .nobody: nil
    case .seat(let pool), .held(let pool, _), .heldThen(let pool, _), .site(let pool): pool
    }
  }

  var takesSeat: Bool {
    switch self {
    case .seat, .held, .heldThen: true
    case .nobody, .site: false
    }
  }

  var hold: HoldNumber? {
    switch self {
    case .held(_, let hold): hold
    case .heldThen(_, let hold): hold.number
    case .nobody, .seat, .site: nil
    }
  }
}

extension TenantLedger {
  /// Where a reserve's seat comes from, and what it carries.
  struct Draw {
    var bucket = Bucket.available
    var amount = Amount.none
    var isSeat: Bool { amount.seats > 0 }
  }

  /// Takes the seat; one that expired before its late reserve is brought back first (R13).
  mutating func draw(on payer: Payer, at happened: Instant, _ work: inout Work) throws(Stop) -> Draw {
    switch payer {
    case .nobody, .site: return Draw()
    case .held(let pool, _):
      guard happened < work.now else { return Draw(bucket: .held, amount: pool.balance.held.share(of: 1)) }
      guard let share = lateShare(of: pool, \.held, \.held, at: happened, work), !share.hasExpired else {
        throw .refusal(notThere([pool], since: happened))
      }
      return Draw(bucket: .held, amount: share.amount)
    case .heldThen(let pool, let hold):
      guard let share = lateShare(of: pool, heldBy: hold, at: happened, work) else {
        throw .refusal(notThere([pool], since: happened))
      }
      if share.hasExpired { try bringBack(share, pool, for: nextNumber(work) + 2, &work) }
      try post(
        .hold, from: .init(pool.number, .available), to: .init(pool.number, .held), amount: share.amount,
        effective: zone.end(of: hold.until), detail: .ofHold(hold.number), &work)
      return Draw(bucket: .held, amount: share.amount)
    case .seat(let pool):
      guard happened < work.now else { return Draw(amount: pool.balance.available.share(of: 1)) }
      guard let share = lateShare(of: pool, \.available, \.available, at: happened, work) else {
        throw .refusal(notThere([pool], since: happened))
      }
      if share.hasExpired { try bringBack(share, pool, for: nextNumber(work) + 1, &work) }
      return Draw(amount: share.amount)
    }
  }

  /// Takes a seat's expiry back, for the attempt that will get this number.
  private mutating func bringBack(
    _ share: LateShare, _ pool: Pool, for attempt: Int64, _ work: inout Work
  ) throws(Stop) {
    try post(
      .unexpire, from: .init(pool.number, .expired), to: .init(pool.number, .available), amount: share.amount,
      attempt: AttemptNumber(attempt), effective: zone.end(of: pool.identity.expires), &work)
  }

  /// A seat that was free all the time carries what it cost at that moment: both must have been there ever since.
  private func notThere(_ pools: [Pool], since happened: Instant) -> Refusal {
    Refusal(
      .noSeats, .latePosting,
      "no pool has had a seat to spare, with its cost, at every moment since \(zone.rfc3339(happened))"
    ) { $0.add(.left, Self.left(in: pools)) }
  }

  /// A seat now, or for a late posting at every moment since.
  private func hasSeat(_ pool: Pool, at happened: Instant, _ work: Work) -> Bool {
    guard happened < work.now else { return pool.balance.available.seats > 0 }
    return lateShare(of: pool, \.available, \.available, at: happened, work) != nil
  }

  /// A site licence pays first, for the attempts that one seat would pay for (R27).
  func siteLicence(
    _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) -> Pool? {
    guard !standing.isPaidRetest else { return nil }
    let sites = books.pools(of: PoolGroup(school: reserve.school, program: reserve.test.program)) {
      $0.identity.kind == .site
    }
    guard !sites.isEmpty else { return nil }
    return sites.filter {
      $0.lives(on: standing.day, standing.profile) && !isPast($0, at: happened) && hasLicence($0, at: happened, work)
    }.min(by: Self.paysBefore)
  }

  func requireHold(_ number: HoldNumber, of reserve: Command.Reserve, _ work: Work) throws(Stop) {
    let (_, pool) = try requireHold(number, work)
    guard pool.identity.school == reserve.school, pool.identity.program == reserve.test.program else {
      throw .refusal(Refusal(.noHold, nil, "hold \(number) is not of \(reserve.school) and \(reserve.test.program)"))
    }
  }

  func payerOfHold(
    _ number: HoldNumber, _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) throws(Stop) -> Payer {
    let (hold, pool) = try requireHold(number, work)
    if let fund = reserve.fund, fund != pool.identity.fund {
      throw .refusal(.badValue("fund", "the seats of hold \(number) are of fund \(pool.identity.fund), not \(fund)"))
    }
    guard !hasEnded(hold, at: happened), !isPast(pool, at: happened) else { throw .refusal(ended(hold)) }
    let first = pool.livesFrom(standing.profile)
    guard standing.day >= first else {
      throw .refusal(
        Refusal(.tooEarly, .buyingAhead, "the seats of hold \(number) pay from \(first) on") {
          $0.add(.earliest, first)
        })
    }
    guard pool.lives(on: standing.day, standing.profile) else {
      let expires = pool.identity.expires
      throw .refusal(
        Refusal(.tooLate, .whichPoolPays, "the seats of hold \(number) live through \(expires)") {
          $0.add(.latest, expires)
        })
    }
    if hold.seats > 0 { return .held(pool, number) }
    guard leftAtEnd(of: hold, pool, work) > 0 else { throw .refusal(empty(hold)) }
    return .heldThen(pool, hold)
  }

  /// R4 and R3: among the pools that live on the day the named fund's, else the earliest expiry first, then the fund
  /// `general`, then the other funds by name.
  func poolThatPays(
    _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) throws(Stop) -> Pool {
    let group = PoolGroup(school: reserve.school, program: reserve.test.program)
    let all = books.pools(of: group) {
      $0.identity.kind == .seats && $0.lives(on: standing.day, standing.profile)
    }
    let living = all.filter { reserve.fund == nil || $0.identity.fund == reserve.fund }
    let payers = living.filter { !isPast($0, at: happened) }.sorted(by: Self.paysBefore)
    if let pool = payers.first(where: { hasSeat($0, at: happened, work) }) { return pool }
    if let past = living.first(where: { isPast($0, at: happened) }), payers.isEmpty {
      let expires = past.identity.expires
      throw .refusal(
        Refusal(.expired, .nobodyWaitsForTheJob, "the seats for \(standing.day) expired at the end of \(expires)") {
          $0.add(.latest, expires)
        })
    }
    if happened < work.now, payers.contains(where: { $0.balance.available.seats > 0 }) {
      throw .refusal(notThere(payers, since: happened))
    }
    throw .refusal(noSeats(at: reserve.school, reserve.fund, all.sorted(by: Self.paysBefore), on: standing.day))
  }

  private static func paysBefore(_ one: Pool, _ other: Pool) -> Bool {
    if one.identity.expires != other.identity.expires { return one.identity.expires < other.identity.expires }
    let funds = (one.identity.fund, other.identity.fund)
    if funds.0 == .general || funds.1 == .general { return funds.0 == .general && funds.1 != .general }
    return funds.0 < funds.1
  }

  /// A refusal names at most so many pools, the first to pay first: an answer has a bound, too.
  private static let poolsShown = 100

  /// R3: the answer says what every pool that the school could draw on has.
  private func noSeats(at school: SchoolCode, _ fund: FundCode?, _ pools: [Pool], on day: CivilDate) -> Refusal {
    let what =
      pools.isEmpty
      ? "\(school) has no pool that lives on \(day)"
      : fund.map { "\(school) has no seat of fund \($0) left for \(day)" }
        ?? "\(school) has no seat left for \(day) in any of its \(pools.count) pools"
    return Refusal(.noSeats, .noSeats, "\(what); buy seats or have some transferred") {
      $0.add(.available, 0)
      if !pools.isEmpty { $0.add(.left, Self.left(in: pools)) }
    }
  }

  private static func left(in pools: [Pool]) -> String {
    pools.prefix(poolsShown).map { "\($0.identity.fund):\($0.identity.expires):\($0.balance.available.seats)" }
      .joined(separator: ",")
  }
}
