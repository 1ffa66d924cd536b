import TestSupport
import Testing

@Suite("Dry batches")
struct RehearsalTests {
  @Test("a dry batch that would fail names every line that would be refused, and keeps nothing")
  func everyLine() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-03-03T09:00:00-05:00")
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=40.00
        S: OK …
        C: batch.begin tenant=t +dry
        S: OK
        C: reserve school=nowhere candidate=k1 test=brakes
        S: OK queued=1
        C: reserve school=district candidate=k1 test=brakes
        S: OK queued=2
        C: reserve school=district candidate=k1 test=nothing
        S: OK queued=3
        C: reserve school=district candidate=k2 test=brakes
        S: OK queued=4
        C: batch.commit
        S: I line=1 cause=notfound.school msg="no school nowhere…"
        S: I line=3 cause=notfound.test msg=…
        S: I line=4 cause=state.no-seats rule=R3 available=0 left=general:2025-06-30:0 msg=…
        S: ERR batch.failed retry=no at=1 cause=notfound.school msg=…
        C: reserve tenant=t school=district candidate=k2 test=brakes
        S: OK attempt=2 …
        """)
  }
}
