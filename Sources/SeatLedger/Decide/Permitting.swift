// The rules of an attempt, in the order in which they refuse (R5 to R10).

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
    let limit = standing.profile.attemptLimit
    guard standing.ordinal > limit else { return }
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
}
