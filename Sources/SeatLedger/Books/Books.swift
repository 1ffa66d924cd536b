/// A tenant's pools, attempts and approvals: all of them, or the part that a batch touches.
///
/// Books change by entries alone, so the same `apply` keeps them while commands are decided and rebuilds them from the
/// journal when they are verified.
package struct Books: Equatable, Sendable {
  package internal(set) var pools = Revertible<PoolNumber, Pool>()
  package internal(set) var attempts = Revertible<AttemptNumber, Attempt>()
  package internal(set) var approvals = Revertible<ApprovalNumber, Approval>()
  package internal(set) var holds = Revertible<HoldNumber, Hold>()
  private var sealed = Revertible<SealedYear, Bool>()
  private var poolsOfSchool = Revertible<PoolGroup, [PoolNumber]>()
  package private(set) var attemptsOfCandidate = Revertible<Candidate, [AttemptNumber]>()
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
    guard !pools.update(pool, forKey: pool.number) else { return }
    poolsOfSchool.append(pool.number, to: PoolGroup(pool.identity))
  }

  package mutating func take(_ attempt: Attempt) {
    guard !attempts.update(attempt, forKey: attempt.number), isIndexed else { return }
    attemptsOfCandidate.append(attempt.number, to: attempt.facts.candidate)
    if let pool = attempt.facts.pool { attemptsOfPool.append(attempt.number, to: pool) }
  }

  package mutating func take(_ approval: Approval) {
    guard !approvals.update(approval, forKey: approval.number), isIndexed else { return }
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
  package func pools(of group: PoolGroup, where isSo: (borrowing Pool) -> Bool = { _ in true }) -> [Pool] {
    var found: [Pool] = []
    for number in Self.sorted(poolsOfSchool[group]) where pools.read(number, isSo) == true {
      if let pool = pools[number] { found.append(pool) }
    }
    return found
  }

  /// Most are one, or none.
  private static func sorted<Kind>(_ numbers: [Number<Kind>]?) -> [Number<Kind>] {
    guard let numbers, numbers.count > 1 else { return numbers ?? [] }
    return numbers.sorted()
  }

  package func pool(_ identity: Pool.Identity) -> Pool? {
    (poolsOfSchool[PoolGroup(identity)] ?? []).lazy.compactMap { pools[$0] }.first { $0.identity == identity }
  }

  /// Oldest first.
  package func attempts(of candidate: Candidate) -> [Attempt] {
    Self.sorted(attemptsOfCandidate[candidate]).compactMap { attempts[$0] }
  }

  /// Those that use a seat of a pool, oldest first.
  package func attempts(on pool: PoolNumber) -> [Attempt] {
    Self.sorted(attemptsOfPool[pool]).compactMap { attempts[$0] }
  }

  /// Oldest first.
  package func approvals(of candidate: Candidate) -> [Approval] {
    Self.sorted(approvalsOfCandidate[candidate]).compactMap { approvals[$0] }
  }

  /// What is left of the holds on a pool, oldest first.
  package func holds(on pool: PoolNumber) -> [Hold] {
    Self.sorted(holdsOfPool[pool]).compactMap { holds[$0] }.filter { $0.seats > 0 }
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
