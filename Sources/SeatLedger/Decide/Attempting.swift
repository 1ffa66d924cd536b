// What becomes of a reserved attempt: schedule, start, result, cancel, no-show (R5, R7, R15 to R18, R29).

extension TenantLedger {
  mutating func schedule(_ number: AttemptNumber, on moment: Moment, _ work: inout Work) throws(Stop) -> Fields {
    let appointment = try requireAppointment(moment, .on)
    let attempt = try requireAttempt(number, work)
    let (profile, test) = try program(of: attempt, work)
    try requireReserved(attempt, .cancel, work)
    try requireOutsideCutoff(attempt, profile, work)
    let day = zone.date(of: appointment.begins)
    let standing = standing(
      of: attempt.facts.candidate, at: test, profile, on: day, at: work.now, in: work.catalogue, without: attempt)
    try requireDeadline(standing, begins: appointment)
    try requireWait(standing, booked: today(work))
    try requireLiving(attempt, profile, on: day, work)
    try post(.schedule, attempt: number, detail: .schedule(appointment, year(of: attempt, profile, on: day)), &work)
    var answer = Fields()
    answer.add(.attempt, number)
    answer.add(.on, appointment.text(in: zone))
    answer.add(.available, available(after: attempt, paidBy: nil, work))
    return answer
  }

  mutating func start(_ start: Command.Start, _ work: inout Work) throws(Stop) -> Fields {
    // In the second in which it is effective: the last one of a retest is a whole one.
    let happened =
      try start.at.map { moment throws(Stop) in try requireAppointment(moment, .at).begins } ?? work.now.wholeSecond
    let attempt = try requireAttempt(start.attempt, work)
    let (profile, test) = try program(of: attempt, work)
    if let minutes = start.minutes, minutes < test.minutes {
      throw .refusal(.badValue("minutes", "\(test.code) allots \(test.minutes) minutes; minutes= can only give more"))
    }
    if start.at != nil { try requireUnsealed(attempt.facts.program, effective: happened) }
    switch attempt.state {
    case .reserved, .expired: break
    case .started:
      throw .refusal(Refusal(.alreadyStarted, .costOfReserve, "attempt \(attempt.number) has started already"))
    case .passed, .failed, .incomplete, .cancelled, .noShow: throw .refusal(closed(attempt, .costOfReserve))
    }
    try requirePast(happened, .at, work)
    try requireAfterReserve(attempt, happened)
    try requireNotReplaced(attempt, profile, work)
    let minutes = start.minutes ?? test.minutes
    let day = zone.date(of: happened)
    let standing = standing(
      of: attempt.facts.candidate, at: test, profile, on: day, at: work.now, in: work.catalogue, without: attempt)
    try requireDeadline(standing, begins: Appointment(begins: happened, isWholeDay: false), minutes: minutes)
    if standing.waitRule == .retestWait { try requireWait(standing, booked: nil) }
    if profile.proctor, !start.isProctorAttested {
      throw .refusal(
        Refusal(.needsProctor, .proctor, "say proctor=attested: a proctor who is neither the instructor nor a student"))
    }
    if standing.waitRule == .paidRetest { try requireWait(standing, booked: nil) }
    if isPast(attempt, at: happened, work.catalogue) { throw .refusal(lapsed(attempt)) }
    try requireLiving(attempt, profile, on: day, work)

    try bringBack(attempt, &work)
    let seat = books.seat(of: attempt)
    let consumes = seat?.seat.bucket == .reserved
    let pool = consumes ? try requirePool(of: attempt, work) : nil
    try post(
      .start, from: pool.map { .init($0.number, .reserved) }, to: pool.map { .init($0.number, .consumed) },
      amount: consumes ? Amount(seats: 1, cents: seat?.seat.cents ?? 0) : .none, attempt: attempt.number,
      effective: happened, detail: .start(year(of: attempt, profile, on: day), minutes: minutes), &work)
    var answer = Fields()
    answer.add(.attempt, attempt.number)
    answer.add(.seats, consumes ? 1 : 0)
    answer.add(.available, available(after: attempt, paidBy: pool, work))
    answer.add(.consumed, consumed(after: attempt, paidBy: pool, work))
    return answer
  }

  mutating func result(_ result: Command.Result, _ work: inout Work) throws(Stop) -> Fields {
    let attempt = try requireAttempt(result.attempt, work)
    let (profile, test) = try program(of: attempt, work)
    if let date = result.on { try requireUnsealed(attempt.facts.program, effective: zone.start(of: date)) }
    guard attempt.state == .started, let started = attempt.started else {
      guard attempt.state == .reserved else { throw .refusal(closed(attempt, .result)) }
      throw .refusal(Refusal(.notStarted, .result, "attempt \(attempt.number) has not started"))
    }
    let today = today(work)
    let completed = result.on ?? today
    guard completed <= today else {
      throw .refusal(Refusal(.tooLate, .result, "the completion date lies in the future") { $0.add(.latest, today) })
    }
    guard completed >= zone.date(of: started) else {
      let first = zone.date(of: started)
      throw .refusal(
        Refusal(.tooEarly, .result, "attempt \(attempt.number) started on \(first)") { $0.add(.earliest, first) })
    }
    try post(
      .result, attempt: attempt.number, effective: result.on == nil ? nil : moment(of: completed, after: started, work),
      detail: .result(result.outcome, completed: completed), &work)
    var answer = Fields()
    answer.add(.attempt, attempt.number)
    if result.outcome == .pass {
      let earlier = books.attempts(of: attempt.facts.candidate).filter {
        $0.facts.test == test.code && $0.state == .passed && $0.number != attempt.number
      }
      if let through = profile.certificate(of: earlier.compactMap(\.completed) + [completed]) {
        answer.add(.certificateThrough, through)
      }
    } else if let next = nextEarliest(attempt, profile, completed: completed, today: today) {
      answer.add(.nextEarliest, next)
    }
    answer.add(.available, available(after: attempt, paidBy: nil, work))
    return answer
  }

  mutating func cancel(_ number: AttemptNumber, reason: String?, _ work: inout Work) throws(Stop) -> Fields {
    let attempt = try requireAttempt(number, work)
    let (profile, _) = try program(of: attempt, work)
    try requireReserved(attempt, .cancel, work)
    try requireOutsideCutoff(attempt, profile, work)
    return try giveUp(attempt, .cancel, to: .available, reason: reason, &work)
  }

  mutating func noShow(_ number: AttemptNumber, reason: String?, _ work: inout Work) throws(Stop) -> Fields {
    let attempt = try requireAttempt(number, work)
    let (profile, _) = try program(of: attempt, work)
    try requireReserved(attempt, .noShow, work)
    guard let appointment = attempt.appointment else {
      throw .refusal(
        Refusal(.tooEarly, .noShow, "attempt \(number) has no appointment that could be missed; cancel it instead"))
    }
    guard work.now >= appointment.begins else {
      let day = zone.date(of: appointment.begins)
      throw .refusal(
        Refusal(.tooEarly, .noShow, "the appointment of attempt \(number) begins \(appointment.text(in: zone))") {
          $0.add(.earliest, day)
        })
    }
    let bucket: Bucket =
      switch profile.noShow {
      case .release: .available
      case .forfeit: .forfeited
      }
    return try giveUp(attempt, .noShow, to: bucket, reason: reason, &work)
  }
}

// MARK: - Parts of the above

extension TenantLedger {
  private func program(of attempt: Attempt, _ work: Work) throws(Stop) -> (Profile, Test) {
    let profile = try requireProfile(attempt.facts.program, work)
    guard let test = work.catalogue.tests[attempt.facts.test] else {
      throw .refusal(.noTest(attempt.facts.test))
    }
    return (profile, test)
  }

  /// Ends an attempt before its start; its seat moves on unless another attempt hangs on it (R16, R17).
  private mutating func giveUp(
    _ attempt: Attempt, _ kind: Entry.Kind, to bucket: Bucket, reason: String?, _ work: inout Work
  ) throws(Stop) -> Fields {
    let pool = freesSeat(attempt) ? try requirePool(of: attempt, work) : nil
    let cents = books.seat(of: attempt)?.seat.cents ?? 0
    try post(
      kind, from: pool.map { .init($0.number, .reserved) }, to: pool.map { .init($0.number, bucket) },
      amount: pool == nil ? .none : Amount(seats: 1, cents: cents), attempt: attempt.number, reason: reason, &work)
    var answer = Fields()
    answer.add(.attempt, attempt.number)
    answer.add(.seats, pool == nil ? 0 : 1)
    answer.add(.available, available(after: attempt, paidBy: pool, work))
    return answer
  }

  /// Its seat is still reserved and nobody else counts on it.
  private func freesSeat(_ attempt: Attempt) -> Bool {
    guard let (holder, seat) = books.seat(of: attempt), seat.bucket == .reserved else { return false }
    return !books.attempts(of: attempt.facts.candidate).contains {
      $0.number != attempt.number && $0.facts.seatOf == holder.number && $0.state.isCounted
    }
  }

  private func requireReserved(_ attempt: Attempt, _ rule: Rule, _ work: Work) throws(Stop) {
    switch attempt.state {
    case .reserved where !hasLapsed(attempt, at: work.now, work.catalogue): return
    case .reserved, .expired: throw .refusal(closed(attempt, rule))
    case .started:
      throw .refusal(Refusal(.alreadyStarted, rule, "attempt \(attempt.number) has started; post its result"))
    case .passed, .failed, .incomplete, .cancelled, .noShow: throw .refusal(closed(attempt, rule))
    }
  }

  private func closed(_ attempt: Attempt, _ rule: Rule) -> Refusal {
    let state = attempt.state == .reserved ? .expired : attempt.state
    return Refusal(.attemptClosed, rule, "attempt \(attempt.number) is over: \(state.rawValue)") {
      $0.add(.state, state.rawValue)
    }
  }

  private func lapsed(_ attempt: Attempt) -> Refusal {
    let expires = books.pool(of: attempt)?.identity.expires ?? attempt.year.lastDay
    return Refusal(.expired, .nobodyWaitsForTheJob, "the seat of attempt \(attempt.number) expired on \(expires)") {
      $0.add(.latest, expires)
    }
  }

  /// R16: exactly so many days before is the last day.
  private func requireOutsideCutoff(_ attempt: Attempt, _ profile: Profile, _ work: Work) throws(Stop) {
    guard profile.cutoffDays > 0, let appointment = attempt.appointment else { return }
    let latest = zone.date(of: appointment.begins) - profile.cutoffDays
    guard today(work) > latest else { return }
    throw .refusal(
      Refusal(.insideCutoff, .cancel, "attempt \(attempt.number) could be changed through \(latest)") {
        $0.add(.latest, latest)
      })
  }

  /// R4, R24: the seat's pool pays on that day.
  private func requireLiving(_ attempt: Attempt, _ profile: Profile, on day: CivilDate, _ work: Work) throws(Stop) {
    if let last = lastDay(of: attempt, work.catalogue), day > last {
      throw .refusal(
        Refusal(.tooLate, .whichPoolPays, "the seat of attempt \(attempt.number) lives through \(last)") {
          $0.add(.latest, last)
        })
    }
    guard let first = books.pool(of: attempt)?.livesFrom(profile) else { return }
    if day < first {
      throw .refusal(
        Refusal(.tooEarly, .buyingAhead, "the seat of attempt \(attempt.number) pays from \(first) on") {
          $0.add(.earliest, first)
        })
    }
  }

  private func consumed(after attempt: Attempt, paidBy pool: Pool?, _ work: Work) -> Int64 {
    if let pool { return books.pools[pool.number]?.balance.consumed.seats ?? 0 }
    let group = PoolGroup(school: attempt.facts.school, program: attempt.facts.program)
    return books.pools(of: group).lazy.filter { !isPast($0, at: work.now) }.reduce(0) { $0 + $1.balance.consumed.seats }
  }

  /// R13: nothing happens to an attempt before its own reserve.
  private func requireAfterReserve(_ attempt: Attempt, _ happened: Instant) throws(Stop) {
    let reserved = max(attempt.reserved, books.seat(of: attempt)?.holder.reserved ?? attempt.reserved)
    guard happened < reserved else { return }
    let first = zone.rfc3339(reserved)
    throw .refusal(
      Refusal(
        .tooEarly, .latePosting,
        "attempt \(attempt.number) has its seat reserved since \(first), and that start is before it"
      ) {
        $0.add(.earliest, zone.date(of: reserved))
      })
  }

  /// An expired attempt has given its number back; who has got it since keeps it.
  private func requireNotReplaced(_ attempt: Attempt, _ profile: Profile, _ work: Work) throws(Stop) {
    guard attempt.state == .expired || hasLapsed(attempt, at: work.now, work.catalogue) else { return }
    let isReplaced = books.attempts(of: attempt.facts.candidate).contains {
      $0.number != attempt.number && $0.facts.test == attempt.facts.test && $0.state.isCounted
        && !hasLapsed($0, at: work.now, work.catalogue) && $0.facts.ordinal >= attempt.facts.ordinal
        && (!profile.startsAnew || $0.year == attempt.year)
    }
    if isReplaced { throw .refusal(closed(attempt, .latePosting)) }
  }

  /// A seat that expired before its late start comes back, effective at the expiry (R13).
  private mutating func bringBack(_ attempt: Attempt, _ work: inout Work) throws(Stop) {
    guard let seat = books.seat(of: attempt)?.seat, seat.bucket == .expired else { return }
    let pool = try requirePool(of: attempt, work)
    try post(
      .unexpire, from: .init(pool.number, .expired), to: .init(pool.number, .reserved),
      amount: Amount(seats: 1, cents: seat.cents), attempt: attempt.number,
      effective: zone.end(of: pool.identity.expires), &work)
  }

  /// An attempt belongs to the year in which it starts, where its seat does not bind it to one.
  private func year(of attempt: Attempt, _ profile: Profile, on day: CivilDate) -> AcademicYear {
    switch profile.expiry {
    case .yearEnd: attempt.year
    case .days: profile.retestInYear && attempt.facts.ordinal > 1 ? attempt.year : AcademicYear(containing: day)
    }
  }

  private func requirePool(of attempt: Attempt, _ work: Work) throws(Stop) -> Pool {
    guard let pool = books.pool(of: attempt) else {
      throw .contradiction(Contradiction(entry: EntryNumber(nextNumber(work)), what: "moves a seat of an unknown pool"))
    }
    return pool
  }

  /// The day on which the candidate may try again on the same terms, where there is one (R5, R7, R9).
  private func nextEarliest(
    _ attempt: Attempt, _ profile: Profile, completed: CivilDate, today: CivilDate
  ) -> CivilDate? {
    if attempt.facts.ordinal >= profile.attemptLimit { return nil }
    let next = completed + profile.waitDays
    return profile.retestInYear && max(next, today) > attempt.year.lastDay ? nil : next
  }

  /// A completion is known to the day: no earlier than the start, no later than now.
  private func moment(of date: CivilDate, after started: Instant, _ work: Work) -> Instant {
    min(max(zone.start(of: date), started), work.now)
  }
}

extension Appointment {
  /// A date, or an instant with the zone's offset.
  package func text(in zone: Zone) -> String {
    isWholeDay ? zone.date(of: begins).description : zone.rfc3339(begins)
  }
}
