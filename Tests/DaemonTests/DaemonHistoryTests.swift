import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// The same random histories over the socket, against PostgreSQL, the daemon started anew now and then.
@Suite("Histories of a daemon")
struct DaemonHistoryTests {
  private final class DaemonCounter: Counter {
    let daemon: TestDaemon
    let zone: Zone
    private var lines: ControlConnection
    private var approvals: ControlConnection
    private let token: String

    init(_ program: Program, zone: Zone) throws {
      self.zone = zone
      daemon = try TestDaemon(
        database: try TestDatabase.make(), clock: Self.clock(History.firstDay, zone), extra: ["--no-rollover"])
      try daemon.ask("tenant.add tenant=t name=T zone=\(zone.name)")
      try daemon.ask("school.add tenant=t school=s name=S")
      #expect(try daemon.ask(program.line).hasPrefix("OK"))
      for test in History.tests(of: program.code) {
        try daemon.ask(
          "test.add program=\(program.code) series=\(test.series) test=\(test.code) name=x minutes=\(test.minutes)")
      }
      let issued = try daemon.ask("token.issue tenant=t name=approver")
      token = String(issued.split(separator: " ").first { $0.hasPrefix("token=") }?.dropFirst(6) ?? "")
      try daemon.ask("grant.add tenant=t principal=token:approver role=approver school=s")
      lines = try daemon.connect()
      approvals = try daemon.connect()
      _ = try approvals.ask("auth token=\(token)")
    }

    /// Nine o'clock of a day.
    private static func clock(_ day: CivilDate, _ zone: Zone) -> String {
      zone.rfc3339(zone.start(of: day).adding(minutes: 540))
    }

    func restart(on day: CivilDate, killing: Bool) throws {
      if killing { daemon.kill() } else { daemon.stop() }
      try daemon.start(["--test-clock", Self.clock(day, zone)])
      lines = try daemon.connect()
      approvals = try daemon.connect()
      _ = try approvals.ask("auth token=\(token)")
    }

    func ask(_ line: String) throws -> CounterAnswer {
      // In memory the approver is named; here it is somebody else's connection.
      let reply =
        try line.hasPrefix("approve ")
        ? approvals.ask("\(line.replacing(" +actor=uid:2", with: "")) tenant=t") : lines.ask("\(line) tenant=t")
      guard let end = reply.last else { throw TestFailure("no answer") }
      if case .error(let code) = end.kind { return .refused(code) }
      return .ok(Dictionary(end.fields.pairs.map { ($0.name, $0.value) }) { first, _ in first })
    }

    func go(to day: CivilDate) throws {
      _ = try lines.ask("clock.set at=\(Self.clock(day, zone))")
    }

    func rollOver() throws { _ = try lines.ask("rollover tenant=t") }

    func pools() throws -> [Fields] { try lines.ask("balance tenant=t").dropLast().map(\.fields) }
  }

  @Test(
    "daemon and naive model agree, and the journal proves itself",
    arguments: [
      (0, "America/New_York", 1), (1, "America/Los_Angeles", 2), (2, "America/Phoenix", 3), (0, "America/New_York", 31),
    ] as [(Int, String, UInt64)])
  func agree(_ program: Int, _ name: String, _ seed: UInt64) throws {
    let program = HistoryProgram.all[program]
    let book = BookCounter(zone: name, at: History.firstDay, program, [])
    var counter = try DaemonCounter(program, zone: book.zone)
    var history = History(program, zone: book.zone, from: History.firstDay)
    var day = History.firstDay
    var told: [Told] = []
    for (place, step) in History.steps(250, seed: seed).enumerated() {
      if case .pass(let days) = step { day = day + days }
      if place % 60 == 59 { try counter.restart(on: day, killing: place % 120 == 119) }
      var what = try history.play(step, at: &counter)
      if place % 25 == 24 { told.append(try Told(counter.daemon)) }
      if what == nil, place % 10 == 0 { what = history.difference(from: Self.balance(of: try counter.pools())) }
      if let what {
        Issue.record("seed \(seed), \(program.code): \(what)\n\(history.transcript.joined(separator: "\n"))")
        return
      }
    }
    let proof = try counter.daemon.ask("verify tenant=t")
    #expect(proof.contains(" differences=0"), "\(proof)")
    try pastIsKnown(counter)
    for told in told { try told.expectAgain(from: counter.daemon) }
    for days in stride(from: 0, through: day - History.firstDay, by: 23) {
      try expectStatementAndBalanceAgree(on: History.firstDay + days, counter.daemon)
    }
  }

  /// What was answered at a position of the journal.
  private struct Told {
    private static let commands = ["balance tenant=t", "costs tenant=t by=program"]
    private let answers: [[String]]
    private let seq: String

    init(_ daemon: TestDaemon) throws {
      answers = try Self.commands.map { Array(try daemon.talk([$0]).dropFirst()) }
      seq = answers[0].last?.split(separator: " ").last { $0.hasPrefix("seq=") }.map { String($0.dropFirst(4)) } ?? ""
    }

    func expectAgain(from daemon: TestDaemon) throws {
      for (command, answer) in zip(Self.commands, answers) where seq != "0" {
        #expect(try Array(daemon.talk(["\(command) +known=\(seq)"]).dropFirst()) == answer, "entry \(seq)")
      }
    }
  }

  /// The seats that entries have brought into each bucket by the end of a day, and what the balance says of that day.
  private func expectStatementAndBalanceAgree(on day: CivilDate, _ daemon: TestDaemon) throws {
    var seats: [String: Int] = [:]
    for line in try daemon.talk(["statement tenant=t +limit=1000 +as-of=\(day)"]).dropFirst().dropLast() {
      let row = Fields(stored: String(line.dropFirst(5))).pairs
      func value(_ name: String) -> String? { row.first { $0.name == name }?.value }
      let count = Int(value("seats") ?? "") ?? 0
      if let bucket = value("from")?.split(separator: "/").last { seats[String(bucket), default: 0] -= count }
      if let bucket = value("to")?.split(separator: "/").last { seats[String(bucket), default: 0] += count }
    }
    let balance = try daemon.ask("balance tenant=t +as-of=\(day)")
    for bucket in Bucket.allCases {
      #expect(balance.contains(" \(bucket.rawValue)=\(seats[bucket.rawValue] ?? 0) "), "\(day) \(seats) \(balance)")
    }
  }

  /// What the journal is summed up to is what the tables hold.
  private func pastIsKnown(_ counter: DaemonCounter) throws {
    for command in ["balance tenant=t", "costs tenant=t by=program"] {
      let now = try counter.daemon.talk([command]).dropFirst()
      let summed = try counter.daemon.talk(["\(command) +as-of=2099-01-01"]).dropFirst()
      #expect(Array(now) == Array(summed))
    }
  }

  private static func balance(of rows: [Fields]) -> (CivilDate, Bool, String) -> Int? {
    { expires, isSite, bucket in
      let row = rows.first { row in
        let facts = Dictionary(row.pairs.map { ($0.name, $0.value) }) { first, _ in first }
        return facts["expires"] == expires.description && facts["kind"] == (isSite ? "site" : "seats")
      }
      return row?.pairs.first { $0.name == bucket }.flatMap { Int($0.value) }
    }
  }
}

extension Program {
  /// As an operator adds it.
  fileprivate var line: String {
    let expiry =
      switch profile.expiry {
      case .yearEnd: "year-end"
      case .days(let days): "\(days)"
      }
    let paid =
      switch profile.paidRetests {
      case .limited(let count): "\(count)"
      case .unlimited: "unlimited"
      }
    func flag(_ value: Bool) -> String { value ? "yes" : "no" }
    return "program.add program=\(code) name=\(name) coverage=\(profile.coverage.rawValue) expiry=\(expiry) "
      + "free-retests=\(profile.freeRetests) paid-retests=\(paid) approval-needed=\(flag(profile.approvalNeeded)) "
      + "wait-days=\(profile.waitDays) wait-binds=\(profile.waitBinds.rawValue) "
      + "starts-anew=\(flag(profile.startsAnew)) retest-in-year=\(flag(profile.retestInYear)) "
      + "no-show=\(profile.noShow.rawValue) cutoff=\(profile.cutoffDays) fee=\(flag(profile.orderFee)) "
      + "certificate=\(profile.certificateYears) renewable=\(flag(profile.certificateRenewable)) "
      + "proctor=\(flag(profile.proctor))"
  }
}
