/// Where one candidate stands with one test on the day that an attempt asks for: which attempt it would be, and when.
package struct Standing: Sendable {
  let test: Test
  let profile: Profile
  /// The day that the attempt asks for: of its appointment, or of now.
  let day: CivilDate
  /// The academic year that the attempt would belong to.
  package let year: AcademicYear
  /// Which attempt at the test it would be, from 1.
  package let ordinal: Int
  /// An attempt at this test that is not over (R6).
  let open: Attempt?
  /// The latest completion that the wait counts from.
  let lastCompleted: CivilDate?
  /// The last day of the candidate's last certificate for the test.
  let certificate: CivilDate?
  /// The attempt whose seat covers this one (R2).
  let cover: Attempt?

  /// The same where it still lives on the day (R10).
  var certificateThrough: CivilDate? { certificate.flatMap { $0 >= day ? $0 : nil } }

  /// Retests after the free ones take a seat of their own.
  var isPaidRetest: Bool { ordinal > 1 + profile.freeRetests }

  /// The seats that the attempt would take, where no site licence pays.
  package var seats: Int64 { cover != nil || (ordinal > 1 && !isPaidRetest) ? 0 : 1 }

  /// Which rule asks for the wait.
  var waitRule: Rule { isPaidRetest && profile.coverage == .series ? .paidRetest : .retestWait }

  /// The first legal date by the wait (R5, R8).
  package var earliest: CivilDate? {
    ordinal > 1 ? lastCompleted.map { $0 + profile.waitDays } : nil
  }

  /// The last legal date of a retest (R7).
  package var latest: CivilDate? { ordinal > 1 && profile.retestInYear ? year.lastDay : nil }
}

extension TenantLedger {
  /// - Parameters:
  ///   - day: of the appointment, or of now.
  ///   - now: the moment from which open attempts and the running year are judged.
  ///   - attempt: one to leave out, because it is the one that is judged.
  func standing(
    of candidate: Candidate, at test: Test, _ profile: Profile, on day: CivilDate, at now: Instant,
    in catalogue: Catalogue, without attempt: Attempt? = nil
  ) -> Standing {
    let others = books.attempts(of: candidate).filter {
      $0.number != attempt?.number && !hasLapsed($0, at: now, catalogue)
    }
    // What has expired since was alive at an earlier moment that is judged.
    func wasOpen(_ attempt: Attempt) -> Bool { attempt.state == .expired && !isPast(attempt, at: now, catalogue) }
    let tried = others.filter { $0.facts.test == test.code && ($0.state.isCounted || wasOpen($0)) }
    let today = zone.date(of: now)
    // What has been completed since was open, or not there, at an earlier moment that is judged.
    func wasNotCompleted(_ other: Attempt) -> Bool {
      attempt == nil && (other.completed.map { $0 > today } ?? false || other.started.map { $0 > now } ?? false)
    }
    let year = attempt?.year ?? yearOfAttempt(tried, profile, on: day, today: today)
    let counted = profile.startsAnew ? tried.filter { $0.year == year } : tried
    let earlier = attempt.map { attempt in counted.filter { $0.number < attempt.number } } ?? counted
    let certificate = profile.certificate(of: tried.filter { $0.state == .passed }.compactMap(\.completed))
    let ordinal = attempt?.facts.ordinal ?? counted.count + 1
    // A retest hangs on what its own first attempt took: a seat, or a use of a site licence, and then on none.
    let covering = ordinal > 1 ? counted : others
    return Standing(
      test: test, profile: profile, day: day, year: year, ordinal: ordinal,
      open: tried.first { $0.state.isOpen || wasOpen($0) } ?? counted.first(where: wasNotCompleted),
      lastCompleted: earlier.compactMap(\.completed).max(),
      certificate: certificate,
      cover: profile.isCovered(number: ordinal)
        ? cover(covering.filter { $0.reserved <= now }, test, year, at: now, catalogue) : nil)
  }

  /// Until the running year is over, a further attempt at a test attempted in it is a retest of that year, whatever date
  /// it asks for (R7).
  private func yearOfAttempt(
    _ tried: [Attempt], _ profile: Profile, on day: CivilDate, today: CivilDate
  ) -> AcademicYear {
    let running = AcademicYear(containing: today)
    if profile.startsAnew {
      return tried.contains { $0.year == running } ? running : AcademicYear(containing: day)
    }
    // Where the count never starts anew, a retest's year is that of attempt 1.
    let first = profile.retestInYear ? tried.first?.year : nil
    return first ?? AcademicYear(containing: day)
  }

  /// The attempt that took a seat which covers this series in this year and still has it, reserved or consumed (R2).
  private func cover(
    _ others: [Attempt], _ test: Test, _ year: AcademicYear, at now: Instant, _ catalogue: Catalogue
  ) -> Attempt? {
    others.compactMap { books.seat(of: $0)?.holder }.first { holder in
      let isThere =
        holder.seat?.isWithCandidate == true || holder.seat?.bucket == .expired && !isPast(holder, at: now, catalogue)
      return isThere && holder.reserved <= now && !holder.facts.isThirdTry && holder.year == year
        && holder.facts.program == test.program && catalogue.tests[holder.facts.test]?.series == test.series
    }
  }

  /// A reserved attempt is over when the seat that waits for it has expired, whether the rollover has run or not (R15);
  /// on a seat that is consumed already, or on none, with the year that the seat covers.
  func hasLapsed(_ attempt: Attempt, at now: Instant, _ catalogue: Catalogue) -> Bool {
    attempt.state == .reserved && isPast(attempt, at: now, catalogue)
  }

  /// Whether an attempt could not start at this moment any more.
  func isPast(_ attempt: Attempt, at instant: Instant, _ catalogue: Catalogue) -> Bool {
    lastDay(of: attempt, catalogue).map { instant >= zone.end(of: $0) } ?? false
  }

  /// The last day on which a reserved attempt can start; `nil` where nothing ends it.
  func lastDay(of attempt: Attempt, _ catalogue: Catalogue) -> CivilDate? {
    if let expires = attempt.facts.pool.flatMap({ books.pools.read($0) { $0.identity.expires } }),
      books.seat(of: attempt)?.seat.bucket != .consumed
    {
      return expires
    }
    let profile = catalogue.programs[attempt.facts.program]?.profile
    return profile?.coverage == .series || profile?.retestInYear == true ? attempt.year.lastDay : nil
  }
}
