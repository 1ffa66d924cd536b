import TestSupport
import Testing

/// A lane keeps its books from batch to batch; what another daemon has done in between must be seen.
@Suite("Two daemons' books")
struct WarmBooksTests {
  @Test("each sees at once what the other one did to the same seats and attempts")
  func alternate() throws {
    let database = try TestDatabase.make()
    let one = try TestDaemon(database: database)
    let other = try TestDaemon(database: database)
    try one.ask("tenant.add tenant=t name=T zone=America/New_York")
    try one.ask("purchase tenant=t school=district program=ase-entry-level seats=2 unit-price=40.00")
    #expect(try one.ask("reserve tenant=t school=district candidate=a test=brakes").contains("available=1"))
    // The other daemon takes the last seat, starts the first's attempt and gives its own seat back.
    #expect(try other.ask("reserve tenant=t school=district candidate=b test=brakes").contains("available=0"))
    #expect(try one.ask("reserve tenant=t school=district candidate=c test=brakes").hasPrefix("ERR state.no-seats"))
    #expect(try other.ask("start tenant=t attempt=2 proctor=attested").hasPrefix("OK"))
    #expect(try one.ask("start tenant=t attempt=2 proctor=attested").hasPrefix("ERR state.already-started"))
    #expect(try other.ask("cancel tenant=t attempt=3").contains("available=1"))
    #expect(try one.ask("reserve tenant=t school=district candidate=c test=brakes").contains("available=0"))
    #expect(try other.ask("result tenant=t attempt=2 outcome=fail").hasPrefix("OK"))
    #expect(try one.ask("reserve tenant=t school=district candidate=a test=brakes on=2024-09-02").contains("number=2"))
    #expect(try other.ask("verify tenant=t").contains(" differences=0 "))
  }

  @Test("interleaved by turns, a hundred times, no seat is sold twice and no number given twice")
  func turns() throws {
    let database = try TestDatabase.make()
    let daemons = [try TestDaemon(database: database), try TestDaemon(database: database)]
    try daemons[0].ask("tenant.add tenant=t name=T zone=America/New_York")
    try daemons[0].ask("purchase tenant=t school=district program=ase-entry-level seats=60 unit-price=40.00")
    var sold = 0
    for index in 0..<100 {
      let answer = try daemons[index % 2].ask("reserve tenant=t school=district candidate=k\(index) test=brakes")
      if answer.hasPrefix("OK") { sold += 1 }
      #expect(answer.hasPrefix("OK") == (index < 60), "\(index): \(answer)")
    }
    #expect(sold == 60)
    #expect(try daemons[1].ask("verify tenant=t").contains(" differences=0 "))
  }

  /// A lane asks for a candidate's approvals when there are attempts: here the approval is older than all of them.
  @Test(
    "an approval from before the first attempt is good for the third",
    arguments: ["kept", "kept since the approval", "read anew", "one batch"])
  func approval(books: String) throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database, clock: "2025-01-06T09:00:00-05:00")
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    try daemon.ask("purchase tenant=t school=district program=ase-entry-level seats=2 unit-price=40.00")
    let issued = try daemon.ask("token.issue tenant=t name=principal")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=t principal=token:principal role=approver school=district")
    let approved = try daemon.talk([
      "auth \(token)", "approve school=district candidate=k test=brakes reason=early",
    ])
    #expect(approved.last?.hasPrefix("S: OK approval=2 ") == true, "\(approved)")
    func readAnew(at clock: String) throws {
      daemon.stop()
      try daemon.start(["--test-clock", clock])
    }
    if books == "kept since the approval" { try readAnew(at: "2025-01-06T09:00:01-05:00") }
    let third = "reserve tenant=t school=district candidate=k test=brakes"
    /// The first two attempts; posted late they are one batch.
    func lines(_ day: String, _ attempt: Int, late: Bool) -> [String] {
      func at(_ time: String) -> String { late ? " at=\(day)T\(time)-05:00" : "" }
      return [
        third + at("10:00:00"), "start tenant=t attempt=\(attempt) proctor=attested" + at("10:05:00"),
        "result tenant=t attempt=\(attempt) outcome=fail on=\(day)",
      ]
    }
    let days = [("2025-01-07", 3), ("2025-02-10", 6)]
    if books == "one batch" {
      try daemon.ask("clock.set at=2025-03-20T10:00:00-04:00")
      let late = days.flatMap { lines($0, $1, late: true) }
      let batch = try daemon.talk(["batch.begin tenant=t"] + late + [third, "batch.commit"])
      #expect(batch.last?.hasPrefix("S: OK rows=7 ") == true, "\(batch)")
    } else {
      for (day, attempt) in days {
        try daemon.ask("clock.set at=\(day)T10:00:00-05:00")
        for line in lines(day, attempt, late: false) { #expect(try daemon.ask(line).hasPrefix("OK"), "\(line)") }
      }
      try daemon.ask("clock.set at=2025-03-20T10:00:00-04:00")
      if books == "read anew" { try readAnew(at: "2025-03-20T10:00:01-04:00") }
      #expect(try daemon.ask(third).hasPrefix("OK attempt=9 number=3 "))
    }
    #expect(try daemon.ask("attempts tenant=t candidate=k number=3").contains("rows=1"))
    #expect(try daemon.ask("verify tenant=t").contains(" differences=0 "))
  }
}
