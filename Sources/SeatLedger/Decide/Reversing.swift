// Mistakes: the journal is never edited, the opposite of an entry is posted once (R23).

extension TenantLedger {
  mutating func reverse(_ number: EntryNumber, reason: String, _ work: inout Work) throws(Stop) -> Fields {
    let fresh = work.entries.last { $0.number == number } ?? posted.last { $0.entry.number == number }?.entry
    guard let reversed = named[number] ?? fresh else {
      throw .refusal(Refusal(.noEntry, nil, "no entry \(number) here; statement shows them, or watch since=1"))
    }
    let attempt = reversed.attempt.flatMap { books.attempts[$0] }
    try requireOwn(reversed, work)
    if let program = program(of: reversed, attempt, work) {
      try requireUnsealed(program, effective: reversed.effective)
    }
    try requireReversible(reversed, work)
    if let attempt { try requireUntouched(attempt, since: reversed, work) }
    if reversed.kind == .purchase, let pool = reversed.to.flatMap({ books.pools[$0.pool] }), pool.uses > 0,
      pool.balance.purchased.seats <= reversed.amount.seats
    {
      throw .refusal(movedOn(number, "the site licence has been used"))
    }
    books.mark(.set)
    do {
      let entry = try post(
        .reverse, from: reversed.to, to: reversed.from, amount: reversed.amount, attempt: reversed.attempt,
        reverses: number, reason: reason,
        detail: .reverse(reversed.kind, year: attempt.flatMap { yearWithoutStart(of: $0, reversed, work) }), &work)
      try expireAgain(reversed, by: entry, &work)
      var answer = Fields()
      answer.add(.entry, entry)
      answer.add(.reverses, number)
      answer.add(.kind, reversed.kind.rawValue)
      if let pool = (reversed.from ?? reversed.to).flatMap({ books.pools[$0.pool] }) {
        answer.add(.available, pool.balance.available.seats)
      } else if let attempt {
        answer.add(.available, available(after: attempt, paidBy: nil, work))
      }
      books.mark(.forget)
      return answer
    } catch {
      // A bucket would go below zero, or hold cents without seats.
      guard case .contradiction = error else {
        books.mark(.forget)
        throw error
      }
      books.mark(.revert)
      throw .refusal(movedOn(number, "its seats have been used for something else"))
    }
  }

  /// What has come back to a pool that has expired expires at once: at its own expiry it was still somewhere else.
  private mutating func expireAgain(_ reversed: Entry, by reversal: EntryNumber, _ work: inout Work) throws(Stop) {
    if let to = reversed.from, to.bucket == .available || to.bucket == .reserved, let pool = books.pools[to.pool],
      isPast(pool, at: work.now)
    {
      try post(
        .expire, from: to, to: .init(to.pool, .expired), amount: reversed.amount,
        attempt: to.bucket == .reserved ? reversed.attempt : nil, detail: .left(by: reversal), &work)
    } else if reversed.from == nil, let attempt = reversed.attempt.flatMap({ books.attempts[$0] }),
      hasLapsed(attempt, at: work.now, work.catalogue)
    {
      try post(.expire, attempt: attempt.number, detail: .left(by: reversal), &work)
    }
  }

  /// Where a start has decided the year, the attempt goes back to that of its appointment, or of its reserve.
  private func yearWithoutStart(of attempt: Attempt, _ reversed: Entry, _ work: Work) -> AcademicYear? {
    guard reversed.kind == .start, let profile = work.catalogue.programs[attempt.facts.program]?.profile,
      case .days = profile.expiry, !(profile.retestInYear && attempt.facts.ordinal > 1)
    else { return nil }
    return AcademicYear(containing: zone.date(of: attempt.appointment?.begins ?? attempt.reserved))
  }

  /// A school reverses its own start, result and cancel; finance everything.
  private func requireOwn(_ entry: Entry, _ work: Work) throws(Stop) {
    guard work.caller.schools != nil else { return }
    guard [.start, .result, .cancel].contains(entry.kind), let attempt = entry.attempt else {
      throw .refusal(
        Refusal(.forbidden, nil, "a school reverses its own start, result and cancel; finance reverses the rest"))
    }
    _ = try requireAttempt(attempt, work)
  }

  private func program(of entry: Entry, _ attempt: Attempt?, _ work: Work) -> ProgramCode? {
    if case .approve(_, _, let test) = entry.detail { return work.catalogue.tests[test]?.program }
    return attempt?.facts.program ?? (entry.from ?? entry.to).flatMap { books.pools[$0.pool]?.identity.program }
  }

  private func requireReversible(_ entry: Entry, _ work: Work) throws(Stop) {
    let instead: String
    switch entry.kind {
    case .purchase, .return, .transfer, .approve, .start, .result, .cancel, .noShow: instead = ""
    case .reserve:
      guard case .reserve(_, _, _, _, .some) = entry.detail else {
        instead = ""
        break
      }
      instead = "it drew on a hold; cancel its attempt instead"
    case .schedule: instead = "schedule its attempt again instead"
    case .hold: instead = "release its hold instead"
    case .release: instead = "hold the seats again instead"
    case .reverse: instead = "a reversal stays; post the right thing anew"
    case .expire, .unexpire: instead = "an expiry stays; what happened before it can be posted with at="
    case .seal: instead = "a sealed year stays sealed"
    }
    guard instead.isEmpty else {
      throw .refusal(
        Refusal(.notReversible, .mistakes, "entry \(entry.number) is of kind \(entry.kind.rawValue): \(instead)"))
    }
    let fresh = (posted.map(\.entry) + work.entries).first { $0.reverses == entry.number }?.number
    if let reversal = reversals[entry.number] ?? fresh {
      throw .refusal(
        Refusal(.notReversible, .mistakes, "entry \(entry.number) is reversed already, by entry \(reversal)") {
          $0.add(.entry, reversal)
        })
    }
  }

  /// The attempt is still as the entry left it, and nothing has been built on that.
  private func requireUntouched(_ attempt: Attempt, since entry: Entry, _ work: Work) throws(Stop) {
    func refuse(_ why: String) throws(Stop) { throw .refusal(movedOn(entry.number, why)) }
    let others = books.attempts(of: attempt.facts.candidate).filter {
      $0.number != attempt.number && $0.state.isCounted
    }
    let sameTest = others.filter { $0.facts.test == attempt.facts.test }
    let sameSeat = others.filter { attempt.facts.seatOf != nil && $0.facts.seatOf == attempt.facts.seatOf }
    let state = attempt.state
    switch entry.kind {
    case .start:
      if state != .started { try refuse("attempt \(attempt.number) is \(state.rawValue)") }
      if entry.amount.seats > 0, let other = sameSeat.first(where: { $0.started != nil }) {
        try refuse("attempt \(other.number) has started on the same seat")
      }
    case .result:
      if ![.passed, .failed, .incomplete].contains(state) {
        try refuse("attempt \(attempt.number) is \(state.rawValue)")
      }
      if let later = sameTest.first(where: { $0.number > attempt.number }) {
        try refuse("attempt \(later.number) has been reserved since")
      }
    case .cancel, .noShow:
      if state != .cancelled && state != .noShow { try refuse("attempt \(attempt.number) is \(state.rawValue)") }
      // Its number has been given again, or is another one's turn.
      let startsAnew = work.catalogue.programs[attempt.facts.program]?.profile.startsAnew == true
      if let other = sameTest.first(where: {
        $0.number > attempt.number || $0.state.isOpen
          || $0.facts.ordinal >= attempt.facts.ordinal && (!startsAnew || $0.year == attempt.year)
      }) {
        try refuse("attempt \(other.number) has taken its place")
      }
      if entry.amount.seats == 0, let (_, seat) = books.seat(of: attempt), !seat.isWithCandidate {
        try refuse("the seat that it shared has been given back")
      }
      if let pool = books.pool(of: attempt), pool.identity.kind == .site, pool.balance.purchased.seats == 0 {
        try refuse("its site licence has been reversed")
      }
    case .reserve:
      if state != .reserved { try refuse("attempt \(attempt.number) is \(state.rawValue)") }
      if entry.amount.seats > 0, let other = sameSeat.first {
        try refuse("attempt \(other.number) uses the same seat")
      }
      if entry.amount.seats == 0, attempt.facts.seatOf != nil, sameSeat.isEmpty {
        try refuse("its seat is one that another attempt took; cancel it instead")
      }
    default: break
    }
  }

  private func movedOn(_ entry: EntryNumber, _ why: String) -> Refusal {
    Refusal(.seatsMovedOn, .mistakes, "entry \(entry) cannot be undone: \(why)") { $0.add(.entry, entry) }
  }
}
