import SeatClient

/// One round of a district's year over one connection: each student who is due reserves, and starts and gets a result,
/// or cancels, or never comes.
struct RoundScript: Script {
  private let district: District
  private(set) var students: [Student]
  private let round: Round
  private var random: SplitMix64
  private var keys = IdempotencyKeys()
  private var due: [Int]
  private var ready: [(student: Int, step: Step)] = []
  private var unanswered: [(student: Int, step: Step)] = []
  private var prologue: String?
  private(set) var tally = Tally()

  private enum Step {
    case prologue, approve, reserve, cancel, start
    case result(isPass: Bool)
  }

  /// What came of a round.
  struct Tally {
    var reserved = 0
    var cancelled = 0
    var passed = 0
    var failed = 0
    var approved = 0
    var absent = 0
    var refusals: [String: Int] = [:]

    static func += (left: inout Tally, right: Tally) {
      left.reserved += right.reserved
      left.cancelled += right.cancelled
      left.passed += right.passed
      left.failed += right.failed
      left.approved += right.approved
      left.absent += right.absent
      left.refusals.merge(right.refusals, uniquingKeysWith: +)
    }
  }

  /// - Parameter prologue: a line to say first, such as an `auth`.
  init(district: District, students: [Student], round: Round, seed: UInt64, prologue: String? = nil) {
    self.district = district
    self.students = students
    self.round = round
    self.prologue = prologue
    random = SplitMix64(seed: seed)
    due = students.indices.reversed().filter { round.includes(students[$0]) }
    if case .thirdTries = round.kind {
      // The school pays for every other one.
      due = due.filter { $0 % 2 == 0 }
    } else if case .approvals = round.kind {
      due = due.filter { $0 % 2 == 0 }
    } else if case .absences = round.kind {
      due = due.filter { $0 % 25 == 0 }
    }
  }

  var isFinished: Bool { prologue == nil && due.isEmpty && ready.isEmpty && unanswered.isEmpty }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    if let line = prologue {
      prologue = nil
      unanswered.append((0, .prologue))
      bytes.append(contentsOf: "\(line)\n".utf8)
      return true
    }
    if ready.isEmpty, let student = due.popLast() {
      if case .approvals = round.kind { ready.append((student, .approve)) } else { ready.append((student, .reserve)) }
    }
    guard let (index, step) = ready.popLast() else { return false }
    unanswered.append((index, step))
    bytes.append(contentsOf: "\(request(step, students[index])) +idem=\(keys.next())\n".utf8)
    return true
  }

  private func request(_ step: Step, _ student: Student) -> String {
    let school = district.schools[student.school].code
    let tenant = "tenant=\(district.code)"
    switch step {
    case .prologue: return ""
    case .approve:
      return "approve \(tenant) school=\(school) candidate=\(student.token) test=\(student.test) reason=\"school pays\""
    case .reserve:
      return
        "reserve \(tenant) school=\(school) candidate=\(student.token) test=\(student.test) on=\(round.appointment)"
    case .cancel: return "cancel \(tenant) attempt=\(student.attempt)"
    case .start: return "start \(tenant) attempt=\(student.attempt) proctor=attested"
    case .result(let isPass): return "result \(tenant) attempt=\(student.attempt) outcome=\(isPass ? "pass" : "fail")"
    }
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    let (index, step) = unanswered.removeFirst()
    guard line.begins(with: "OK") else {
      let code = String(decoding: line.dropFirst(4).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
      tally.refusals[code, default: 0] += 1
      students[index].standing = .out
      return
    }
    switch step {
    case .prologue: break
    case .approve: tally.approved += 1
    case .reserve:
      students[index].attempt = number("attempt", in: line) ?? 0
      tally.reserved += 1
      if case .absences = round.kind {
        students[index].standing = .absent
        tally.absent += 1
      } else {
        ready.append((index, random.next() % 100 < 2 ? .cancel : .start))
      }
    case .cancel:
      students[index].standing = .out
      tally.cancelled += 1
    case .start: ready.append((index, .result(isPass: random.next() % 100 < 72)))
    case .result(let isPass):
      if isPass { tally.passed += 1 } else { tally.failed += 1 }
      students[index].standing = isPass ? .passed : round.standingAfterFailure
    }
  }
}

/// One day of the year on which something happens.
struct Round {
  enum Kind {
    case firstTries(isAutumn: Bool)
    case retests, approvals, thirdTries
    /// First tries of those who reserve and never come.
    case absences
  }

  let kind: Kind
  /// When the clock is set, with its offset.
  let instant: String
  /// The appointment that is reserved.
  let appointment: String
  let title: String

  func includes(_ student: Student) -> Bool {
    switch (kind, student.standing) {
    case (.firstTries(let isAutumn), .new): student.isAutumn == isAutumn
    case (.retests, .failedOnce), (.approvals, .failedTwice), (.thirdTries, .failedTwice): true
    case (.absences, .out): true
    default: false
    }
  }

  var standingAfterFailure: Student.Standing {
    switch kind {
    case .firstTries, .absences: .failedOnce
    case .retests: .failedTwice
    case .thirdTries, .approvals: .out
    }
  }

  static let year: [Round] = [
    Round(
      kind: .firstTries(isAutumn: true), instant: "2024-10-15T09:00:00-04:00", appointment: "2024-10-15",
      title: "first tries, autumn"),
    Round(kind: .retests, instant: "2024-11-20T09:00:00-05:00", appointment: "2024-11-20", title: "free retests"),
    Round(kind: .approvals, instant: "2025-01-13T08:00:00-05:00", appointment: "", title: "third tries approved"),
    Round(
      kind: .thirdTries, instant: "2025-01-15T09:00:00-05:00", appointment: "2025-01-15", title: "paid third tries"),
    Round(
      kind: .firstTries(isAutumn: false), instant: "2025-02-03T09:00:00-05:00", appointment: "2025-02-03",
      title: "first tries, spring"),
    Round(kind: .retests, instant: "2025-03-10T09:00:00-04:00", appointment: "2025-03-10", title: "free retests"),
    Round(kind: .approvals, instant: "2025-04-14T08:00:00-04:00", appointment: "", title: "third tries approved"),
    Round(
      kind: .thirdTries, instant: "2025-04-16T09:00:00-04:00", appointment: "2025-04-16", title: "paid third tries"),
    Round(
      kind: .absences, instant: "2025-06-12T09:00:00-04:00", appointment: "2025-06-20",
      title: "reserved, but nobody comes"),
  ]
}
