import LedgerStore
import Logging
import Postgres
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

@testable import LedgerServer

/// Two batches under way: the second is decided on what the first leaves behind, before anybody knows whether that is kept.
@Suite("A batch behind another")
struct PipeliningTests {
  private let database: TestDatabase
  private let daemon: TestDaemon
  private let ledger: String
  private let clock = LedgerClock(startingAt: Instant(microseconds: 1_727_787_600_000_000))

  init() throws {
    database = try TestDatabase.make()
    daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    ledger = try Connection.open(database.conninfo).run("SELECT id FROM ledger").map { $0.text() }[0]
  }

  /// A lane's batches and session, which know the tenant and its pool of so many seats.
  private struct Half: ~Copyable {
    var batches: LaneBatches
    var link: Link

    /// Runs a request as the lane does that has nothing under way.
    @discardableResult
    mutating func run(_ line: String) async throws -> Reply {
      let (job, _) = try await PipeliningTests.job(line)
      let reply = batches.run([job], &link)[0]
      ReplyPort.deliver([(job.port, reply)])
      return reply
    }
  }

  private func half() -> Half {
    let conninfo = database.conninfo
    return Half(
      batches: LaneBatches(ledger: ledger, clock: clock, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
      link: Link { () throws(PostgresError) in
        try SessionSettings.open(conninfo, SessionSettings.writer, LaneBatches.statements)
      })
  }

  private static func job(_ text: String) async throws -> (job: LaneJob, reply: Task<Reply, Never>) {
    guard let line = try RequestParser.parse(Array(text.utf8)[...]) else { throw TestFailure("no request: \(text)") }
    let (ports, made) = AsyncStream<ReplyPort>.makeStream()
    let reply = Task { await withCheckedContinuation { made.yield(.task($0)) } }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { throw TestFailure("no port") }
    let tenant = TenantCode(stored: text.contains(" tenant=u ") ? "u" : "t")
    let work = LaneJob.Work.change(tenant: tenant, lines: [line], options: line.options, isBatch: false)
    return (LaneJob(work: work, caller: Caller(principal: "test"), port: port), reply)
  }

  private static func purchase(_ seats: Int) -> String {
    "purchase tenant=t school=district program=ase-entry-level seats=\(seats) unit-price=40.00"
  }

  /// Eight who are new.
  private static func crowd(_ name: String) -> [String] {
    (1...8).map { "reserve tenant=t school=district candidate=\(name)\($0) test=brakes +idem=\(name)\($0)" }
  }

  private typealias Waited = (job: LaneJob, reply: Task<Reply, Never>)

  private func jobs(_ lines: [String]) async throws -> [Waited] {
    var jobs: [Waited] = []
    for line in lines { jobs.append(try await Self.job(line)) }
    return jobs
  }

  /// Begins batches, one behind another. A lane that was not answered within the last second begins none: then once more,
  /// from the beginning.
  ///
  /// - Parameter prepare: what comes before the first.
  private func begin(
    _ crowds: [[Waited]], _ half: inout Half, after prepare: (inout Half) async throws -> Void
  ) async throws {
    for _ in 0..<50 where half.batches.underWay.batches == 0 {
      half.batches.setAside.removeAll()
      try await prepare(&half)
      for jobs in crowds { half.batches.begin(jobs.map(\.job), &half.link) }
    }
    #expect(half.batches.underWay.batches == crowds.count)
  }

  private func finish(_ half: inout Half) {
    half.batches.finish(&half.link) { ReplyPort.deliver(zip($0, $1).map { ($0.port, $1) }) }
  }

  private func runSetAside(_ half: inout Half) {
    half.batches.runSetAside(&half.link) { ReplyPort.deliver(zip($0, $1).map { ($0.port, $1) }) }
  }

  private func answers(to jobs: [Waited]) async -> [String] {
    var all: [String] = []
    for (_, reply) in jobs {
      switch await reply.value.end {
      case .ok(let fields): all.append(fields.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
      case .refused(let refusal): all.append(refusal.code.rawValue)
      }
    }
    return all
  }

  private func values(of name: String, _ answers: [String]) -> [Substring] {
    answers.compactMap { $0.split(separator: " ").first { $0.hasPrefix("\(name)=") }?.dropFirst(name.count + 1) }
  }

  /// The seats that each answer leaves.
  private func seatsLeft(_ answers: [String]) -> [Int] {
    answers.compactMap { answer in
      answer.split(separator: " ").first { $0.hasPrefix("available=") }.flatMap { Int($0.dropFirst(10)) }
    }
  }

  private func expectProven(_ tenants: [String] = ["t"]) throws {
    for tenant in tenants { #expect(try daemon.ask("verify tenant=\(tenant)").contains(" differences=0 ")) }
  }

  @Test("goes on where the first one ends, and each is answered in its turn")
  func follows() async throws {
    var half = half()
    let crowds = [try await jobs(Self.crowd("a")), try await jobs(Self.crowd("b"))]
    try await begin(crowds, &half) { try await $0.run(Self.purchase(20)) }
    #expect(half.batches.underWay == (2, 16))
    finish(&half)
    #expect(half.batches.underWay == (1, 8))
    finish(&half)
    #expect(half.batches.underWay == (0, 0) && half.batches.setAside.isEmpty)
    let left = seatsLeft(await answers(to: crowds.flatMap(\.self)))
    #expect(left.count == 16 && zip(left, left.dropFirst()).allSatisfy { $0 - 1 == $1 }, "\(left)")
    try expectProven()
  }

  @Test("is not kept where the first one is not, and both are run again")
  func again() async throws {
    var half = half()
    var other = self.half()
    var strangers = 0
    let crowds = [try await jobs(Self.crowd("a")), try await jobs(Self.crowd("b"))]
    try await begin(crowds, &half) {
      // Somebody else moves the tenant's head.
      strangers += 1
      let stranger = try await Self.job("reserve tenant=t school=district candidate=s\(strangers) test=brakes")
      try await $0.run(Self.purchase(20))
      ReplyPort.deliver(zip([stranger.job], other.batches.run([stranger.job], &other.link)).map { ($0.port, $1) })
    }
    finish(&half)
    #expect(half.batches.underWay == (0, 0) && half.batches.setAside.map(\.count) == [8, 8])
    for _ in 0..<2 { runSetAside(&half) }
    let answers = await answers(to: crowds.flatMap(\.self))
    let left = seatsLeft(answers)
    #expect(left.count == 16 && zip(left, left.dropFirst()).allSatisfy { $0 - 1 == $1 }, "\(answers)")
    try expectProven()
  }

  @Test("has an outcome that nobody knows where the first one has, and its keys tell")
  func lost() async throws {
    var half = half()
    let other = try Connection.open(database.conninfo)
    let waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    let crowds = [try await jobs(Self.crowd("a")), try await jobs(Self.crowd("b"))]
    try await begin(crowds, &half) {
      try other.run("ROLLBACK")
      try await $0.run(Self.purchase(20))
      try other.run("BEGIN")
      try other.run("SELECT FROM tenant WHERE code = 't' FOR UPDATE")
    }
    try wait(for: "the first batch at the lock") { try other.run("SELECT \(waiting)").count == 1 }
    try other.run("SELECT pg_terminate_backend(pid, 10000) \(waiting)")
    try other.run("COMMIT")
    for _ in 0..<2 { finish(&half) }
    #expect(await answers(to: crowds.flatMap(\.self)) == [String](repeating: "server.outcome-unknown", count: 16))
    for line in Self.crowd("a") + Self.crowd("b") {
      if case .refused(let refusal) = try await half.run(line).end { Issue.record("\(line): \(refusal)") }
    }
    try expectProven()
    #expect(try daemon.ask("balance tenant=t").contains(" reserved=16 "))
  }

  @Test(
    "leaves out the tenants of which storing would not prove all, and those alone",
    arguments: [
      // A refusal posts nothing by which its key is found to be new.
      [seatOfOther, refused + " +idem=refused"],
      // Nothing is posted by which the head is found to be the last one.
      [refused],
      // What is rehearsed is never stored.
      [seatOfOther, seatOfOther + " +dry"],
    ])
  func parts(others: [String]) async throws {
    try daemon.ask("tenant.add tenant=u name=U zone=America/New_York")
    var half = half()
    let jobs = try await jobs(others + Self.crowd("a"))
    try await begin([jobs], &half) {
      for line in [Self.purchase(20), Self.seatOfOther] { try await $0.run(line) }
    }
    #expect(half.batches.underWay == (1, 8))
    #expect(half.batches.setAside.map { $0.map(\.tenant.text) } == [others.map { _ in "u" }])
    finish(&half)
    runSetAside(&half)
    let answers = await answers(to: jobs)
    #expect(
      answers.map { $0 == "state.no-seats" } == (others + Self.crowd("a")).map { $0.hasPrefix(Self.refused) },
      "\(answers)")
    let left = seatsLeft(answers.suffix(8))
    #expect(left.count == 8 && zip(left, left.dropFirst()).allSatisfy { $0 - 1 == $1 }, "\(answers)")
    try expectProven(["t", "u"])
  }

  @Test("is read for as a whole where most of it has to be")
  func whole() async throws {
    try daemon.ask("tenant.add tenant=u name=U zone=America/New_York")
    var half = half()
    let jobs = try await jobs(Self.crowd("a") + (1...9).map { _ in Self.seatOfOther + " +dry" })
    for line in [Self.purchase(20), Self.seatOfOther] { try await half.run(line) }
    half.batches.begin(jobs.map(\.job), &half.link)
    #expect(half.batches.underWay == (0, 0) && half.batches.setAside.map(\.count) == [17])
    runSetAside(&half)
    #expect(await answers(to: jobs).allSatisfy { $0.contains("available=") })
    try expectProven(["t", "u"])
  }

  private static let seatOfOther = purchase(1).replacing("tenant=t", with: "tenant=u")
  private static let refused =
    "return tenant=u school=district program=ase-entry-level year=2024-2025 seats=1000 reason=x"
}
