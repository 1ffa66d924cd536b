// Reserve and approve: who may try which test when is judged in Permitting, which pool pays in Paying.

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
