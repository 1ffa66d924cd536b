package import SeatLedger

/// What `help` says, read off the command table.
package enum Help {
  package static func reply(to line: RequestLine) -> Reply {
    guard let name = line.text(.command) else { return overview }
    guard let spec = CommandSpec.named(name) else {
      let near = Spelling.nearest(to: name, among: CommandName.allCases.map(\.rawValue))
      return .refused(.badValue("command", near.map { "no such command; did you mean \($0)?" } ?? "no such command"))
    }
    return Reply(lines: spec.lines.map(Reply.Line.note), end: .ok(Fields()))
  }

  /// Made once: it is long, and others wait while it is made.
  private static let overview: Reply = {
    let lines = CommandSpec.all.map { spec in
      var fields = Fields()
      fields.add(.command, spec.name.rawValue)
      fields.add(.summary, spec.summary)
      return fields
    }
    var end = Fields()
    end.add(.help, "help command=reserve tells about one of them; every line is a command, then name=value pairs")
    return Reply(lines: lines.map(Reply.Line.note), end: .ok(end))
  }()
}

extension CommandSpec {
  /// The command by itself, then a line an argument.
  fileprivate var lines: [Fields] {
    var head = Fields()
    head.add(.command, name.rawValue)
    head.add(.summary, summary)
    head.add(.roles, roles)
    head.add(.options, options.map { "+\($0.rawValue)" }.sorted().joined(separator: ","))
    head.add(.errors, errors.map(\.rawValue).joined(separator: ","))
    var example = Fields()
    for (name, value) in self.example { example.add(name: name.rawValue, value: value) }
    var tail = Fields()
    tail.add(.example, ([name.rawValue] + (example.isEmpty ? [] : [example.string])).joined(separator: " "))
    if let remark { tail.add(.remark, remark) }
    return [head]
      + arguments.map { argument in
        var fields = Fields()
        fields.add(.argument, argument.name.rawValue)
        fields.add(.type, argument.type.description)
        fields.add(.required, argument.isRequired)
        return fields
      } + [tail]
  }

  /// Who may run it, in words.
  package var roles: String {
    switch access {
    case .anybody: "anybody"
    case .granted: "whoever holds a grant"
    case .roles(let roles): (["operator"] + roles.map(\.rawValue).sorted()).joined(separator: ",")
    }
  }

  /// The refusals that a client should be ready for, beside those of the grammar.
  package var errors: [ErrorCode] {
    var errors: [ErrorCode] = access == .anybody ? [] : [.authRequired, .forbidden]
    if scope != .ledger { errors.append(.noTenant) }
    if self[.school] != nil || self[.from] != nil { errors.append(.noSchool) }
    if self[.program] != nil { errors.append(.noProgram) }
    if self[.test] != nil { errors.append(.noTest) }
    if self[.attempt] != nil { errors.append(.noAttempt) }
    if self[.hold] != nil { errors.append(.noHold) }
    if self[.entry] != nil { errors.append(.noEntry) }
    if self[.candidate] != nil { errors.append(.looksLikeAPerson) }
    errors += own
    if options.contains(.idem) { errors += [.keyMismatch, .clockSkew] }
    if effect == .change || effect == .ledgerChange { errors.append(.outcomeUnknown) }
    if effect != .session { errors.append(.databaseUnavailable) }
    return errors
  }

  private var own: [ErrorCode] {
    switch name {
    case .auth: [.badToken]
    case .tenantAdd, .schoolAdd, .programAdd, .testAdd, .grantAdd, .tokenIssue: [.exists]
    case .grantRemove: [.noEntry]
    case .tokenRevoke: [.noToken]
    case .purchase: [.yearSealed, .tooEarly, .tooLate]
    case .reverse: [.yearSealed, .notReversible, .seatsMovedOn]
    case .hold: [.expired, .noSeats, .tooEarly, .tooLate]
    case .release: [.expired, .noSeats]
    case .yearSeal: [.yearSealed, .tooEarly]
    case .return: [.expired, .noSeats]
    case .transfer: [.sameSchool, .expired, .noSeats]
    case .reserve:
      [
        .yearSealed, .attemptOpen, .alreadyPassed, .attemptLimit, .tooLate, .tooEarly, .needsApproval, .expired,
        .noSeats,
      ]
    case .schedule: [.alreadyStarted, .attemptClosed, .insideCutoff, .tooLate, .tooEarly]
    case .start: [.yearSealed, .alreadyStarted, .attemptClosed, .tooLate, .tooEarly, .needsProctor, .expired]
    case .result: [.yearSealed, .notStarted, .attemptClosed, .tooEarly, .tooLate]
    case .cancel: [.alreadyStarted, .attemptClosed, .insideCutoff]
    case .noShow: [.alreadyStarted, .attemptClosed, .tooEarly]
    case .lookup: [.noKey, .keyMismatch]
    case .rollover: [.tooEarly]
    case .watch: [.watchNeedsTag]
    case .batchBegin: [.batchAlreadyOpen, .batchTooLong]
    case .batchCommit: [.batchNotOpen, .batchFailed, .noTenant, .keyMismatch, .databaseUnavailable, .outcomeUnknown]
    case .batchAbort: [.batchNotOpen]
    case .clockSet: [.tooLate]
    case .hello, .whoami, .ping, .quit, .help, .status, .tenantList, .schoolList, .programList, .testList, .grantList,
      .tokenList, .eligibility, .approve, .attempts, .balance, .statement, .costs, .forecast, .reconcile, .rebalance,
      .runway, .yearList, .rolloverReport,
      .verify, .unwatch, .metrics:
      []
    }
  }
}
