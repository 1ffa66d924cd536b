import Postgres
import SeatClient
import TestSupport
import Testing

/// A lane that knows a tenant's books takes keys of which it knows nothing for new, in a crowd of commands candidates, too,
/// and the heads for those that it has left: what is not so must be seen. Each test begins with a lane that has not been
/// wrong yet: after the first time it reads for a while.
@Suite("What a lane presumes")
struct PresumptionTests {
  private let database: TestDatabase
  private let daemon: TestDaemon

  private static let purchase = "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=40.00"

  private static func reserve(_ candidate: String) -> String {
    "reserve tenant=t school=district candidate=\(candidate) test=brakes"
  }

  /// Candidate `back` has failed once, candidate `open` has an attempt that is not over, and no seat is left.
  init() throws {
    database = try TestDatabase.make()
    daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    try daemon.ask(Self.purchase + " +idem=bought")
    try daemon.ask(Self.purchase)
    try daemon.ask(Self.reserve("back"))
    try daemon.ask("start tenant=t attempt=3 proctor=attested")
    try daemon.ask("result tenant=t attempt=3 outcome=fail")
    #expect(try daemon.ask(Self.reserve("open")).contains(" available=0 "))
  }

  /// The daemon knows the tenant and its pool, and nobody who was there before.
  private func begin(seats: Int = 7) throws {
    daemon.stop()
    try daemon.start(["--test-clock", "2024-10-01T09:00:00-04:00"])
    let bought = try daemon.ask(
      "purchase tenant=t school=district program=ase-entry-level seats=\(seats) unit-price=40.00")
    #expect(bought.contains(" available=\(seats) "))
  }

  /// Seven who are new, and one more.
  private func reserve(withSevenOthers candidate: String) throws -> [String] {
    let lines = (1...7).map { Self.reserve("new\($0)") } + [Self.reserve(candidate)]
    return try daemon.talk(["batch.begin tenant=t"] + lines + ["batch.commit"])
  }

  private func verify() throws { #expect(try daemon.ask("verify tenant=t").contains(" differences=0 ")) }

  @Test("a candidate who has been here tries again")
  func candidate() throws {
    try begin(seats: 8)
    let answer = try reserve(withSevenOthers: "back")
    #expect(answer.last?.hasPrefix("S: OK rows=8 ") == true, "\(answer)")
    #expect(answer.contains { $0.contains("attempt=15 number=2 seats=0 ") }, "\(answer)")
    #expect(try daemon.ask(Self.reserve("back")).hasPrefix("ERR state.attempt-open "))
    try verify()
  }

  /// Taken for new, the candidate would be refused for want of a seat.
  @Test("a candidate who has an open attempt is refused for that, also where the lane knew nothing of it")
  func refused() throws {
    try begin()
    let answer = try reserve(withSevenOthers: "open")
    #expect(answer.last?.contains(" cause=state.attempt-open ") == true, "\(answer)")
    try verify()
  }

  @Test("a key that was used is answered as it was, and the same key for something else is refused")
  func key() throws {
    try begin()
    #expect(try daemon.ask(Self.purchase + " +idem=bought").hasSuffix(" seq=1 replayed=yes"))
    let other = "purchase tenant=t school=district program=ase-entry-level seats=2 unit-price=40.00 +idem=bought"
    #expect(try daemon.ask(other).hasPrefix("ERR idem.mismatch "))
    try verify()
  }

  @Test("a key of the audit list is one of the tenant's, whoever put it there", arguments: [true, false])
  func auditKey(isOwn: Bool) throws {
    let school = "school.add tenant=t school=new name=New +idem=m"
    let other = try TestDaemon(database: database, clock: "2024-10-01T09:00:00-04:00")
    if isOwn { try daemon.ask(school) }
    try begin()
    if !isOwn { #expect(try other.ask(school).hasPrefix("OK")) }
    for key in ["m", "a", "z"] {
      let answer = try daemon.ask(Self.purchase + " +idem=\(key)")
      #expect(answer.hasPrefix(key == "m" ? "ERR idem.mismatch " : "OK "), "\(answer)")
    }
    try verify()
  }

  /// Each list has its own index of keys.
  @Test("a key of the journal is not good for the audit list, whatever else is in the batch")
  func journalKey() throws {
    try begin()
    var client = try daemon.connect()
    // Held up until they wait, so that one batch takes the last two.
    let other = try Connection.open(database.conninfo)
    try other.run("BEGIN")
    try other.run("SELECT FROM tenant FOR UPDATE")
    let school = "school.add tenant=t school=new name=New +idem=bought"
    try client.send("\(Self.purchase)\n\(school)\n\(Self.purchase)\n")
    let superuser = try Connection.open(database.conninfo)
    try wait(for: "a batch that waits") {
      try superuser.run("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").count > 0
    }
    try other.run("ROLLBACK")
    #expect(try client.readText().hasPrefix("OK "))
    #expect(try client.readText().hasPrefix("ERR idem.mismatch "))
    #expect(try client.readText().hasPrefix("OK "))
    try verify()
  }

  @Test("a seat that another daemon has sold is gone")
  func seat() throws {
    let other = try TestDaemon(database: database, clock: "2024-10-01T09:00:00-04:00")
    try begin()
    for candidate in 1...7 { try other.ask(Self.reserve("other\(candidate)")) }
    let hold = "hold tenant=t school=district program=ase-entry-level year=2024-2025 seats=1 until=2024-12-01"
    #expect(try daemon.ask(hold).hasPrefix("ERR state.no-seats "))
    try verify()
  }

  @Test("an attempt that another daemon has started has started")
  func attempt() throws {
    let other = try TestDaemon(database: database, clock: "2024-10-01T09:00:00-04:00")
    try begin()
    #expect(try daemon.ask(Self.reserve("new")).hasPrefix("OK attempt=8 "))
    #expect(try other.ask("start tenant=t attempt=8 proctor=attested").hasPrefix("OK"))
    #expect(try daemon.ask("start tenant=t attempt=8 proctor=attested").hasPrefix("ERR state.already-started "))
    try verify()
  }

  /// The directory forgets what it has learnt when the ledger itself changes, and so do the books.
  @Test("a school is still there after another tenant was added", arguments: [true, false])
  func school(isRegistration: Bool) throws {
    try begin()
    for other in ["u", "v"] { try daemon.ask("tenant.add tenant=\(other) name=U zone=UTC") }
    let line =
      isRegistration
      ? "grant.add tenant=t principal=uid:5 role=school school=district"
      : Self.reserve("late") + " at=2024-10-01T09:00:00-04:00"
    let answer = try daemon.ask(line)
    #expect(answer.hasPrefix("OK "), "\(answer)")
    try verify()
  }
}
