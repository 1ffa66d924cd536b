internal import LedgerStore
internal import SeatLedger
internal import SeatProtocol

/// A job on its way through a batch: bound to the ledger's types, decided, answered.
struct BoundJob {
  private let job: LaneJob
  /// Its tenant's; `nil` where there is no such tenant.
  private let books: LoadedLedger?
  private var state: State
  private(set) var contradiction = ""
  /// The lines of a batch that name what there is not, by their places: the others are judged without them.
  private let unbound: [Int: Refusal]

  private enum State {
    indirect case bound(Request, secret: String?)
    case lookup(String, ofAnyone: Bool)
    case expire([HoldNumber], [PoolNumber])
    /// `isChange`: true only once its batch is committed.
    case answered(Reply, isChange: Bool)
  }

  /// - Parameter books: what the job needs of them is added to what the other jobs of the batch need.
  init(_ job: LaneJob, _ books: LoadedLedger?, in directory: Directory) {
    self.job = job
    self.books = books
    var unbound: [Int: Refusal] = [:]
    do throws(Refusal) {
      guard let books else { throw Refusal.noTenant(job.tenant) }
      state = try Self.bind(job, directory, books, &unbound)
    } catch {
      state = .answered(.refused(error), isChange: false)
    }
    self.unbound = unbound
  }

  private static func bind(
    _ job: LaneJob, _ directory: Directory, _ books: LoadedLedger, _ unbound: inout [Int: Refusal]
  ) throws(Refusal) -> State {
    switch job.work {
    case .lookup(_, let key, let ofAnyone):
      books.needs.keys.append(IdempotencyKey(key))
      books.needs.isUnproven = true
      return .lookup(key, ofAnyone: ofAnyone)
    case .expire(_, let holds, let pools, _):
      if !holds.isEmpty {
        books.needs.holds.formUnion(holds)
        books.needs.endsHolds = true
        books.needs.seals = true
      }
      books.needs.closing.formUnion(pools)
      return .expire(holds, pools)
    case .ledgerChange: throw .internalError
    case .change(_, let lines, let options, let isBatch):
      var request = Request(
        lines: [], caller: job.caller, key: options.key, isBatch: isBatch, isDry: options.isDry)
      var secret: String?
      for (index, line) in lines.enumerated() {
        do throws(Refusal) {
          let command = try Self.command(of: line, directory, &secret)
          request.lines.append(
            Request.Line(
              command, canonical: options.key != nil || command.isRegistration ? line.canonical : "",
              actor: line.options.actor))
          books.needs.add(command, in: books.tenant.zone)
        } catch {
          guard isBatch else { throw error }
          unbound[index] = error
          if !options.isDry {
            // A line before it may be refused first. Nothing of it is posted.
            request.isDry = true
            break
          }
        }
      }
      if options.isDry { books.needs.isUnproven = true }
      if let key = options.key, !options.isDry { books.needs.keys.append(IdempotencyKey(key)) }
      return .bound(request, secret: secret)
    }
  }

  private static func command(
    of line: RequestLine, _ directory: Directory, _ secret: inout String?
  ) throws(Refusal) -> Command {
    if let command = try line.command(in: directory.catalogue) { return command }
    guard let registration = try line.registration() else { throw .internalError }
    if case .issue(let token) = registration { secret = "\(token.id).\(token.secret)" }
    return .register(registration)
  }
}

// MARK: - Deciding

extension BoundJob {
  /// Whether anything is left to decide.
  var isOpen: Bool {
    if case .answered = state { false } else { true }
  }

  /// - Returns: `false` where an entry contradicted the books, which are then worth nothing any more.
  mutating func decide(at now: Instant, in catalogue: Catalogue) -> Bool {
    guard isOpen else { return true }
    guard let books, books.isCurrent else {
      state = .answered(.refused(.noTenant(job.tenant)), isChange: false)
      return true
    }
    return decide(on: &books.ledger, at: now, in: catalogue)
  }

  private mutating func decide(on ledger: inout TenantLedger, at now: Instant, in catalogue: Catalogue) -> Bool {
    switch state {
    case .answered: return true
    case .lookup(let key, let ofAnyone):
      state = .answered(lookup(key, ofAnyone: ofAnyone, ledger), isChange: false)
    case .expire(let holds, let pools): return expire(holds, pools, &ledger, now, catalogue)
    case .bound(let request, let secret):
      switch ledger.decide(request, at: now, in: catalogue) {
      case .done where !unbound.isEmpty: state = .answered(unfit([]), isChange: false)
      case .done(let answers) where answers.isEmpty:
        state = .answered(.ok(rows: [], Self.empty(at: ledger.head)), isChange: false)
      case .done(let answers): state = .answered(done(answers, secret: secret), isChange: !request.isDry)
      case .unfit(let lines): state = .answered(unfit(lines), isChange: false)
      case .refused(let refusal, let line) where !unbound.isEmpty:
        state = .answered(unfit([.init(line: line, refusal: refusal)]), isChange: false)
      case .replayed(let answers): state = .answered(replayed(answers), isChange: false)
      case .refused(let refusal, let line):
        // The key is the whole batch's, not that of one of its lines.
        let isOfLine = isBatch && refusal.code != .keyMismatch
        state = .answered(.refused(isOfLine ? .batchFailed(at: line, refusal) : refusal), isChange: false)
      case .failed(let contradiction):
        self.contradiction = "entry \(contradiction.entry): \(contradiction.what)"
        return false
      }
    }
    return true
  }

  /// A batch that would fail: the first line that would be refused as the error, and of a dry one a note for each.
  private func unfit(_ decided: [Decision.Unfit]) -> Reply {
    let bound = job.lines.indices.filter { unbound[$0] == nil }
    let lines =
      unbound.map { Decision.Unfit(line: $0.key, refusal: $0.value) }
      + decided.map { Decision.Unfit(line: bound[$0.line], refusal: $0.refusal) }
    let all = lines.sorted { $0.line < $1.line }
    guard let first = all.first else { return .refused(.internalError) }
    return Reply(
      lines: isDry ? all.map { .note($0.note) } : [], end: .refused(.batchFailed(at: first.line, first.refusal)))
  }

  private mutating func expire(
    _ holds: [HoldNumber], _ pools: [PoolNumber], _ ledger: inout TenantLedger, _ now: Instant, _ catalogue: Catalogue
  ) -> Bool {
    do throws(Contradiction) {
      let leftover = try ledger.end(holds, pools, for: job.caller, at: now, in: catalogue)
      state = .answered(.ok(leftover.fields), isChange: true)
      return true
    } catch {
      contradiction = "entry \(error.entry): \(error.what)"
      return false
    }
  }

  private func lookup(_ key: String, ofAnyone: Bool, _ ledger: TenantLedger) -> Reply {
    guard let kept = ledger.kept[IdempotencyKey(key)] else {
      return .refused(Refusal(.noKey, nil, "nothing was kept under this key; the request may be sent with it"))
    }
    guard ofAnyone || kept.principal == job.caller.principal else {
      return .refused(
        Refusal(.keyMismatch, nil, "somebody else sent a request with this key, and can look it up") {
          $0.add(.field, FieldName.principal.rawValue)
        })
    }
    let answers = kept.answer.split(separator: "\n", omittingEmptySubsequences: false).map {
      Fields(stored: String($0))
    }
    var fields = Fields()
    fields.add(.command, String(kept.request.prefix { $0 != " " && $0 != "\n" }))
    if kept.principal != job.caller.principal { fields.add(.sender, kept.principal) }
    var reply = replies(answers, isReplayed: true, isBatch: kept.isBatch)
    if case .ok(let rest) = reply.end { fields.append(rest) }
    reply.end = .ok(fields)
    return reply
  }

  private var isBatch: Bool {
    if case .change(_, _, _, let isBatch) = job.work { isBatch } else { false }
  }

  /// A rollover's own jobs can be repeated as they are.
  private var hasKey: Bool {
    if case .change(_, _, let options, _) = job.work { options.key != nil } else { true }
  }

  private var isDry: Bool {
    if case .change(_, _, let options, _) = job.work { options.isDry } else { false }
  }

  private func done(_ answers: [Fields], secret: String?) -> Reply {
    guard let secret, !isDry, var answer = answers.first else {
      return replies(answers, isReplayed: false, isBatch: isBatch)
    }
    answer.add(.token, secret)
    return replies([answer], isReplayed: false, isBatch: false)
  }

  /// What a batch without lines says: it changed nothing, and its key is kept for something that does.
  private static func empty(at head: TenantLedger.Head) -> Fields {
    var fields = Fields()
    fields.add(.rows, 0)
    fields.add(.seq, head.number)
    fields.add(.replayed, false)
    return fields
  }

  private func replayed(_ answers: [Fields]) -> Reply { replies(answers, isReplayed: true, isBatch: isBatch) }

  /// One answer, or for a batch a row a line and an end that counts them.
  private func replies(_ answers: [Fields], isReplayed: Bool, isBatch: Bool) -> Reply {
    var end = Fields()
    var rows: [Fields] = []
    if isBatch {
      rows = answers.enumerated().map { index, answer in
        var row = Fields()
        row.add(.line, index + 1)
        row.append(answer)
        row.add(.replayed, isReplayed)
        return row
      }
      end.add(.rows, rows.count)
      if let seq = answers.last?.pairs.last(where: { $0.name == FieldName.seq.rawValue }) { end.add(.seq, seq.value) }
    } else {
      end = answers.first ?? Fields()
    }
    end.add(.replayed, isReplayed)
    return .ok(rows: rows, end)
  }
}

// MARK: - Answering

extension BoundJob {
  /// What is true once the batch is committed.
  var reply: Reply {
    if case .answered(let reply, _) = state { reply } else { .refused(.internalError) }
  }

  /// What is true when nobody knows whether it was.
  var replyWithoutCommit: Reply {
    switch state {
    case .answered(_, isChange: true): .refused(hasKey ? .outcomeUnknown : .outcomeUnknownWithoutKey)
    // What was repeated, looked up, rehearsed or refused may rest on a change of this batch that was not kept.
    case .answered(let reply, isChange: false):
      switch reply.end {
      case .ok: .refused(isDry ? .databaseUnavailable : hasKey ? .outcomeUnknown : .outcomeUnknownWithoutKey)
      case .refused: .refused(.databaseUnavailable)
      }
    default: .refused(.internalError)
    }
  }
}

extension Decision.Unfit {
  fileprivate var note: Fields {
    var fields = Fields()
    fields.add(.line, line + 1)
    fields.add(.cause, refusal.code.rawValue)
    if let rule = refusal.rule { fields.add(.rule, rule.name) }
    fields.append(refusal.fields)
    fields.add(.msg, refusal.message)
    return fields
  }
}

extension Refusal {
  /// A batch of which nothing happened, because of the line at this place.
  static func batchFailed(at index: Int, _ cause: Refusal) -> Self {
    Refusal(.batchFailed, cause.rule, "line \(index + 1): \(cause.message)") {
      $0.add(.at, "\(index + 1)")
      $0.add(.cause, cause.code.rawValue)
      $0.append(cause.fields)
    }
  }
}

extension Command {
  /// Kept in the audit list, which always says what was asked.
  fileprivate var isRegistration: Bool {
    if case .register = self { true } else { false }
  }
}
