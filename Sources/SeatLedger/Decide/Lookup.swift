// What every decision asks of the books before it decides anything.

extension TenantLedger {
  func today(_ work: Work) -> CivilDate { zone.date(of: work.now) }

  func requireSchool(_ school: SchoolCode) throws(Stop) {
    guard registry.schools.contains(school) else {
      throw .refusal(.noSchool(school))
    }
  }

  /// An attempt that exists and that the caller may post for: the school that reserved last for the candidate may
  /// post and cancel all of the candidate's attempts (R19).
  func requireAttempt(_ number: AttemptNumber, _ work: Work) throws(Stop) -> Attempt {
    guard let attempt = books.attempts[number] else {
      throw .refusal(Refusal(.noAttempt, nil, "no attempt \(number) here; attempts shows them"))
    }
    let lastSchool = books.attempts(of: attempt.facts.candidate).last?.facts.school ?? attempt.facts.school
    guard work.caller.mayActFor(attempt.facts.school) || work.caller.mayActFor(lastSchool) else {
      throw .refusal(Refusal(.forbidden, nil, "attempt \(number) is another school's"))
    }
    return attempt
  }

  func requireProfile(_ program: ProgramCode, _ work: Work) throws(Stop) -> Profile {
    guard let profile = work.catalogue.programs[program]?.profile else {
      throw .refusal(.noProgram(program))
    }
    return profile
  }

  /// What has happened does not lie in the future (R13).
  func requirePast(_ instant: Instant, _ argument: FieldName, _ work: Work) throws(Stop) {
    guard instant <= work.now else {
      throw .refusal(
        Refusal(.tooLate, .latePosting, "\(argument.rawValue)= lies in the future; it tells when a thing happened") {
          $0.add(.latest, today(work))
        })
    }
  }

  func requireAppointment(_ moment: Moment, _ argument: FieldName) throws(Stop) -> Appointment {
    guard let appointment = Appointment(moment, in: zone) else { throw .refusal(.gap(argument, zone)) }
    return appointment
  }
}

extension Refusal {
  static func gap(_ argument: FieldName, _ zone: Zone) -> Self {
    badValue(argument.rawValue, "\(argument.rawValue)= names an hour that the clocks of \(zone.name) skip that day")
  }
}

// MARK: - Pools

extension Pool {
  /// The first day on which its seats pay for anything: of their year, or of their purchase (R24).
  func livesFrom(_ profile: Profile) -> CivilDate {
    switch profile.expiry {
    case .yearEnd: year.firstDay
    case .days(let days): identity.expires - days
    }
  }

  func lives(on date: CivilDate, _ profile: Profile) -> Bool {
    date <= identity.expires && date >= livesFrom(profile)
  }
}

extension TenantLedger {
  /// A pool past its expiry date pays for nothing, whether the rollover has run or not (R15).
  func isPast(_ pool: Pool, at instant: Instant) -> Bool { instant >= zone.end(of: pool.identity.expires) }

  /// Seats available now in all the pools of one program at one school.
  func available(_ group: PoolGroup, _ work: Work) -> Int64 {
    books.pools(of: group).lazy.filter { !isPast($0, at: work.now) }.reduce(0) { $0 + $1.balance.available.seats }
  }

  /// What the answer to a change of an attempt shows as `available`: the pool that paid, or all of the school's.
  func available(after attempt: Attempt, paidBy pool: Pool?, _ work: Work) -> Int64 {
    if let pool { return books.pools[pool.number]?.balance.available.seats ?? 0 }
    return available(PoolGroup(school: attempt.facts.school, program: attempt.facts.program), work)
  }
}
