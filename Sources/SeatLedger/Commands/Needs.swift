/// What must be in the books before a command can be decided: the keys of one load. What most commands name stands in
/// plain rows, in which a thing may be named twice: that is cheaper to read than to find out.
package struct Needs: Sendable {
  package var schools: [SchoolCode] = []
  package var groups: [PoolGroup] = []
  /// Candidates, with their attempts; with their approvals, too, if they have attempts: nobody needs one for a first.
  package var candidates: Set<Candidate> = []
  /// Candidates whose approvals are wanted in any case.
  package var approvals: Set<Candidate> = []
  package var attempts: [AttemptNumber] = []
  /// Pools to be closed, with every attempt that still hangs on their seats.
  package var closing: Set<PoolNumber> = []
  package var pools: Set<PoolNumber> = []
  /// Holds, with their pools.
  package var holds: Set<HoldNumber> = []
  /// Holds that end: what has moved through their pools since.
  package var endsHolds = false
  /// Entries that may be reversed, with what has reversed them.
  package var entries: Set<EntryNumber> = []
  /// What has moved through the pools of a school since a moment: a late posting must fit into it (R13).
  package var flows: [PoolGroup: Instant] = [:]
  /// Programs' years whose open pools matter.
  package var years: Set<SealedYear> = []
  /// The tenant's sealed years.
  package var seals = false
  package var keys: [IdempotencyKey] = []
  /// The tenant's grants and tokens.
  package var registry = false
  /// Something is asked whose answer no new entry proves.
  package var isUnproven = false

  package init() {}

  /// - Parameter zone: the tenant's, for the moments that a command names.
  package mutating func add(_ command: Command, in zone: Zone) {
    switch command {
    case .purchase(let purchase):
      schools.append(purchase.school)
      groups.append(PoolGroup(school: purchase.school, program: purchase.program.code))
      seals = seals || purchase.on != nil
    case .return(let back):
      schools.append(back.school)
      groups.append(PoolGroup(school: back.school, program: back.pool.program))
    case .transfer(let transfer):
      for school in [transfer.from, transfer.to] {
        schools.append(school)
        groups.append(PoolGroup(school: school, program: transfer.pool.program))
      }
    case .reserve(let reserve):
      schools.append(reserve.school)
      groups.append(PoolGroup(school: reserve.school, program: reserve.test.program))
      // What is a first attempt now may not be the last one of its batch.
      if !candidates.insert(reserve.candidate).inserted { approvals.insert(reserve.candidate) }
      if let hold = reserve.hold { holds.insert(hold) }
      if let at = reserve.at, let since = Appointment(at, in: zone)?.begins {
        let group = PoolGroup(school: reserve.school, program: reserve.test.program)
        flows[group] = min(since, flows[group] ?? since)
        seals = true
      }
    case .approve(let approve):
      schools.append(approve.school)
      groups.append(PoolGroup(school: approve.school, program: approve.test.program))
    case .schedule(let attempt, _), .cancel(let attempt, _), .noShow(let attempt, _): attempts.append(attempt)
    case .start(let start):
      attempts.append(start.attempt)
      seals = seals || start.at != nil
    case .result(let result):
      attempts.append(result.attempt)
      seals = seals || result.on != nil
    case .hold(let hold):
      schools.append(hold.school)
      groups.append(PoolGroup(school: hold.school, program: hold.pool.program))
    case .release(let hold, _): holds.insert(hold)
    case .reverse(let entry, _):
      entries.insert(entry)
      seals = true
    case .seal(let year):
      years.insert(year)
      seals = true
    case .register(.school(let school, _)):
      schools.append(school)
      isUnproven = true
    case .register(.grant(let grant)), .register(.ungrant(let grant)):
      registry = true
      if let school = grant.school { schools.append(school) }
    case .register(.issue), .register(.revoke): registry = true
    }
  }

  /// Whether nothing has to be read but what is asked of every batch.
  package var isEmpty: Bool {
    groups.isEmpty && candidates.isEmpty && approvals.isEmpty && attempts.isEmpty && keys.isEmpty && !seals
      && isOrdinary
  }

  /// Asks for schools' pools, candidates, attempts, keys and seals alone, as most commands do.
  package var isOrdinary: Bool {
    closing.isEmpty && pools.isEmpty && holds.isEmpty && entries.isEmpty && flows.isEmpty && years.isEmpty
      && !registry && !endsHolds
  }
}
