import LedgerServer
import SeatLedger
import Testing

/// A tenant's ledger with a clock on the desk: commands in, the books beside them.
struct Desk {
  var ledger: TenantLedger
  var now: Instant
  let catalogue: Catalogue
  let zone: Zone

  static let school = SchoolCode(stored: "apex")
  static let otherSchool = SchoolCode(stored: "cary")

  init(zone name: String = "America/New_York", at text: String = "2024-08-01T09:00") {
    zone = Zones.zone(named: name) ?? .utc
    var catalogue = Catalogue()
    catalogue.add(Program(code: Code(stored: "entry"), name: "Entry", profile: .aseEntryLevel))
    catalogue.add(Program(code: Code(stored: "pro"), name: "Pro", profile: .aseProfessional))
    for (code, program, series) in [
      ("paint", "entry", "collision"), ("frame", "entry", "collision"), ("brakes", "entry", "automobile"),
      ("a5", "pro", "automobile"),
    ] {
      catalogue.add(
        Test(
          code: Code(stored: code), program: Code(stored: program), series: Code(stored: series), name: code,
          minutes: 60))
    }
    self.catalogue = catalogue
    let genesis = EntryHash.genesis(ledger: "test", tenant: Code(stored: "t"))
    ledger = TenantLedger(
      code: Code(stored: "t"), zone: zone,
      head: .init(number: EntryNumber(0), hash: genesis, recorded: Instant(microseconds: 0)))
    for school in [Self.school, Self.otherSchool, .district] { ledger.take(school) }
    now = Instant(microseconds: 0)
    go(to: text)
  }

  mutating func go(to text: String) {
    guard let moment = Moment(text), let there = Appointment(moment, in: zone) else { return }
    now = there.begins
  }

  mutating func run(_ command: Command, by principal: String = "uid:1", key: String? = nil) -> Decision {
    ledger.decide(
      Request(lines: [.init(command, canonical: "\(command)")], caller: Caller(principal: principal), key: key),
      at: now,
      in: catalogue)
  }

  /// The answer's fields by name, or the refusal's code and rule.
  @discardableResult
  mutating func ask(_ command: Command, by principal: String = "uid:1") -> Answer {
    switch run(command, by: principal) {
    case .done(let fields), .replayed(let fields):
      return .ok(Dictionary((fields.first?.pairs ?? []).map { ($0.name, $0.value) }) { first, _ in first })
    case .refused(let refusal, _):
      let facts = Dictionary(refusal.fields.pairs.map { ($0.name, $0.value) }) { first, _ in first }
      return .refused(refusal.code, refusal.rule, facts)
    case .unfit(let lines): return .failed("a dry batch: \(lines.count) lines are refused")
    case .failed(let contradiction): return .failed(contradiction.what)
    }
  }

  enum Answer: Equatable {
    case ok([String: String])
    case refused(ErrorCode, Rule?, [String: String])
    case failed(String)

    subscript(name: String) -> String? {
      switch self {
      case .ok(let fields), .refused(_, _, let fields): fields[name]
      case .failed: nil
      }
    }

    var isOK: Bool { if case .ok = self { true } else { false } }

    func isRefused(_ code: ErrorCode, _ rule: Rule) -> Bool {
      if case .refused(code, rule, _) = self { true } else { false }
    }
  }

  // MARK: Short forms

  @discardableResult
  mutating func buy(
    _ seats: Int64, _ program: String = "entry", cents: Int64 = 4_000, fund: String = "general", year: String? = nil,
    at school: SchoolCode = Desk.school, on date: String? = nil
  ) -> Answer {
    guard let program = catalogue.programs[Code(stored: program)] else { return .failed("no program") }
    return ask(
      .purchase(
        .init(
          school: school, program: program, seats: seats, unitCents: cents, year: year.flatMap { AcademicYear($0) },
          fund: Code(stored: fund), on: date.flatMap { CivilDate($0) })))
  }

  @discardableResult
  mutating func reserve(
    _ candidate: String, _ test: String = "paint", on: String? = nil, at school: SchoolCode = Desk.school,
    by principal: String = "uid:1", evenIfPassed: Bool = false
  ) -> Answer {
    guard let test = catalogue.tests[Code(stored: test)] else { return .failed("no test") }
    return ask(
      .reserve(
        .init(
          school: school, candidate: Candidate(stored: candidate), test: test, on: on.flatMap { Moment($0) },
          evenIfPassed: evenIfPassed)), by: principal)
  }

  @discardableResult
  mutating func start(_ attempt: String?, at: String? = nil, minutes: Int? = nil, proctor: Bool = true) -> Answer {
    ask(
      .start(
        .init(
          attempt: number(attempt), at: at.flatMap { Moment($0) }, minutes: minutes, isProctorAttested: proctor)))
  }

  @discardableResult
  mutating func result(_ attempt: String?, _ outcome: Outcome, on date: String? = nil) -> Answer {
    ask(.result(.init(attempt: number(attempt), outcome: outcome, on: date.flatMap { CivilDate($0) })))
  }

  @discardableResult
  mutating func cancel(_ attempt: String?) -> Answer { ask(.cancel(number(attempt), reason: nil)) }

  @discardableResult
  mutating func reverse(_ entry: String?) -> Answer {
    ask(.reverse(EntryNumber(entry.flatMap { Int64($0) } ?? 0), reason: "mistake"))
  }

  @discardableResult
  mutating func noShow(_ attempt: String?) -> Answer { ask(.noShow(number(attempt), reason: nil)) }

  @discardableResult
  mutating func approve(_ candidate: String, _ test: String = "paint", by principal: String = "uid:2") -> Answer {
    guard let test = catalogue.tests[Code(stored: test)] else { return .failed("no test") }
    return ask(
      .approve(.init(school: Desk.school, candidate: Candidate(stored: candidate), test: test, reason: "yes")),
      by: principal)
  }

  /// Reserves, starts and fails a test on the day.
  @discardableResult
  mutating func fail(_ candidate: String, _ test: String = "paint") -> Answer {
    let reserved = reserve(candidate, test)
    start(reserved["attempt"])
    result(reserved["attempt"], .fail)
    return reserved
  }

  mutating func expireAll() { end([], ledger.books.pools.keys.sorted()) }

  mutating func end(_ holds: [HoldNumber], _ pools: [PoolNumber]) {
    #expect(throws: Never.self) {
      try ledger.end(holds, pools, for: Caller(principal: "daemon"), at: now, in: catalogue)
    }
  }

  func number(_ text: String?) -> AttemptNumber { AttemptNumber(text.flatMap(Int64.init) ?? 0) }

  var total: Balance {
    var total = Balance()
    for pool in ledger.books.pools.values {
      total.purchased += pool.balance.purchased
      for bucket in Bucket.allCases { total[bucket] += pool.balance[bucket] }
    }
    return total
  }
}
