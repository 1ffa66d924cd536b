package import SeatLedger

extension RequestLine {
  /// The command of a tenant's books that this line asks for, with its test and program looked up; `nil` for a line that
  /// asks for something else.
  package func command(in catalogue: Catalogue) throws(Refusal) -> Command? {
    switch command.name {
    case .purchase: .purchase(try purchase(catalogue))
    case .return: .return(try back(catalogue))
    case .transfer: .transfer(try transfer(catalogue))
    case .reserve: .reserve(try reserve(catalogue))
    case .schedule: .schedule(try attempt(), on: try need(.on, moment))
    case .approve: .approve(try approve(catalogue))
    case .start: .start(try start())
    case .result: .result(try result())
    case .cancel: .cancel(try attempt(), reason: text(.reason))
    case .noShow: .noShow(try attempt(), reason: text(.reason))
    case .hold: .hold(try hold(catalogue))
    case .release: .release(HoldNumber(try need(.hold, integer)), seats: integer(.seats))
    case .reverse: .reverse(EntryNumber(try need(.entry, integer)), reason: try need(.reason, text))
    case .yearSeal: .seal(SealedYear(program: try program(catalogue).code, year: try need(.year, year)))
    default: nil
    }
  }

  /// A reserve or an eligibility: who would try what, when.
  package func reserve(_ catalogue: Catalogue) throws(Refusal) -> Command.Reserve {
    Command.Reserve(
      school: try need(.school, code), candidate: try candidate(), test: try test(catalogue), on: moment(.on),
      at: moment(.at), fund: code(.fund), hold: integer(.hold).map { HoldNumber($0) },
      evenIfPassed: flag(.evenIfPassed) ?? false)
  }

  private func purchase(_ catalogue: Catalogue) throws(Refusal) -> Command.Purchase {
    let program = try program(catalogue)
    if case .days(let days) = program.profile.expiry, self[.year] != nil {
      throw .badValue("year", "seats of \(program.code) live \(days) days from their purchase; leave year= out")
    }
    if self[.fee] != nil, !program.profile.orderFee {
      throw .badValue("fee", "\(program.code) has no fee per order; leave fee= out")
    }
    let kind = text(.kind).flatMap(Pool.Kind.init(rawValue:)) ?? .seats
    if kind == .site, integer(.seats) != 1 {
      throw .badValue("seats", "a site licence is bought with seats=1; it has no number of uses")
    }
    return Command.Purchase(
      school: try need(.school, code), program: program, seats: try need(.seats, integer),
      unitCents: try need(.unitPrice, cents), feeCents: cents(.fee), year: year(.year), fund: code(.fund) ?? .general,
      kind: kind, po: text(.po), invoice: text(.invoice), on: date(.on))
  }

  private func back(_ catalogue: Catalogue) throws(Refusal) -> Command.Return {
    Command.Return(
      school: try need(.school, code), pool: try pool(catalogue), seats: try need(.seats, integer),
      reason: try need(.reason, text))
  }

  private func hold(_ catalogue: Catalogue) throws(Refusal) -> Command.Hold {
    Command.Hold(
      school: try need(.school, code), pool: try pool(catalogue), seats: try need(.seats, integer),
      until: try need(.until, date))
  }

  private func transfer(_ catalogue: Catalogue) throws(Refusal) -> Command.Transfer {
    Command.Transfer(
      from: try need(.from, code), to: try need(.to, code), pool: try pool(catalogue),
      seats: try need(.seats, integer))
  }

  private func approve(_ catalogue: Catalogue) throws(Refusal) -> Command.Approve {
    Command.Approve(
      school: try need(.school, code), candidate: try candidate(), test: try test(catalogue),
      reason: try need(.reason, text))
  }

  private func start() throws(Refusal) -> Command.Start {
    Command.Start(
      attempt: try attempt(), at: moment(.at), minutes: integer(.minutes).map(Int.init),
      isProctorAttested: text(.proctor) != nil)
  }

  private func result() throws(Refusal) -> Command.Result {
    Command.Result(
      attempt: try attempt(), outcome: try need(.outcome) { text($0).flatMap(Outcome.init(rawValue:)) }, on: date(.on))
  }
}

// MARK: - Values by name

extension RequestLine {
  /// A token that looks like a person is refused before it is stored, asked for or logged (R30).
  package var privacyRefusal: Refusal? {
    guard let resemblance = candidate(.candidate)?.resemblance else { return nil }
    return Refusal(
      .looksLikeAPerson, .privacy,
      "candidate= looks like \(resemblance.rawValue); use the opaque token that the district issued")
  }

  private func candidate() throws(Refusal) -> Candidate { try need(.candidate, candidate) }

  package func candidate(_ name: ArgumentName) -> Candidate? {
    if case .candidate(let candidate)? = self[name] { candidate } else { nil }
  }

  private func test(_ catalogue: Catalogue) throws(Refusal) -> Test {
    let code: TestCode = try need(.test, code)
    guard let test = catalogue.tests[code] else { throw .noTest(code) }
    return test
  }

  private func program(_ catalogue: Catalogue) throws(Refusal) -> Program {
    let code: ProgramCode = try need(.program, code)
    guard let program = catalogue.programs[code] else { throw .noProgram(code) }
    return program
  }

  /// One pool of a school: by its year, or by its expiry date where seats do not end with a year.
  private func pool(_ catalogue: Catalogue) throws(Refusal) -> Command.PoolChoice {
    let program = try program(catalogue)
    let fund: FundCode = code(.fund) ?? .general
    switch (program.profile.expiry, year(.year), date(.expires)) {
    case (.yearEnd, let year?, let expires?) where year.lastDay != expires:
      throw .badValue("expires", "the seats of \(year) expire on \(year.lastDay); name the year or the date")
    case (.days, .some, _):
      throw .badValue("year", "seats of \(program.code) are told apart by expires=yyyy-mm-dd; leave year= out")
    case (_, _, let expires?):
      return Command.PoolChoice(program: program.code, expires: expires, fund: fund)
    case (.yearEnd, let year?, nil): return Command.PoolChoice(program: program.code, expires: year.lastDay, fund: fund)
    case (.yearEnd, nil, nil): throw Self.missing(.year, "say which year's seats: year=2024-2025")
    case (.days, nil, nil):
      throw Self.missing(.expires, "seats of \(program.code) are told apart by expires=yyyy-mm-dd")
    }
  }

  private func attempt() throws(Refusal) -> AttemptNumber { AttemptNumber(try need(.attempt, integer)) }

  private func need<Value>(
    _ name: ArgumentName, _ value: (ArgumentName) -> Value?
  ) throws(Refusal) -> Value {
    guard let value = value(name) else { throw Self.missing(name, "\(command.name.rawValue) needs \(name.rawValue)=") }
    return value
  }

  private static func missing(_ name: ArgumentName, _ message: String) -> Refusal {
    Refusal(.missingArgument, nil, message) { $0.add(.argument, name.rawValue) }
  }

  package func integer(_ name: ArgumentName) -> Int64? {
    if case .integer(let value)? = self[name] { value } else { nil }
  }

  private func cents(_ name: ArgumentName) -> Int64? {
    if case .money(let value)? = self[name] { value.cents } else { nil }
  }

  package func date(_ name: ArgumentName) -> CivilDate? {
    if case .date(let value)? = self[name] { value } else { nil }
  }

  package func moment(_ name: ArgumentName) -> Moment? {
    if case .moment(let value)? = self[name] { value } else { nil }
  }

  package func year(_ name: ArgumentName) -> AcademicYear? {
    if case .year(let value)? = self[name] { value } else { nil }
  }

  package func flag(_ name: ArgumentName) -> Bool? {
    if case .flag(let value)? = self[name] { value } else { nil }
  }
}
