/// One tenant's ledger as a batch sees it: the part of its books that was loaded, and what has been posted since.
///
/// Values in, values out: deciding does no I/O, reads no clock and keeps nothing. Whoever holds the value stores
/// `posted` and answers, or drops both.
package struct TenantLedger: Sendable {
  package let code: TenantCode
  package let zone: Zone
  /// The journal's head that was loaded; what is numbered after it is new.
  package private(set) var loaded: Head
  package private(set) var head: Head
  package internal(set) var registry = Registry()
  package internal(set) var books = Books()
  /// Entries that a command of this batch names, to be reversed.
  package private(set) var named: [EntryNumber: Entry] = [:]
  /// The entries that reverse them already.
  package private(set) var reversals: [EntryNumber: EntryNumber] = [:]
  /// What has moved through pools since the moments that late postings name.
  package private(set) var flows: [PoolNumber: [Flow]] = [:]
  package private(set) var kept: [IdempotencyKey: Kept] = [:]
  /// New entries in order, each with the hash that chains it.
  package private(set) var posted: [(entry: Entry, hash: EntryHash)] = []
  /// `false` once a request was refused that had posted something: its entries are dropped, what they did to the books is
  /// not, and so the books serve no other batch. Every rule is asked before the first entry, and this is the belt.
  package private(set) var isSound = true
  /// What was registered, in order: the tenant's audit list.
  package private(set) var audited: [Audit] = []

  /// The end of a journal.
  package struct Head: Hashable, Sendable {
    package let number: EntryNumber
    package let hash: EntryHash
    package let recorded: Instant

    package init(number: EntryNumber, hash: EntryHash, recorded: Instant) {
      self.number = number
      self.hash = hash
      self.recorded = recorded
    }
  }

  package init(code: TenantCode, zone: Zone, head: Head) {
    self.code = code
    self.zone = zone
    self.loaded = head
    self.head = head
  }

  package mutating func take(_ pool: Pool) { books.take(pool) }
  package mutating func take(_ attempt: Attempt) { books.take(attempt) }
  package mutating func take(_ approval: Approval) { books.take(approval) }
  package mutating func take(_ hold: Hold) { books.take(hold) }
  package mutating func take(_ sealed: SealedYear) { books.take(sealed) }
  package mutating func take(named entry: Entry) { named[entry.number] = entry }
  package mutating func take(reversalOf entry: EntryNumber, by reversal: EntryNumber) { reversals[entry] = reversal }
  package mutating func take(_ flow: Flow, of pool: PoolNumber) { flows[pool, default: []].append(flow) }
  package mutating func take(_ school: SchoolCode) { registry.schools.insert(school) }
  package mutating func take(_ grant: Grant) { registry.grants.insert(grant) }
  package mutating func take(token name: TokenName, isRevoked: Bool) { registry.tokens[name] = isRevoked }
  package mutating func take(_ kept: Kept) { self.kept[IdempotencyKey(kept.key)] = kept }

  /// What was posted has been stored: the same books are the beginning of another batch.
  package mutating func rest() {
    loaded = head
    // Schools are never removed.
    registry = Registry(schools: registry.schools)
    kept.removeAll()
    named.removeAll()
    reversals.removeAll()
    flows.removeAll()
    posted.removeAll()
    audited.removeAll()
  }

  /// Recorded time never runs backwards, whatever two daemons' clocks say.
  package func now(_ clock: Instant) -> Instant { max(clock, head.recorded.adding(microseconds: 1)) }
}

// MARK: - Deciding

extension TenantLedger {
  /// Decides a request's commands in order, all or nothing, and posts their entries.
  package mutating func decide(_ request: Request, at clock: Instant, in catalogue: Catalogue) -> Decision {
    if !request.isDry, let key = request.key, let kept = kept[IdempotencyKey(key)] { return kept.answer(to: request) }
    let before = request.isDry || request.lines.count > 1 ? mark() : nil
    var work = Work(request: request, now: now(clock), catalogue: catalogue)
    do throws(Stop) {
      var answers: [Fields] = []
      var unfit: [Decision.Unfit] = []
      for line in request.lines {
        let made = work.made
        do throws(Stop) {
          var answer = try decide(line.command, &work)
          answer.add(.seq, nextNumber(work) - 1)
          answers.append(answer)
        } catch {
          guard request.isDryBatch, case .refusal(let refusal) = error else { throw error }
          unfit.append(Decision.Unfit(line: work.line, refusal: refusal))
          // What a refused line has left behind would spoil the judgement of the next ones.
          if work.made != made { break }
        }
        work.line += 1
      }
      if let before, request.isDry {
        revert(to: before)
        if !unfit.isEmpty { return .unfit(unfit) }
      } else {
        books.mark(.forget)
        seal(&work, keeping: answers)
      }
      return .done(answers)
    } catch {
      if let before { revert(to: before) } else if work.made > 0 { isSound = false }
      switch error {
      case .refusal(let refusal): return .refused(refusal, line: work.line)
      case .contradiction(let contradiction): return .failed(contradiction)
      }
    }
  }

  /// - Returns: all but the books, which remember what changes by themselves.
  private mutating func mark() -> Self {
    var before = self
    before.books = Books()
    books.mark(.set)
    return before
  }

  private mutating func revert(to before: consuming Self) {
    books.mark(.revert)
    swap(&before.books, &books)
    self = before
  }

  private mutating func decide(_ command: Command, _ work: inout Work) throws(Stop) -> Fields {
    switch command {
    case .purchase(let purchase): try self.purchase(purchase, &work)
    case .return(let back): try self.return(back, &work)
    case .transfer(let transfer): try self.transfer(transfer, &work)
    case .reserve(let reserve): try self.reserve(reserve, &work)
    case .schedule(let attempt, let moment): try schedule(attempt, on: moment, &work)
    case .approve(let approve): try self.approve(approve, &work)
    case .start(let start): try self.start(start, &work)
    case .result(let result): try self.result(result, &work)
    case .cancel(let attempt, let reason): try cancel(attempt, reason: reason, &work)
    case .noShow(let attempt, let reason): try noShow(attempt, reason: reason, &work)
    case .hold(let hold): try self.hold(hold, &work)
    case .release(let hold, let seats): try release(hold, seats: seats, &work)
    case .reverse(let entry, let reason): try reverse(entry, reason: reason, &work)
    case .seal(let year): try seal(year, &work)
    case .register(let registration): try register(registration, &work)
    }
  }

  /// Chains the new entries, the first of them with what the key keeps.
  mutating func seal(_ work: inout Work, keeping answers: [Fields]) {
    if let key = work.request.key {
      let kept = Kept(
        key: key, principal: work.caller.principal,
        request: work.request.canonical, answer: answers.count == 1 ? answers[0].string : Self.text(answers))
      if !work.entries.isEmpty {
        work.entries[0].kept = kept
        take(kept)
      } else if !work.audits.isEmpty {
        work.audits[0].kept = kept
        take(kept)
      }
    }
    // By their places, and out of the work: an entry is wide.
    var entries: [Entry] = []
    swap(&entries, &work.entries)
    for index in entries.indices {
      let hash = head.hash.chained(to: entries[index])
      head = Head(number: entries[index].number, hash: hash, recorded: entries[index].recorded)
      posted.append((entries[index], hash))
    }
    audited.append(contentsOf: work.audits)
  }

  /// One line a command.
  private static func text(_ answers: [Fields]) -> String { answers.map(\.string).joined(separator: "\n") }
}

/// What one request is decided with, and the entries it has made so far.
struct Work {
  let request: Request
  let now: Instant
  let catalogue: Catalogue
  var line = 0
  var entries: [Entry] = []
  var audits: [Audit] = []

  var caller: Caller { request.caller }

  var actor: String? { request.lines.indices.contains(line) ? request.lines[line].actor ?? caller.actor : caller.actor }

  /// Entries and audits so far.
  var made: Int { entries.count + audits.count }
}

/// Why a decision ends before its answer.
enum Stop: Error {
  case refusal(Refusal)
  case contradiction(Contradiction)
}

extension TenantLedger {
  /// The number that the next posted entry gets.
  func nextNumber(_ work: Work) -> Int64 { head.number.value + Int64(work.entries.count) + 1 }

  /// Posts one entry and brings the books after it.
  ///
  /// It is effective in a whole second: answers tell seconds, and whoever names one of them again, to post late or to
  /// look back, must find what happened in it.
  @discardableResult
  mutating func post(
    _ kind: Entry.Kind, from: Entry.Place? = nil, to: Entry.Place? = nil, amount: Amount = .none,
    attempt: AttemptNumber? = nil, reverses: EntryNumber? = nil, effective: Instant? = nil, reason: String? = nil,
    detail: Detail = .none,
    _ work: inout Work
  ) throws(Stop) -> EntryNumber {
    let entry = Entry(
      number: EntryNumber(nextNumber(work)), kind: kind, from: from, to: to, amount: amount, attempt: attempt,
      reverses: reverses, effective: (effective ?? work.now).wholeSecond,
      recorded: work.now.adding(microseconds: Int64(work.entries.count)),
      principal: work.caller.principal, actor: work.actor, reason: reason, detail: detail,
      detailText: detail.text, kept: nil)
    do {
      try books.apply(entry)
    } catch {
      throw .contradiction(error)
    }
    work.entries.append(entry)
    return entry.number
  }
}
