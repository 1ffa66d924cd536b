package import SeatLedger

/// A tenant's ledger with what was read of its books: an object, for a ledger is large and a value would be copied
/// whenever a batch looks at it.
package final class LoadedLedger {
  package var ledger: TenantLedger
  /// The number of the last line of the tenant's audit list.
  package internal(set) var lastAudit: Int64 = 0
  /// Schools' pools, and candidates' attempts and approvals, that have been asked for and need not be asked for again.
  private(set) var groups: Set<PoolGroup> = []
  package private(set) var candidates: Set<Candidate> = []
  private var approvals: Set<Candidate> = []
  /// Attempts whose candidates and schools are known when they have been read.
  private var asked: [AttemptNumber] = []
  /// Pools of the attempts that were read, which may be another school's.
  var poolsOfAttempts: Set<PoolNumber> = []

  /// An empty one: its head is read before anything else of it.
  init(_ code: TenantCode, _ zone: Zone) {
    let head = TenantLedger.Head(number: EntryNumber(0), hash: .zero, recorded: Instant(microseconds: 0))
    ledger = TenantLedger(code: code, zone: zone, head: head)
  }

  /// Looks at each new entry where it is: entries are wide, and most of one are words.
  func forEachPosted(_ body: (borrowing Entry, EntryHash) -> Void) {
    ledger.posted.withUnsafeBufferPointer { posted in
      for index in posted.indices { body(posted[index].entry, posted[index].hash) }
    }
  }

  /// Notes that all of it is asked for.
  ///
  /// - Returns: whether it was not before.
  func ask(_ group: PoolGroup) -> Bool { groups.insert(group).inserted }

  func ask(_ candidate: Candidate) -> Bool { candidates.insert(candidate).inserted }

  // One table at a time: to ask the books themselves would copy all of them.

  func has(_ number: PoolNumber) -> Bool {
    let pools = ledger.books.pools
    return pools.read(number) { _ in true } ?? false
  }

  func hasAttempts(of candidate: Candidate) -> Bool {
    let attempts = ledger.books.attemptsOfCandidate
    return attempts.read(candidate) { !$0.isEmpty } ?? false
  }

  func askApprovals(_ candidate: Candidate) -> Bool { approvals.insert(candidate).inserted }

  /// Whether everything is there that an attempt is judged by.
  private func knows(_ number: AttemptNumber) -> Bool {
    let attempts = ledger.books.attempts
    return attempts.read(number) { attempt in
      candidates.contains(attempt.facts.candidate)
        && groups.contains(PoolGroup(school: attempt.facts.school, program: attempt.facts.program))
    } ?? false
  }

  /// Notes that an attempt is asked for, with all that it is judged by.
  func ask(_ number: AttemptNumber) -> Bool {
    if knows(number) { return false }
    asked.append(number)
    return true
  }

  /// The attempts that were asked for have been read.
  func settle() {
    for facts in asked.compactMap({ ledger.books.attempts[$0]?.facts }) {
      candidates.insert(facts.candidate)
      approvals.insert(facts.candidate)
      groups.insert(PoolGroup(school: facts.school, program: facts.program))
    }
    asked.removeAll()
  }
}
