extension TenantLedger {
  /// What a reserve would answer, without asking for it: whether the candidate may, at what cost, from when to when, and
  /// which rule decides. Only what names nothing that exists is a refusal.
  package func eligibility(
    _ reserve: Command.Reserve, by caller: Caller, at clock: Instant, in catalogue: Catalogue
  ) -> Result<Fields, Refusal> {
    let request = Request(lines: [], caller: caller)
    let work = Work(request: request, now: now(clock), catalogue: catalogue)
    do {
      return .success(try eligibility(reserve, work))
    } catch {
      switch error {
      case .refusal(let refusal): return .failure(refusal)
      case .contradiction(let contradiction): return .failure(Refusal(.internal, nil, contradiction.what))
      }
    }
  }

  private func eligibility(_ reserve: Command.Reserve, _ work: Work) throws(Stop) -> Fields {
    let appointment = try reserve.on.map { moment throws(Stop) in try requireAppointment(moment, .on) }
    try requireSchool(reserve.school)
    let day = zone.date(of: appointment?.begins ?? work.now)
    let profile = try requireProfile(reserve.test.program, work)
    let standing = standing(
      of: reserve.candidate, at: reserve.test, profile, on: day, at: work.now, in: work.catalogue)
    do {
      let (_, payer) = try permit(reserve, standing, appointment, happened: work.now, work)
      return verdict(
        true, reserve, standing, seats: payer.takesSeat ? 1 : 0,
        paidBy: lastToPay(instead: payer, reserve, standing, work) ?? payer.pool, min(today(work), day)
      ) {
        $0.add(.rule, standing.decidingRule(payer).name)
        $0.add(.why, standing.sentence(payer))
      }
    } catch {
      guard case .refusal(let refusal) = error, let rule = refusal.rule else { throw error }
      // When a certificate ends, today's seats are gone.
      let pool = rule == .alreadyPassed ? nil : lastToPay(instead: nil, reserve, standing, work)
      return verdict(
        false, reserve, standing, seats: standing.seats, paidBy: pool, today(work), refusedBy: rule
      ) {
        $0.add(.rule, rule.name)
        $0.add(.why, refusal.message)
      }
    }
  }

  /// Whose seats live longest among those that could pay, where the days of a seat are its own: the last legal date is
  /// theirs, whichever pays for the day that was asked for.
  private func lastToPay(
    instead payer: Payer?, _ reserve: Command.Reserve, _ standing: Standing, _ work: Work
  ) -> Pool? {
    guard standing.seats > 0, standing.profile.expiry != .yearEnd else { return nil }
    switch payer {
    case .seat, nil: break
    case .nobody, .held, .heldThen, .site: return nil
    }
    return books.pools(of: PoolGroup(school: reserve.school, program: reserve.test.program)).filter {
      $0.identity.kind == .seats && $0.balance.available.seats > 0 && !isPast($0, at: work.now)
        && (reserve.fund == nil || $0.identity.fund == reserve.fund)
    }.max { $0.identity.expires < $1.identity.expires }
  }

  /// - Parameter begin: no date before it is told: today, or an earlier day that was asked for and is allowed.
  private func verdict(
    _ isAllowed: Bool, _ reserve: Command.Reserve, _ standing: Standing, seats: Int64, paidBy payer: Pool?,
    _ begin: CivilDate, refusedBy rule: Rule? = nil, because: (inout Fields) -> Void
  ) -> Fields {
    var fields = Fields()
    fields.add(.allowed, isAllowed)
    fields.add(.number, standing.ordinal)
    fields.add(.seats, seats)
    // While an attempt is open, and after the last one, no day is legal.
    if rule != .oneAtATime, rule != .attemptLimit {
      let pool = payer ?? standing.cover.flatMap(books.pool(of:))
      let renewal = reserve.evenIfPassed ? nil : standing.certificate.map { $0 + 1 }
      let first = [begin, standing.earliest, renewal, pool?.livesFrom(standing.profile), standing.firstDay]
        .compactMap(\.self).max()
      let last = standing.latest ?? pool?.identity.expires ?? standing.lastDay
      // No day is left where the first would come after the last; that one was too soon, unless a certificate is in force.
      let isLeft = first.map { first in last.map { first <= $0 } ?? true } ?? true
      if let first, isLeft { fields.add(.earliest, first) }
      if let last, isLeft || rule != .alreadyPassed { fields.add(.latest, last) }
    }
    because(&fields)
    return fields
  }
}

extension Standing {
  fileprivate func decidingRule(_ payer: Payer) -> Rule {
    if case .site = payer { return .siteLicence }
    if ordinal == 1 { return .costOfReserve }
    return waitRule
  }

  fileprivate var firstDay: CivilDate? { profile.expiry == .yearEnd ? year.firstDay : nil }

  fileprivate var lastDay: CivilDate? { profile.expiry == .yearEnd ? year.lastDay : nil }

  fileprivate func sentence(_ payer: Payer) -> String {
    if case .site = payer { return "attempt \(ordinal), on the school's site licence" }
    return switch (ordinal, seats) {
    case (1, 0): "attempt 1, on the seat that the candidate already has for \(test.series)"
    case (1, _): "attempt 1 takes a seat"
    case (let ordinal, 0): "attempt \(ordinal) is free"
    case (let ordinal, _): "attempt \(ordinal) takes another seat"
    }
  }
}
