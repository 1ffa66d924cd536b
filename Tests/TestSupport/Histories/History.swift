package import SeatLedger

/// A random history of one school and one program, played at a counter and told to the naive model, step by step.
package struct History {
  package enum Step {
    case pass(days: Int)
    case buy(Int, next: Bool, site: Bool)
    case hold(Int, days: Int)
    case release(Int)
    case reserve(student: Int, test: Int, ahead: Int?, hold: Int?)
    case approve(student: Int, test: Int)
    /// `back`: how many days ago it happened.
    case start(Int, back: Int)
    case result(Int, Outcome)
    case giveUp(Int, noShow: Bool)
    case reverse(Int)
    case rollOver

  }

  package static func steps(_ count: Int, seed: UInt64) -> [Step] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in step(&random) }
  }

  private static func step(_ random: inout SplitMix64) -> Step {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    switch number(0...99) {
    case 0..<14: return .pass(days: [1, 3, 10, 14, 29, 30, 31, 60][number(0...7)])
    case 14..<18: return .buy(number(1...3), next: number(0...3) == 0, site: false)
    case 18: return .buy(1, next: false, site: number(0...3) == 0)
    case 19..<22: return .hold(number(1...2), days: [0, 5, 40][number(0...2)])
    case 22..<24: return .release(number(0...1))
    case 24..<52:
      return .reserve(
        student: number(1...3), test: number(0...2), ahead: [nil, nil, 0, 5, 14, 29, 30, 45][number(0...7)],
        hold: number(0...5) == 0 ? number(0...1) : nil)
    case 52..<57: return .approve(student: number(1...3), test: number(0...2))
    case 57..<74: return .start(number(0...3), back: [0, 0, 0, 1, 3, 20][number(0...5)])
    case 74..<87: return .result(number(0...3), Outcome.allCases[number(0...2)])
    case 87..<92: return .giveUp(number(0...3), noShow: false)
    case 92..<95: return .giveUp(number(0...3), noShow: true)
    case 95..<97: return .reverse(number(0...3))
    default: return .rollOver
    }
  }

  // MARK: Playing

  /// Where every history begins.
  package static let firstDay = AcademicYear(start: 2024).firstDay + 1

  private let program: Program
  private let zone: Zone
  private var model: NaiveModel
  private var today: CivilDate
  /// The lines that were sent, as a person would type them again.
  package private(set) var transcript: [String] = []

  package init(_ program: Program, zone: Zone, from day: CivilDate) {
    self.program = program
    self.zone = zone
    model = NaiveModel(program.profile)
    today = day
  }

  /// The tests of a program in a history: two of one series, one of another.
  package static func tests(of program: ProgramCode) -> [Test] {
    [("t1", "s1"), ("t2", "s1"), ("t3", "s2")].map { test, series in
      Test(
        code: Code(stored: "\(program)-\(test)"), program: program, series: Code(stored: "\(program)-\(series)"),
        name: test, minutes: 60)
    }
  }

  /// - Returns: what counter and model disagree about, if they do.
  package mutating func play(_ step: Step, at counter: inout some Counter) throws -> String? {
    switch step {
    case .pass(let days):
      today = today + days
      transcript.append("# \(today)")
      try counter.go(to: today)
      return nil
    case .rollOver:
      transcript.append("# rollover")
      try counter.rollOver()
      model.rollOver(today)
      return nil
    case .buy(let seats, let next, let site): return try buy(seats, next: next, site: site, &counter)
    case .hold(let seats, let days): return try hold(seats, days: days, &counter)
    case .release(let back):
      guard model.holds.count > back else { return nil }
      let index = model.holds.count - 1 - back
      let hold = model.holds[index]
      let isAllowed = hold.until >= today && hold.left > 0
      return try agree("release hold=\(hold.number)", isAllowed, &counter) { model, _ in model.holds[index].left = 0 }
    case .reserve(let student, let test, let ahead, let hold):
      return try reserve("k\(student)", test, on: ahead.map { today + $0 }, hold: hold, &counter)
    case .approve(let student, let test):
      let code = Self.tests(of: program.code)[test].code
      return try agree(
        "approve school=s candidate=k\(student) test=\(code) reason=yes +actor=uid:2", true, &counter
      ) { model, _ in model.approvals.append((student: "k\(student)", test: code.text, usedBy: nil)) }
    case .start(let place, let back): return try start(place, back: back, &counter)
    case .result(let place, let outcome):
      guard let index = index(place) else { return nil }
      let (attempt, day) = (model.tries[index], today)
      return try agree(
        "result attempt=\(attempt.id) outcome=\(outcome.rawValue)", attempt.state == "started", &counter
      ) { model, entry in
        model.tries[index].state = outcome.state.rawValue
        model.tries[index].completed = day
        model.tries[index].lastEntry = ("result", entry)
      }
    case .giveUp(let place, let noShow):
      guard let index = index(place) else { return nil }
      let attempt = model.tries[index]
      var returned = 0
      let command = noShow ? "no-show" : "cancel"
      return try agree(
        "\(command) attempt=\(attempt.id)", model.mayGiveUp(attempt, noShow: noShow, today), &counter
      ) { model, entry in
        returned = model.giveUp(index, noShow: noShow)
        model.tries[index].lastEntry = (command, entry)
      } expecting: { _ in
        ("seats", "\(returned)")
      }
    case .reverse(let place):
      guard let index = index(place), let entry = model.tries[index].lastEntry else { return nil }
      let isAllowed = model.mayReverse(model.tries[index], entry.kind)
      let day = today
      return try agree("reverse entry=\(entry.number) reason=oops", isAllowed, &counter) { model, _ in
        model.reverse(index, entry.kind, day)
        model.tries[index].lastEntry = nil
      }
    }
  }

  /// The latest tries are the ones in which something can still happen.
  private func index(_ back: Int) -> Int? { model.tries.count > back ? model.tries.count - 1 - back : nil }

  /// Sends a line that is answered or refused, and tells the model what was done.
  private mutating func agree(
    _ line: String, _ isAllowed: Bool, _ counter: inout some Counter,
    then change: (inout NaiveModel, _ entry: Int64) -> Void,
    expecting field: (NaiveModel) -> (name: String, value: String)? = { _ in nil }
  ) throws -> String? {
    transcript.append(line)
    let answer = try counter.ask(line)
    switch answer {
    case .refused(let code):
      return isAllowed || code.hasPrefix("contradiction") || code.hasPrefix("server")
        ? "\(code), the model says \(isAllowed ? "yes" : "no")" : nil
    case .ok(let fields):
      guard isAllowed else { return "done, the model says no" }
      change(&model, Int64(fields["seq"] ?? "") ?? 0)
      guard let (name, value) = field(model), fields[name] != value else { return nil }
      return "\(name)=\(fields[name] ?? ""), the model says \(value)"
    }
  }

  private mutating func buy(_ seats: Int, next: Bool, site: Bool, _ counter: inout some Counter) throws -> String? {
    let kind = site ? " kind=site" : ""
    let count = site ? 1 : seats
    let (year, expires, from): (String, CivilDate, CivilDate)
    switch program.profile.expiry {
    case .yearEnd:
      let start = AcademicYear(start: NaiveModel.year(today) + (next ? 1 : 0))
      (year, expires, from) = (" year=\(start)", start.lastDay, start.firstDay)
    case .days(let days): (year, expires, from) = ("", today + days, today)
    }
    return try agree(
      "purchase school=s program=\(program.code) seats=\(count) unit-price=40.00\(year)\(kind)", true, &counter
    ) { model, _ in model.buy(count, expires: expires, from: from, isSite: site) }
  }

  private mutating func hold(_ seats: Int, days: Int, _ counter: inout some Counter) throws -> String? {
    guard let pool = model.pools.last(where: { !$0.isSite }) else { return nil }
    let until = today + days
    let isAllowed = pool.expires >= today && until <= pool.expires && model.available(pool) >= seats
    return try agree(
      "hold school=s program=\(program.code) expires=\(pool.expires) seats=\(seats) until=\(until)", isAllowed, &counter
    ) { model, entry in
      model.holds.append(NaiveModel.Hold(number: entry, pool: pool.expires, until: until, left: seats))
    }
  }

  private mutating func reserve(
    _ student: String, _ test: Int, on day: CivilDate?, hold back: Int?, _ counter: inout some Counter
  ) throws -> String? {
    let test = Self.tests(of: program.code)[test]
    var hold: Int64?
    if let back, model.holds.count > back { hold = model.holds[model.holds.count - 1 - back].number }
    let plan = model.plan(student, test.code.text, test.series.text, on: day, hold: hold, today)
    var line = "reserve school=s candidate=\(student) test=\(test.code)"
    if let day { line += " on=\(day)" }
    if let hold { line += " hold=\(hold)" }
    transcript.append(line)
    switch try counter.ask(line) {
    case .refused(let code):
      if case .refused(code) = plan.payment { return nil }
      return "\(code), the model says \(plan.payment)"
    case .ok(let fields):
      if case .refused(let code) = plan.payment { return "done, the model says \(code)" }
      guard fields["seats"] == "\(plan.payment.seats)", fields["number"] == "\(plan.number)" else {
        return "number=\(fields["number"] ?? "") seats=\(fields["seats"] ?? ""), the model says \(plan)"
      }
      model.reserve(
        Int64(fields["attempt"] ?? "") ?? 0, plan, student, test.code.text, test.series.text, on: day, today)
      return nil
    }
  }

  private mutating func start(_ place: Int, back: Int, _ counter: inout some Counter) throws -> String? {
    guard let index = index(place) else { return nil }
    let attempt = model.tries[index]
    let happened = today - back
    // An hour later than the reserves of its day, which are all made at nine o'clock.
    let at = back > 0 ? " at=\(happened)T10:00" : ""
    var consumed = 0
    return try agree(
      "start attempt=\(attempt.id) proctor=attested\(at)", model.mayStart(attempt, happened, today), &counter
    ) { model, entry in
      consumed = model.start(index, happened)
      model.tries[index].lastEntry = ("start", entry)
    } expecting: { _ in
      ("seats", "\(consumed)")
    }
  }

  // MARK: Comparing

  /// - Parameter balance: seats in a bucket of the pool of a kind that expires on a date.
  /// - Returns: what balances and model disagree about, if they do.
  package func difference(from balance: (_ expires: CivilDate, _ isSite: Bool, _ bucket: String) -> Int?) -> String? {
    for pool in model.pools {
      var expected = [
        "available": model.available(pool), "purchased": pool.bought,
        "held": model.holds.filter { $0.pool == pool.expires }.reduce(0) { $0 + $1.left },
        "expired": model.count("expired", pool.expires) + pool.wasted,
      ]
      for bucket in ["reserved", "consumed", "forfeited"] { expected[bucket] = model.count(bucket, pool.expires) }
      if pool.isSite {
        let uses = model.tries.filter {
          $0.onSite && $0.pool == pool.expires && !["cancelled", "no-show"].contains($0.state)
        }
        expected = ["available": 0, "purchased": pool.bought, "consumed": pool.bought, "uses": uses.count]
      }
      for (bucket, seats) in expected.sorted(by: { $0.key < $1.key }) {
        guard let actual = balance(pool.expires, pool.isSite, bucket), actual != seats else { continue }
        return "\(bucket) of \(pool.isSite ? "the site licence" : "the seats") until \(pool.expires) is \(actual), "
          + "the model says \(seats)"
      }
    }
    return nil
  }
}

/// Programs that histories are played in: both that a ledger is born with, and one that is unlike either.
package enum HistoryProgram {
  package static let entry = Program(code: Code(stored: "entry"), name: "Entry", profile: .aseEntryLevel)
  package static let professional = Program(code: Code(stored: "pro"), name: "Professional", profile: .aseProfessional)
  package static let own = Program(
    code: Code(stored: "own"), name: "Own",
    profile: Profile(
      coverage: .series, expiry: .days(200), freeRetests: 2, paidRetests: .limited(1), approvalNeeded: false,
      waitDays: 14, waitBinds: .booking, startsAnew: false, retestInYear: true, noShow: .release, cutoffDays: 2,
      orderFee: true, certificateYears: 3, certificateRenewable: true, proctor: false))

  package static let all = [entry, professional, own]
}

/// The shortest steps that still show something: some are left out as long as it shows.
package func shrunk<Step>(_ steps: [Step], while shows: ([Step]) -> Bool) -> [Step] {
  var steps = steps
  var size = steps.count / 2
  while size > 0 {
    var start = 0
    while start < steps.count {
      var fewer = steps
      fewer.removeSubrange(start..<min(start + size, steps.count))
      if shows(fewer) { steps = fewer } else { start += size }
    }
    size /= 2
  }
  return steps
}
