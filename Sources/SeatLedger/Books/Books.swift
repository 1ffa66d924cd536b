/// A tenant's pools, attempts and approvals: all of them, or the part that a batch touches.
///
/// Books change by entries alone, so the same `apply` keeps them while commands are decided and rebuilds them from the
/// journal when they are verified.
package struct Books: Equatable, Sendable {
  package private(set) var pools = Revertible<PoolNumber, Pool>()
  package private(set) var attempts = Revertible<AttemptNumber, Attempt>()
  package private(set) var approvals = Revertible<ApprovalNumber, Approval>()
  package private(set) var holds = Revertible<HoldNumber, Hold>()
  private var sealed = Revertible<SealedYear, Bool>()
  private var poolsOfSchool = Revertible<PoolGroup, [PoolNumber]>()
  private var attemptsOfCandidate = Revertible<Candidate, [AttemptNumber]>()
  private var attemptsOfPool = Revertible<PoolNumber, [AttemptNumber]>()
  private var approvalsOfCandidate = Revertible<Candidate, [ApprovalNumber]>()
  private var holdsOfPool = Revertible<PoolNumber, [HoldNumber]>()

  /// Whether somebody asks for the attempts and approvals of a candidate or a pool: a proof does not.
  private let isIndexed: Bool

  package init(isIndexed: Bool = true) { self.isIndexed = isIndexed }

  /// Makes room for so many attempts, which are most of what large books hold.
  package mutating func reserveCapacity(attempts count: Int) {
    attempts.reserveCapacity(count)
    if isIndexed { attemptsOfCandidate.reserveCapacity(count) }
  }

  /// Remembers from a mark on what changes, and forgets it or takes it back.
  mutating func mark(_ mark: Mark) {
    pools.mark(mark)
    attempts.mark(mark)
    approvals.mark(mark)
    holds.mark(mark)
    sealed.mark(mark)
    poolsOfSchool.mark(mark)
    attemptsOfCandidate.mark(mark)
    attemptsOfPool.mark(mark)
    approvalsOfCandidate.mark(mark)
    holdsOfPool.mark(mark)
  }

  // MARK: Taking in what is stored

  package mutating func take(_ pool: Pool) {
    guard pools.updateValue(pool, forKey: pool.number) == nil else { return }
    poolsOfSchool.append(pool.number, to: PoolGroup(pool.identity))
  }

  package mutating func take(_ attempt: Attempt) {
    guard attempts.updateValue(attempt, forKey: attempt.number) == nil, isIndexed else { return }
    attemptsOfCandidate.append(attempt.number, to: attempt.facts.candidate)
    if let pool = attempt.facts.pool { attemptsOfPool.append(attempt.number, to: pool) }
  }

  package mutating func take(_ approval: Approval) {
    guard approvals.updateValue(approval, forKey: approval.number) == nil, isIndexed else { return }
    approvalsOfCandidate.append(approval.number, to: approval.candidate)
  }

  package mutating func take(_ hold: Hold) {
    guard holds[hold.number] == nil else { return }
    holds[hold.number] = hold
    holdsOfPool.append(hold.number, to: hold.pool)
  }

  package mutating func take(_ year: SealedYear) { sealed[year] = true }

  // MARK: Asking

  package var sealedYears: Set<SealedYear> { Set(sealed.keys) }

  package func isSealed(_ year: SealedYear) -> Bool { sealed[year] == true }

  /// The pools of one program at one school, oldest first.
  package func pools(of group: PoolGroup) -> [Pool] {
    (poolsOfSchool[group] ?? []).sorted().compactMap { pools[$0] }
  }

  package func pool(_ identity: Pool.Identity) -> Pool? {
    (poolsOfSchool[PoolGroup(identity)] ?? []).lazy.compactMap { pools[$0] }.first { $0.identity == identity }
  }

  /// Oldest first.
  package func attempts(of candidate: Candidate) -> [Attempt] {
    (attemptsOfCandidate[candidate] ?? []).sorted().compactMap { attempts[$0] }
  }

  /// Those that use a seat of a pool, oldest first.
  package func attempts(on pool: PoolNumber) -> [Attempt] {
    (attemptsOfPool[pool] ?? []).sorted().compactMap { attempts[$0] }
  }

  /// Oldest first.
  package func approvals(of candidate: Candidate) -> [Approval] {
    (approvalsOfCandidate[candidate] ?? []).sorted().compactMap { approvals[$0] }
  }

  /// What is left of the holds on a pool, oldest first.
  package func holds(on pool: PoolNumber) -> [Hold] {
    (holdsOfPool[pool] ?? []).sorted().compactMap { holds[$0] }.filter { $0.seats > 0 }
  }

  /// The pool of the seat that an attempt uses.
  package func pool(of attempt: Attempt) -> Pool? { attempt.facts.pool.flatMap { pools[$0] } }

  /// The attempt that took the seat which `attempt` uses, with that seat.
  package func seat(of attempt: Attempt) -> (holder: Attempt, seat: Attempt.Seat)? {
    guard let holder = attempt.facts.seatOf.flatMap({ attempts[$0] }), let seat = holder.seat else { return nil }
    return (holder, seat)
  }
}

/// The pools that one school can draw on for one program.
package struct PoolGroup: Hashable, Sendable {
  package let school: SchoolCode
  package let program: ProgramCode

  package init(school: SchoolCode, program: ProgramCode) {
    self.school = school
    self.program = program
  }

  package init(_ identity: Pool.Identity) {
    self.init(school: identity.school, program: identity.program)
  }
}

// MARK: - Applying an entry

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
    hold.seats += entry.amount.seats
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
