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
}
