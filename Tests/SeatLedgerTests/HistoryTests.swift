import Foundation
import SeatLedger
import Testing

/// Random histories, decided by the ledger and by the naive model side by side.
@Suite("Histories")
struct HistoryTests {
  /// A small random generator with a seed, so that a failure can be repeated.
  struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  enum Step: CustomStringConvertible {
    case pass(days: Int)
    case buy(Int, next: Bool)
    case reserve(Int, Int, ahead: Int?)
    case approve(Int, Int)
    case start(Int)
    case result(Int, Outcome)
    case cancel(Int)
    case noShow(Int)
    case expire

    var description: String {
      switch self {
      case .pass(let days): "pass \(days) days"
      case .buy(let seats, let next): "buy \(seats)\(next ? " for the next year" : "")"
      case .reserve(let student, let test, let ahead):
        "reserve k\(student) \(test) \(ahead.map { "in \($0) days" } ?? "")"
      case .approve(let student, let test): "approve k\(student) \(test)"
      case .start(let index): "start \(index)"
      case .result(let index, let outcome): "result \(index) \(outcome)"
      case .cancel(let index): "cancel \(index)"
      case .noShow(let index): "no-show \(index)"
      case .expire: "expire"
      }
    }

    static func any(_ random: inout Random) -> Step {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<14: .pass(days: [1, 3, 10, 29, 30, 31, 60].randomElement(using: &random) ?? 1)
      case 14..<18: .buy(Int.random(in: 1...3, using: &random), next: Int.random(in: 0..<4, using: &random) == 0)
      case 18..<50:
        .reserve(
          Int.random(in: 1...3, using: &random), Int.random(in: 0...2, using: &random),
          ahead: [nil, nil, 0, 5, 29, 30, 45].randomElement(using: &random) ?? nil)
      case 50..<55: .approve(Int.random(in: 1...3, using: &random), Int.random(in: 0...2, using: &random))
      case 55..<73: .start(Int.random(in: 0..<4, using: &random))
      case 73..<88:
        .result(Int.random(in: 0..<4, using: &random), Outcome.allCases.randomElement(using: &random) ?? .fail)
      case 88..<93: .cancel(Int.random(in: 0..<4, using: &random))
      case 93..<97: .noShow(Int.random(in: 0..<4, using: &random))
      default: .expire
      }
    }
  }

  private static let tests = [("paint", "collision"), ("frame", "collision"), ("brakes", "automobile")]

  /// - Returns: what the ledger and the model disagree about, if they do.
  private static func disagreement(_ steps: [Step]) -> String? {
    var desk = Desk(at: "2024-07-02T09:00")
    var model = NaiveModel()
    for (place, step) in steps.enumerated() {
      if let what = run(step, &desk, &model) { return "step \(place + 1), \(step): \(what)" }
      let year = NaiveModel.year(desk.zone.date(of: desk.now))
      for year in [year, year + 1] {
        let ours = desk.ledger.books.pools.values.filter { $0.year.start == year }.reduce(0) {
          $0 + $1.balance.available.seats
        }
        if ours != Int64(model.available(year)) {
          return "step \(place + 1), \(step): \(ours) available, the model has \(model.available(year))"
        }
      }
      if let pool = desk.ledger.books.pools.values.first(where: { !$0.balance.isSound }) {
        return "step \(place + 1), \(step): pool \(pool.number) does not add up"
      }
    }
    return nil
  }

  private static func run(_ step: Step, _ desk: inout Desk, _ model: inout NaiveModel) -> String? {
    let today = desk.zone.date(of: desk.now)
    // The latest tries are the ones in which something can still happen.
    func index(_ back: Int) -> Int? { model.tries.count > back ? model.tries.count - 1 - back : nil }
    switch step {
    case .pass(let days): desk.now = desk.zone.start(of: today + days).adding(minutes: 540)
    case .buy(let seats, let next):
      let year = NaiveModel.year(today) + (next ? 1 : 0)
      guard desk.buy(Int64(seats), year: AcademicYear(start: year).description).isOK else { return "not bought" }
      model.bought[year, default: 0] += seats
    case .approve(let student, let test):
      desk.approve("k\(student)", tests[test].0)
      model.approvals.append(("k\(student)", tests[test].0))
    case .reserve(let student, let test, let ahead):
      let (code, series) = tests[test]
      let day = ahead.map { today + $0 }
      let expected = model.refusalOfReserve("k\(student)", code, series, on: day, today)
      let answer = desk.reserve("k\(student)", code, on: day?.description)
      if case .refused(let code, _, _) = answer {
        return code.rawValue == expected ? nil : "\(code.rawValue), the model says \(expected ?? "yes")"
      }
      if let expected { return "done, the model says \(expected)" }
      let seats = model.reserve(Int64(answer["attempt"] ?? "") ?? 0, "k\(student)", code, series, on: day, today)
      if answer["seats"] != "\(seats)" { return "\(answer["seats"] ?? "") seats, the model says \(seats)" }
    case .start(let back):
      guard let index = index(back) else { return nil }
      return start(index, &desk, &model, today)
    case .result(let back, let outcome):
      guard let index = index(back) else { return nil }
      let answer = desk.result(String(model.tries[index].id), outcome)
      let isAllowed = model.tries[index].state == "started"
      if answer.isOK != isAllowed { return "\(answer)" }
      guard isAllowed else { return nil }
      model.tries[index].state = outcome.state.rawValue
      model.tries[index].completed = today
    case .cancel(let back):
      guard let index = index(back) else { return nil }
      let isAllowed = model.tries[index].state == "reserved" && !model.isOver(model.tries[index], today)
      let answer = desk.cancel(String(model.tries[index].id))
      if answer.isOK != isAllowed { return "\(answer)" }
      if isAllowed { model.giveUp(index, as: "cancelled") }
    case .noShow(let back):
      guard let index = index(back) else { return nil }
      let attempt = model.tries[index]
      let isAllowed =
        attempt.state == "reserved" && !model.isOver(attempt, today) && attempt.day.map { $0 <= today } ?? false
      let answer = desk.noShow(String(attempt.id))
      if answer.isOK != isAllowed { return "\(answer)" }
      if isAllowed { model.giveUp(index, as: "no-show") }
    case .expire:
      desk.expireAll()
      for index in model.tries.indices where model.tries[index].year < NaiveModel.year(today) {
        if model.tries[index].tookSeat, model.tries[index].seat == "reserved" { model.tries[index].seat = "expired" }
        if model.tries[index].state == "reserved" { model.tries[index].state = "expired" }
      }
      for year in model.bought.keys where year < NaiveModel.year(today) {
        model.bought[year] = (model.bought[year] ?? 0) - max(0, model.available(year))
      }
    }
    return nil
  }

  private static func start(_ index: Int, _ desk: inout Desk, _ model: inout NaiveModel, _ today: CivilDate) -> String?
  {
    let attempt = model.tries[index]
    let earlier = model.tries.filter {
      $0.id < attempt.id && $0.student == attempt.student && $0.test == attempt.test && $0.year == attempt.year
    }.compactMap(\.completed).max()
    let isTooEarly = attempt.number > 1 && earlier.map { today - $0 < 30 } ?? false
    let isAllowed =
      attempt.state == "reserved" && NaiveModel.year(today) == attempt.year && !isTooEarly
    let answer = desk.start(String(attempt.id))
    if answer.isOK != isAllowed { return "\(answer)" }
    if isAllowed { model.start(index) }
    return nil
  }

  /// The shortest history that still shows it: steps are left out as long as the two still disagree.
  private static func shrunk(_ steps: [Step]) -> [Step] {
    var steps = steps
    var size = steps.count / 2
    while size > 0 {
      var start = 0
      while start < steps.count {
        var fewer = steps
        fewer.removeSubrange(start..<min(start + size, steps.count))
        if disagreement(fewer) != nil { steps = fewer } else { start += size }
      }
      size /= 2
    }
    return steps
  }

  /// SEATLEDGER_HISTORIES plays more of them; SEATLEDGER_SEED plays one again.
  @Test("the ledger and the naive model agree on random histories of three years")
  func agree() {
    let environment = ProcessInfo.processInfo.environment
    let only = environment["SEATLEDGER_SEED"].flatMap(UInt64.init)
    let count = environment["SEATLEDGER_HISTORIES"].flatMap(UInt64.init) ?? 150
    for seed in only.map({ $0...$0 }) ?? 1...count {
      var random = Random(state: seed)
      let steps = (0..<250).map { _ in Step.any(&random) }
      guard Self.disagreement(steps) != nil else { continue }
      let short = Self.shrunk(steps)
      Issue.record(
        """
        seed \(seed): \(Self.disagreement(short) ?? "")
        \(short.map(\.description).joined(separator: "\n"))
        """)
      return
    }
  }
}
