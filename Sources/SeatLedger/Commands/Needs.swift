/// What must be in the books before a command can be decided: the keys of one load.
package struct Needs: Sendable {
  package var schools: Set<SchoolCode> = []
  package var groups: Set<PoolGroup> = []
  package var candidates: Set<Candidate> = []
  package var attempts: Set<AttemptNumber> = []
  /// Attempts that may end and give their approvals back.
  package var released: Set<AttemptNumber> = []
  /// Pools to be closed, with every attempt that still hangs on their seats.
  package var closing: Set<PoolNumber> = []
  package var keys: Set<String> = []
  /// The tenant's grants and tokens.
  package var registry = false

  package init() {}

  package mutating func add(_ command: Command) {
    switch command {
    case .purchase(let purchase):
      schools.insert(purchase.school)
      groups.insert(PoolGroup(school: purchase.school, program: purchase.program.code))
    case .return(let back):
      schools.insert(back.school)
      groups.insert(PoolGroup(school: back.school, program: back.pool.program))
    case .transfer(let transfer):
      for school in [transfer.from, transfer.to] {
        schools.insert(school)
        groups.insert(PoolGroup(school: school, program: transfer.pool.program))
      }
    case .reserve(let reserve):
      schools.insert(reserve.school)
      groups.insert(PoolGroup(school: reserve.school, program: reserve.test.program))
      candidates.insert(reserve.candidate)
    case .approve(let approve):
      schools.insert(approve.school)
    case .schedule(let attempt, _), .noShow(let attempt, _): attempts.insert(attempt)
    case .cancel(let attempt, _):
      attempts.insert(attempt)
      released.insert(attempt)
    case .start(let start): attempts.insert(start.attempt)
    case .result(let result): attempts.insert(result.attempt)
    case .expire(let pool): closing.insert(pool)
    case .register(.school(let school, _)): schools.insert(school)
    case .register(.grant(let grant)), .register(.ungrant(let grant)):
      registry = true
      if let school = grant.school { schools.insert(school) }
    case .register(.issue), .register(.revoke): registry = true
    }
  }

  package mutating func formUnion(_ other: Needs) {
    schools.formUnion(other.schools)
    groups.formUnion(other.groups)
    candidates.formUnion(other.candidates)
    attempts.formUnion(other.attempts)
    released.formUnion(other.released)
    closing.formUnion(other.closing)
    keys.formUnion(other.keys)
    registry = registry || other.registry
  }
}
