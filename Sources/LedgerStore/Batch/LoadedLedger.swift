package import SeatLedger

/// A tenant's ledger with what was read of its books and what a batch still needs of them: an object, for a ledger is
/// large and a value would be copied whenever a batch looks at it.
package final class LoadedLedger {
  package let tenant: TenantRecord
  package var ledger: TenantLedger
  /// What has to be read before the batch at hand can be decided.
  package var needs = Needs()
  /// More was needed than most commands ask for: what was read for it serves no other batch.
  package internal(set) var isForOnce = false
  /// The number of the last line of the tenant's audit list.
  package internal(set) var lastAudit: Int64 = 0
  /// Its head was read, in this batch or in one before it.
  package internal(set) var isRead = false
  /// The head was read again in this batch, and is the one that the books were left at; or it is taken to be.
  package internal(set) var isCurrent = false
  /// Where the keys of the tenant's audit list end; `nil` where that is not known. The journal's own index proves only that
  /// a key is new to the journal.
  var auditKeys: AuditKeys?
  /// Candidates of the batch at hand who are taken to be new.
  private var presumed: [Candidate] = []
  /// Schools' pools, and candidates' attempts and approvals, that have been asked for and need not be asked for again.
  private var groups: Set<PoolGroup> = []
  private var candidates: Set<Candidate> = []
  private var approvals: Set<Candidate> = []
  /// Attempts whose candidates and schools are known when they have been read.
  private var asked: [AttemptNumber] = []
  /// Pools of the attempts that were read, which may be another school's.
  var poolsOfAttempts: Set<PoolNumber> = []

  /// The keys in the tenant's audit list, as of `lastAudit`: none of them is greater than `last`.
  struct AuditKeys {
    let last: IdempotencyKey?

    func mayContain(_ key: IdempotencyKey) -> Bool { last.map { key <= $0 } ?? false }
  }

  /// An empty one: its head is read before anything else of it.
  package init(_ tenant: TenantRecord) {
    self.tenant = tenant
    ledger = Self.empty(tenant)
  }

  private static func empty(_ tenant: TenantRecord) -> TenantLedger {
    let head = TenantLedger.Head(number: EntryNumber(0), hash: .zero, recorded: Instant(microseconds: 0))
    return TenantLedger(code: tenant.code, zone: tenant.zone, head: head)
  }

  /// Candidates and pools: what grows with what is asked.
  package var size: Int {
    let pools = ledger.books.pools
    return candidates.count + pools.count
  }

  /// The batch at hand is over: the same books are the beginning of another one.
  package func rest() {
    needs = Needs()
    presumed.removeAll()
    ledger.rest()
  }

  /// Drops what was read: all that is needed of it must be read anew.
  package func forget() {
    ledger = Self.empty(tenant)
    isRead = false
    auditKeys = nil
    presumed.removeAll()
    groups.removeAll()
    candidates.removeAll()
    approvals.removeAll()
    asked.removeAll()
    poolsOfAttempts.removeAll()
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

  /// The number of an attempt among its candidate's.
  func candidateSeq(of attempt: Attempt) -> Int32 {
    let attempts = ledger.books.attemptsOfCandidate
    return attempts.read(attempt.facts.candidate) { all in Int32(all.count { $0 <= attempt.number }) } ?? 1
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

// MARK: - Presuming

extension LoadedLedger {
  /// Whether the batch at hand can be decided without reading anything, if the tenant's head is still the one that the books
  /// were left at, and if keys and candidates of whom nothing is known are new. Storing it proves all three.
  package func canPresume(newCandidates: Bool) -> Bool {
    guard let auditKeys else { return false }
    return isRead && needs.isOrdinary && !needs.isUnproven && !needs.seals && needs.approvals.isEmpty
      && needs.groups.allSatisfy(groups.contains)
      && needs.attempts.allSatisfy(knows)
      && !needs.keys.contains(where: auditKeys.mayContain)
      && needs.candidates.allSatisfy { candidate in
        candidates.contains(candidate) ? approvals.contains(candidate) || !hasAttempts(of: candidate) : newCandidates
      }
  }

  package func presume() {
    isCurrent = true
    for candidate in needs.candidates where ask(candidate) { presumed.append(candidate) }
  }

  /// Whether storing the batch proves what was presumed: a head, a key or a candidate that is not stored is not looked at,
  /// and the index of the audit list's keys knows nothing of the journal's.
  package var isProvenByStoring: Bool {
    ledger.isSound && !ledger.posted.isEmpty && ledger.audited.isEmpty
      && needs.keys.allSatisfy { ledger.kept[$0] != nil }
      && presumed.allSatisfy(hasAttempts)
  }

  /// Whether the batch at hand has posted nothing and registered nothing.
  package var isUnchanged: Bool { ledger.posted.isEmpty && ledger.audited.isEmpty }

  /// Takes back what was presumed, for a batch that has posted nothing.
  package func stopPresuming() {
    candidates.subtract(presumed)
    presumed.removeAll()
  }

  /// Whether every school that is needed is known to be there.
  package var knowsItsSchools: Bool { needs.schools.allSatisfy(ledger.registry.schools.contains) }

  /// Takes in those of the schools that are needed which there are.
  package func takeSchools(of directory: Directory) {
    for school in needs.schools where directory.schools[tenant.code]?.contains(school) == true { ledger.take(school) }
  }
}
