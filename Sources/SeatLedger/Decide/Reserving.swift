// Reserve and approve: who may try which test when, and which pool pays (R2 to R11).

extension TenantLedger {
  mutating func reserve(_ reserve: Command.Reserve, _ work: inout Work) throws(Stop) -> Fields {
    let appointment = try reserve.on.map { moment throws(Stop) in try requireAppointment(moment, .on) }
    let happened = try reserve.at.map { moment throws(Stop) in try requireAppointment(moment, .at).begins } ?? work.now
    try requireSchool(reserve.school)
    if let hold = reserve.hold { try requireHold(hold, of: reserve, work) }
    if reserve.at != nil { try requireUnsealed(reserve.test.program, effective: happened) }
    try requirePast(happened, .at, work)
    let day = zone.date(of: appointment?.begins ?? happened)
    let profile = try requireProfile(reserve.test.program, work)
    let standing = standing(
      of: reserve.candidate, at: reserve.test, profile, on: day, at: happened, in: work.catalogue)

    let (approval, payer) = try permit(reserve, standing, appointment, happened: happened, work)
    let draw = try draw(on: payer, at: happened, &work)
    let pool = draw.isSeat ? payer.pool : nil

    let number = AttemptNumber(nextNumber(work))
    let facts = Attempt.Facts(
      school: reserve.school, candidate: reserve.candidate, test: reserve.test.code, program: reserve.test.program,
      ordinal: standing.ordinal, seatOf: pool == nil ? standing.cover?.facts.seatOf : number,
      pool: payer.pool?.number ?? standing.cover?.facts.pool, approval: approval?.number,
      isThirdTry: profile.coverage == .series && standing.isPaidRetest)
    try post(
      .reserve, from: pool.map { .init($0.number, draw.bucket) }, to: pool.map { .init($0.number, .reserved) },
      amount: draw.amount, attempt: number, effective: happened,
      detail: .reserve(facts, standing.year, appointment, minutes: reserve.test.minutes, hold: payer.hold), &work)

    var answer = Fields()
    answer.add(.attempt, number)
    answer.add(.number, standing.ordinal)
    answer.add(.seats, pool == nil ? 0 : 1)
    if let pool = payer.pool {
      answer.add(.kind, pool.identity.kind.rawValue)
      answer.add(.fund, pool.identity.fund)
    }
    answer.add(
      .available,
      pool.map { books.pools[$0.number]?.balance.available.seats ?? 0 }
        ?? available(PoolGroup(school: reserve.school, program: reserve.test.program), work))
    if standing.ordinal > 1 {
      if let earliest = standing.earliest { answer.add(.earliest, earliest) }
      if let latest = standing.latest ?? pool?.identity.expires { answer.add(.latest, latest) }
    }
    return answer
  }

  /// An approval needs nothing but a candidate and a test: what it is good for is judged when it is used (R8).
  mutating func approve(_ approve: Command.Approve, _ work: inout Work) throws(Stop) -> Fields {
    try requireSchool(approve.school)
    let entry = try post(
      .approve, reason: approve.reason, detail: .approve(approve.school, approve.candidate, approve.test.code), &work)
    var answer = Fields()
    answer.add(.approval, entry)
    answer.add(.available, available(PoolGroup(school: approve.school, program: approve.test.program), work))
    return answer
  }
}

// MARK: - Who pays

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
  private struct Draw {
    var bucket = Bucket.available
    var amount = Amount.none
    var isSeat: Bool { amount.seats > 0 }
  }

  /// Takes the seat; one that expired before its late reserve is brought back first (R13).
  private mutating func draw(on payer: Payer, at happened: Instant, _ work: inout Work) throws(Stop) -> Draw {
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
  private func siteLicence(
    _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) -> Pool? {
    guard !standing.isPaidRetest else { return nil }
    return books.pools(of: PoolGroup(school: reserve.school, program: reserve.test.program)).filter {
      $0.identity.kind == .site && $0.lives(on: standing.day, standing.profile) && !isPast($0, at: happened)
        && hasLicence($0, at: happened, work)
    }.min(by: Self.paysBefore)
  }

  private func requireHold(_ number: HoldNumber, of reserve: Command.Reserve, _ work: Work) throws(Stop) {
    let (_, pool) = try requireHold(number, work)
    guard pool.identity.school == reserve.school, pool.identity.program == reserve.test.program else {
      throw .refusal(Refusal(.noHold, nil, "hold \(number) is not of \(reserve.school) and \(reserve.test.program)"))
    }
  }

  private func payerOfHold(
    _ number: HoldNumber, _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) throws(Stop) -> Payer {
    let (hold, pool) = try requireHold(number, work)
    if let fund = reserve.fund, fund != pool.identity.fund {
      throw .refusal(.badValue("fund", "the seats of hold \(number) are of fund \(pool.identity.fund), not \(fund)"))
    }
    guard !hasEnded(hold, at: happened), !isPast(pool, at: happened) else { throw .refusal(ended(hold)) }
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
}

// MARK: - The rules of an attempt, in the order in which they refuse

extension TenantLedger {
  /// What a reserve that every rule allows is paid with.
  func permit(
    _ reserve: Command.Reserve, _ standing: Standing, _ appointment: Appointment?, happened: Instant, _ work: Work
  ) throws(Stop) -> (Approval?, Payer) {
    try requireOneAtATime(standing)
    if !reserve.evenIfPassed { try requireNoCertificate(standing) }
    try requireAnotherAttempt(standing)
    try requireDeadline(standing, begins: appointment ?? Appointment(begins: happened, isWholeDay: true))
    try requireWait(standing, booked: zone.date(of: happened))
    let approval = try requireApproval(standing, reserve, happened, work)
    if let cover = standing.cover {
      try requireLiving(cover, standing, happened, work)
      return (approval, .nobody)
    }
    if let site = siteLicence(reserve, standing, happened, work) { return (approval, .site(site)) }
    guard standing.seats > 0 else { return (approval, .nobody) }
    if let number = reserve.hold { return (approval, try payerOfHold(number, reserve, standing, happened, work)) }
    return (approval, .seat(try poolThatPays(reserve, standing, happened, work)))
  }

  /// R6.
  func requireOneAtATime(_ standing: Standing) throws(Stop) {
    guard let open = standing.open else { return }
    let isNow = open.state.isOpen ? "is not completed yet" : "was not completed by then"
    let what = "attempt \(open.facts.ordinal) of \(open.facts.test) \(isNow)"
    throw .refusal(Refusal(.attemptOpen, .oneAtATime, what) { $0.add(.attempt, open.number) })
  }

  /// R10.
  func requireNoCertificate(_ standing: Standing) throws(Stop) {
    guard let through = standing.certificateThrough else { return }
    let what = "\(standing.test.code) is passed, and the certificate lives through \(through);"
    throw .refusal(
      Refusal(.alreadyPassed, .alreadyPassed, "\(what) say even-if-passed=yes to try it all the same") {
        $0.add(.certificateThrough, through)
      })
  }

  /// R9.
  func requireAnotherAttempt(_ standing: Standing) throws(Stop) {
    guard let limit = standing.profile.attemptLimit, standing.ordinal > limit else { return }
    let scope = standing.profile.startsAnew ? " in \(standing.year)" : ""
    throw .refusal(
      Refusal(.attemptLimit, .attemptLimit, "\(standing.test.code) has been attempted \(limit) times\(scope)") {
        $0.add(.number, standing.ordinal)
      })
  }

  /// R7: a retest must be completed in its year, its allotted minutes included.
  func requireDeadline(_ standing: Standing, begins: Appointment, minutes: Int? = nil) throws(Stop) {
    guard let latest = standing.latest else { return }
    let minutes = begins.isWholeDay ? 0 : minutes ?? standing.test.minutes
    let end = zone.end(of: latest)
    guard begins.begins.adding(minutes: minutes) > end || begins.begins >= end else { return }
    let what = "attempt \(standing.ordinal) must be completed by \(latest)"
    throw .refusal(
      Refusal(.tooLate, .retestDeadline, minutes > 0 ? "\(what), its \(minutes) minutes included" : what) {
        $0.add(.latest, latest)
      })
  }

  /// R5 and R8: the first legal date after the last completion; `booked` where the profile binds the booking, too.
  func requireWait(_ standing: Standing, booked: CivilDate?) throws(Stop) {
    guard let earliest = standing.earliest, let completed = standing.lastCompleted else { return }
    let rule = standing.waitRule
    let wait = "the last attempt was completed on \(completed)"
    guard standing.day >= earliest else {
      throw .refusal(
        Refusal(.tooEarly, rule, "\(wait); attempt \(standing.ordinal) is possible from \(earliest) on") {
          $0.add(.earliest, earliest)
        })
    }
    guard standing.profile.waitBinds == .booking, let booked, booked < earliest else { return }
    throw .refusal(
      Refusal(.tooEarly, rule, "\(wait); attempt \(standing.ordinal) can be booked from \(earliest) on") {
        $0.add(.earliest, earliest)
      })
  }

  /// R8: an approval that nobody has used, given beforehand for this school by somebody else.
  private func requireApproval(
    _ standing: Standing, _ reserve: Command.Reserve, _ happened: Instant, _ work: Work
  ) throws(Stop) -> Approval? {
    guard standing.isPaidRetest, standing.profile.approvalNeeded else { return nil }
    let given = books.approvals(of: reserve.candidate).filter {
      $0.usedBy == nil && $0.test == reserve.test.code && $0.school == reserve.school && $0.given <= happened
    }
    if let approval = given.first(where: { $0.principal != work.caller.principal }) { return approval }
    let what =
      given.isEmpty
      ? "attempt \(standing.ordinal) takes another seat and needs an approval first: approve school=… candidate=… test=…"
      : "attempt \(standing.ordinal) was approved by the principal that reserves it; somebody else must approve it"
    throw .refusal(Refusal(.needsApproval, .paidRetest, what) { $0.add(.number, standing.ordinal) })
  }

  /// R4 and R15: the seat that covers the attempt pays on that day, too.
  private func requireLiving(
    _ cover: Attempt, _ standing: Standing, _ happened: Instant, _ work: Work
  ) throws(Stop) {
    guard let last = lastDay(of: cover, work.catalogue), standing.day > last || happened >= zone.end(of: last) else {
      return
    }
    let what = "the seat that attempt \(cover.number) took is good through \(last)"
    let rule: Rule = happened >= zone.end(of: last) ? .nobodyWaitsForTheJob : .whichPoolPays
    throw .refusal(
      Refusal(rule == .nobodyWaitsForTheJob ? .expired : .tooLate, rule, what) { $0.add(.latest, last) })
  }

  /// R4 and R3: among the pools that live on the day the named fund's, else the earliest expiry first, then the fund
  /// `general`, then the other funds by name.
  func poolThatPays(
    _ reserve: Command.Reserve, _ standing: Standing, _ happened: Instant, _ work: Work
  ) throws(Stop) -> Pool {
    let group = PoolGroup(school: reserve.school, program: reserve.test.program)
    let all = books.pools(of: group).filter {
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
