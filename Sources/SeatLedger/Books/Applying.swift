// What one entry does to the books: the same while commands are decided and when a journal is proved.

/// An entry that does not follow from what went before it.
package struct Contradiction: Error, Hashable, Sendable {
  package let entry: EntryNumber
  package let what: String
}

extension Books {
  /// Brings the books from before `entry` to after it.
  package mutating func apply(_ entry: Entry) throws(Contradiction) {
    try open(entry)
    try move(entry)
    switch entry.detail {
    case .reserve(let facts, let year, let appointment, let minutes, let hold):
      try reserve(entry, facts, year, appointment, minutes)
      if let hold { try draw(entry, from: hold) }
    case .approve(let school, let candidate, let test):
      take(
        Approval(
          number: ApprovalNumber(entry.number.value), school: school, candidate: candidate, test: test,
          principal: entry.principal, given: entry.effective, usedBy: nil))
    case .schedule(let appointment, let year):
      try change(entry) { attempt in
        attempt.appointment = appointment
        attempt.year = year
      }
    case .start(let year, let minutes):
      let effective = entry.effective
      try change(entry) { attempt in
        attempt.state = .started
        attempt.started = effective
        attempt.minutes = minutes
        attempt.year = year
      }
    case .result(let outcome, let completed):
      try change(entry) { attempt in
        attempt.state = outcome.state
        attempt.completed = completed
      }
    case .hold(let until):
      guard let pool = entry.from?.pool else { throw Contradiction(entry: entry.number, what: "holds no seats") }
      take(Hold(number: HoldNumber(entry.number.value), pool: pool, until: until, seats: entry.amount.seats))
    case .ofHold(let hold) where entry.kind == .hold: try giveBack(entry, to: hold)
    case .ofHold(let hold): try draw(entry, from: hold)
    case .reverse(let kind, let year): try reverse(entry, kind, year)
    case .left:
      if entry.attempt != nil { try change(entry) { $0.state = .expired } }
    case .seal(let sealed): take(sealed)
    case .opens, .none: try end(entry)
    }
  }

  private mutating func open(_ entry: Entry) throws(Contradiction) {
    guard case .opens(let identity?, _, _) = entry.detail else { return }
    guard pool(identity) == nil else { throw Contradiction(entry: entry.number, what: "opens a pool that is open") }
    take(Pool(number: PoolNumber(entry.number.value), identity: identity))
  }

  /// Moves the entry's seats and their cents from place to place.
  private mutating func move(_ entry: Entry) throws(Contradiction) {
    if entry.kind == .purchase || entry.kind == .transfer { try leaveRoom(for: entry) }
    let (from, to, moved) = (entry.from, entry.to, Entry.Movement(entry))
    if let from {
      try change(from.pool, moved.number) { pool throws(Contradiction) in
        pool.give(moved, from: from.bucket)
        if let to, to.pool == from.pool {
          pool.take(moved, to: to.bucket)
          try proveSound(pool, to.bucket, moved.number)
        }
        try proveSound(pool, from.bucket, moved.number)
      }
    }
    if let to, to.pool != from?.pool {
      try change(to.pool, moved.number) { pool throws(Contradiction) in
        pool.take(moved, to: to.bucket)
        try proveSound(pool, to.bucket, moved.number)
      }
    }
    try moveSeat(entry)
  }

  private func leaveRoom(for entry: Entry) throws(Contradiction) {
    for place in [entry.from, entry.to] {
      guard let pool = place.flatMap({ pools[$0.pool] }), pool.balance.isNearItsBound else { continue }
      throw Contradiction(entry: entry.number, what: "moves more through pool \(pool.number) than it can count")
    }
  }

  /// The seat of the attempt, where a single one moved.
  private mutating func moveSeat(_ entry: Entry) throws(Contradiction) {
    // A late reserve's seat comes back before there is an attempt that uses it.
    guard entry.amount.seats > 0, let number = entry.attempt, entry.kind != .reserve, !entry.reopensPool,
      let to = entry.to
    else { return }
    let (pool, bucket, cents) = (entry.from?.pool, entry.from?.bucket, entry.amount.cents)
    var isUsed = false
    var isThirdTry = false
    if let holder = attempts[number]?.facts.seatOf {
      _ = attempts.change(holder) { holder in
        isUsed = holder.seat?.cents == cents && holder.seat?.bucket == bucket && holder.facts.pool == pool
        guard isUsed, to.pool == pool else { return }
        holder.seat?.bucket = to.bucket
        isThirdTry = holder.facts.isThirdTry
      }
    }
    guard isUsed, to.pool == pool else {
      throw Contradiction(entry: entry.number, what: "moves a seat that attempt \(number) does not use")
    }
    guard isThirdTry else { return }
    if to.bucket == .available { try change(to.pool, entry.number) { $0.thirdTries -= 1 } }
    if bucket == .available { try change(to.pool, entry.number) { $0.thirdTries += 1 } }
  }

  private mutating func reserve(
    _ entry: Entry, _ facts: Attempt.Facts, _ year: AcademicYear, _ appointment: Appointment?, _ minutes: Int
  ) throws(Contradiction) {
    let seat = entry.amount.seats > 0 ? Attempt.Seat(bucket: .reserved, cents: entry.amount.cents) : nil
    take(
      Attempt(
        number: AttemptNumber(entry.number.value), facts: facts, reserved: entry.effective, year: year,
        state: .reserved,
        appointment: appointment, minutes: minutes, seat: seat))
    if facts.isThirdTry, let pool = facts.pool { try change(pool, entry.number) { $0.thirdTries += 1 } }
    try count(1, entry)
    if let approval = facts.approval {
      guard let given = approvals[approval], given.usedBy == nil else {
        throw Contradiction(entry: entry.number, what: "uses approval \(approval), which is not free")
      }
      approvals[approval]?.usedBy = AttemptNumber(entry.number.value)
    }
  }

  /// What ends an attempt or a pool without a result.
  private mutating func end(_ entry: Entry) throws(Contradiction) {
    switch entry.kind {
    case .cancel, .noShow:
      try change(entry) { $0.state = entry.kind == .cancel ? .cancelled : .noShow }
      if entry.kind == .cancel { try releaseApproval(entry) }
      try count(-1, entry)
    case .unexpire where entry.reopensPool:
      guard let pool = entry.to?.pool else { return }
      try change(pool, entry.number) { $0.isClosed = false }
    case .unexpire: try change(entry) { $0.state = .reserved }
    case .expire where !entry.closesPool:
      // The holder of a shared seat may have been cancelled before: only an open attempt expires.
      try change(entry) { if $0.state == .reserved { $0.state = .expired } }
    case .expire:
      guard let pool = entry.from?.pool else {
        throw Contradiction(entry: entry.number, what: "expires no pool")
      }
      try change(pool, entry.number) { $0.isClosed = true }
    default: break
    }
  }

  /// Seats leave a hold: drawn, released or expired.
  private mutating func draw(_ entry: Entry, from number: HoldNumber) throws(Contradiction) {
    guard var hold = holds[number], hold.seats >= entry.amount.seats, hold.pool == entry.from?.pool else {
      throw Contradiction(entry: entry.number, what: "takes more from hold \(number) than it has")
    }
    hold.seats -= entry.amount.seats
    holds[number] = hold
  }

  /// A seat comes back into a hold that has ended, for one that was used before (R13).
  private mutating func giveBack(_ entry: Entry, to number: HoldNumber) throws(Contradiction) {
    guard var hold = holds[number], hold.pool == entry.to?.pool else {
      throw Contradiction(entry: entry.number, what: "gives to hold \(number) what is not of its pool")
    }
    hold.seats = hold.seats.cappedSum(entry.amount.seats)
    holds[number] = hold
  }

  /// A use of a site licence, or one that is given back (R27).
  private mutating func count(_ uses: Int64, _ entry: Entry) throws(Contradiction) {
    guard let attempt = entry.attempt.flatMap({ attempts[$0] }), attempt.facts.seatOf == nil,
      let pool = attempt.facts.pool, pools[pool]?.identity.kind == .site
    else { return }
    try change(pool, entry.number) { $0.uses += uses }
  }

  /// What the opposite of an entry does beside moving its seats back (R23).
  private mutating func reverse(_ entry: Entry, _ kind: Entry.Kind, _ year: AcademicYear?) throws(Contradiction) {
    let holder = entry.attempt.flatMap { attempts[$0]?.facts.seatOf }
    if let holder, entry.amount.seats > 0, entry.to?.bucket == .reserved {
      attempts[holder]?.reserved = entry.effective
    }
    switch kind {
    case .start:
      try change(entry) { attempt in
        attempt.state = .reserved
        attempt.started = nil
        attempt.reserved = entry.effective
        if let year { attempt.year = year }
      }
    case .result:
      try change(entry) { attempt in
        attempt.state = .started
        attempt.completed = nil
      }
    case .cancel, .noShow:
      try change(entry) { attempt in
        attempt.state = .reserved
        attempt.reserved = entry.effective
      }
      if kind == .cancel { try takeApproval(entry) }
      try count(1, entry)
    case .reserve:
      try change(entry) { $0.state = .cancelled }
      try releaseApproval(entry)
      try count(-1, entry)
    case .approve:
      // Used by the reversal: no attempt can use it any more.
      guard let reversed = entry.reverses.map({ ApprovalNumber($0.value) }), approvals[reversed]?.usedBy == nil else {
        throw Contradiction(entry: entry.number, what: "withdraws an approval that is used")
      }
      approvals[reversed]?.usedBy = AttemptNumber(entry.number.value)
    case .purchase, .return, .transfer, .reverse, .hold, .release, .schedule, .expire, .unexpire, .seal: break
    }
  }

  private mutating func takeApproval(_ entry: Entry) throws(Contradiction) {
    guard let approval = entry.attempt.flatMap({ attempts[$0]?.facts.approval }) else { return }
    guard approvals[approval]?.usedBy == nil else {
      throw Contradiction(entry: entry.number, what: "takes back approval \(approval), which is used")
    }
    approvals[approval]?.usedBy = entry.attempt
  }

  private mutating func releaseApproval(_ entry: Entry) throws(Contradiction) {
    guard let approval = entry.attempt.flatMap({ attempts[$0]?.facts.approval }) else { return }
    guard approvals[approval]?.usedBy == entry.attempt else {
      throw Contradiction(entry: entry.number, what: "gives back approval \(approval), which it does not use")
    }
    approvals[approval]?.usedBy = nil
  }

  private mutating func change(_ entry: Entry, _ body: (inout Attempt) -> Void) throws(Contradiction) {
    guard let number = entry.attempt, attempts.change(number, body) else {
      throw Contradiction(entry: entry.number, what: "names an attempt that nobody reserved")
    }
  }

  private mutating func change(
    _ number: PoolNumber, _ entry: EntryNumber, _ body: (inout Pool) throws(Contradiction) -> Void
  ) throws(Contradiction) {
    guard try pools.change(number, body) else {
      throw Contradiction(entry: entry, what: "names pool \(number), which nobody opened")
    }
  }
}

private func proveSound(_ pool: Pool, _ bucket: Bucket, _ entry: EntryNumber) throws(Contradiction) {
  guard !pool.balance[bucket].isSound else { return }
  throw Contradiction(entry: entry, what: "leaves \(bucket.rawValue) of pool \(pool.number) unsound")
}
