import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// Conversations with a real daemon over its socket, line by line as a person would type them.
@Suite("Transcripts")
struct TranscriptTests {
  private let daemon: TestDaemon

  init() throws { daemon = try TestDaemon(database: try TestDatabase.make()) }

  @Test("a first conversation")
  func firstConversation() throws {
    try expect(
      daemon,
      says: #"""
        C: tenant.add tenant=920 name="Wake County Schools" zone=America/New_York
        S: OK tenant=920 name="Wake County Schools" zone=America/New_York
        C: school.add tenant=920 school=920318 name="Apex High"
        S: OK school=920318 name="Apex High" seq=0 replayed=no
        C: purchase tenant=920 school=920318 program=ase-entry-level year=2024-2025 seats=40 unit-price=40.00 po=4500123 +idem=po-4500123
        S: OK entry=1 school=920318 program=ase-entry-level kind=seats fund=general expires=2025-06-30 available=40 cost=1600.00 seq=1 replayed=no
        C: @a reserve tenant=920 school=920318 candidate=k7Qm test=painting-refinishing on=2025-02-03T09:00 +idem=sis-88
        S: @a OK attempt=2 number=1 seats=1 kind=seats fund=general available=39 seq=2 replayed=no
        C: @b balance tenant=920 school=920318
        S: @b D school=920318 program=ase-entry-level year=2024-2025 kind=seats fund=general expires=2025-06-30 purchased=40 transferred-in=0 transferred-out=0 returned=0 available=39 held=0 reserved=1 consumed=0 forfeited=0 expired=0 third-tries=0 uses=0
        S: @b OK rows=1 available=39 held=0 reserved=1 consumed=0 … seq=2
        C: reserve tenant=920 school=920318 candidate=k7Qm test=painting-refinishing on=2025-02-20
        S: ERR state.attempt-open retry=no rule=R6 attempt=2 msg="attempt 1 of painting-refinishing is not completed yet"
        # the same request again, by hand and in another order
        C: reserve school=920318 tenant=920 test=painting-refinishing on=2025-02-03T09:00 candidate=k7Qm +idem=sis-88
        S: OK attempt=2 number=1 seats=1 kind=seats fund=general available=39 seq=2 replayed=yes
        C: reserve tenant=920 school=920318 candidate=k8 test=painting-refinishing on=2025-02-03T09:00 +idem=sis-88
        S: ERR idem.mismatch retry=no field=candidate msg=…
        C: lookup tenant=920 idem=sis-88
        S: OK command=reserve attempt=2 number=1 seats=1 kind=seats fund=general available=39 seq=2 replayed=yes
        C: lookup tenant=920 idem=nothing
        S: ERR notfound.key retry=no msg=…
        C: start tenant=920 attempt=2 proctor=attested +json
        S: OK {"attempt":2,"seats":1,"available":39,"consumed":1,"seq":3,"replayed":"no"}
        C: result tenant=920 attempt=2 outcome=fail
        S: OK attempt=2 next-earliest=2024-08-31 available=39 seq=4 replayed=no
        C: eligibility tenant=920 school=920318 candidate=k7Qm test=painting-refinishing
        S: OK allowed=no number=2 seats=0 earliest=2024-08-31 latest=2025-06-30 rule=R5 why=… seq=4
        C: statement tenant=920 +limit=1
        S: D entry=1 kind=purchase seats=40 cost=1600.00 to=920318/ase-entry-level/2025-06-30/general/available effective=2024-08-01T… balance=40
        S: OK rows=1 next=1.40 seq=4
        C: statement tenant=920 +limit=1 +after=1.40
        S: D entry=2 kind=reserve seats=1 cost=40.00 from=920318/ase-entry-level/2025-06-30/general/available to=… balance=39
        S: OK rows=1 next=2.39 seq=4
        C: statement tenant=920 +after=0.-9223372036854775808
        S: ERR syntax.bad-value retry=no argument=+after msg=…
        C: attempts tenant=920 candidate=k7Qm
        S: D attempt=2 school=920318 candidate=k7Qm test=painting-refinishing number=1 state=failed year=2024-2025 on=2025-02-03T09:00:00-05:00 started=… completed=2024-08-01 seats=1
        S: OK rows=1 seq=4
        C: verify tenant=920
        S: OK entries=4 head=4:… differences=0 seq=4
        """#)
  }

  @Test("mistakes of every kind, and the next line works")
  func mistakes() throws {
    try expect(
      daemon,
      says: #"""
        C: pong
        S: ERR syntax.unknown-command retry=no msg="no such command; did you mean ping?"
        C: balance tennant=920
        S: ERR syntax.unknown-argument retry=no argument=tennant msg="balance has no such argument; did you mean tenant?"
        C: balance
        S: ERR syntax.missing-argument retry=no argument=tenant msg=…
        C: balance tenant=nowhere
        S: ERR notfound.tenant retry=no msg=…
        # before the first of a thousand lines, not behind the last
        C: batch.begin tenant=nowhere
        S: ERR notfound.tenant retry=no msg=…
        C: batch.commit
        S: ERR batch.not-open retry=no msg=…
        C: tenant.list +after=""
        S: ERR syntax.bad-value retry=no argument=+after msg=…
        C: tenant.add tenant=t name=T zone=Mars/Base
        S: ERR syntax.bad-value retry=no argument=zone msg=…
        C: tenant.add tenant=t name=T zone=America/Los_Angeles +dry
        S: OK tenant=t name=T zone=America/Los_Angeles
        C: tenant.add tenant=t name=T zone=America/Los_Angeles
        S: OK tenant=t name=T zone=America/Los_Angeles
        C: tenant.add tenant=t name=T zone=America/Los_Angeles
        S: ERR state.exists retry=no rule=R22 msg=…
        C: purchase tenant=t school=nowhere program=ase-entry-level seats=1 unit-price=1.00
        S: ERR notfound.school retry=no msg=…
        C: purchase tenant=t school=nowhere program=ase-entry-level seats=1 unit-price=1.00 fee=1.00
        S: ERR syntax.bad-value retry=no argument=fee msg=…
        C: purchase tenant=t school=district program=none seats=1 unit-price=1.00
        S: ERR notfound.program retry=no msg=…
        C: reserve tenant=t school=district candidate=ann.lee test=brakes
        S: ERR privacy.looks-like-a-person retry=no rule=R30 msg=…
        C: reserve tenant=t school=district candidate=k1 test=none
        S: ERR notfound.test retry=no msg=…
        C: reserve tenant=t school=district candidate=k1 test=brakes on=2025-03-09T02:30
        S: ERR syntax.bad-value retry=no argument=on msg="on= names an hour that the clocks of America/Los_Angeles skip that day"
        C: reserve tenant=t school=district candidate=k1 test=brakes
        S: ERR state.no-seats retry=no rule=R3 available=0 msg=…
        C: start tenant=t attempt=99 at=2099-01-01T00:00
        S: ERR notfound.attempt retry=no msg=…
        C: balance tenant=t +after=elsewhere
        S: ERR syntax.bad-value retry=no argument=+after msg=…
        C: rollover year=2024-2025
        S: ERR state.too-early retry=no rule=R25 earliest=2025-07-01 msg=…
        C: clock.set at=2024-01-01T00:00:00Z
        S: ERR state.too-late retry=no rule=R25 …
        C: clock.set at=2024-01-01T00:00:00Z +dry
        S: ERR state.too-late retry=no rule=R25 …
        C: auth token=no.body
        S: ERR auth.bad-token retry=no msg=…
        C: ping
        S: OK
        """#)
  }

  @Test("a filter for what does not exist says so")
  func filters() throws {
    try expect(
      daemon,
      says: #"""
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: tenant.add tenant=u name=U zone=America/New_York
        S: OK …
        C: school.add tenant=u school=hers name=Hers
        S: OK …
        C: balance tenant=t school=hers
        S: ERR notfound.school retry=no msg="no school hers here; school.list shows the schools"
        C: statement tenant=t program=nope
        S: ERR notfound.program retry=no msg=…
        C: attempts tenant=t test=nope
        S: ERR notfound.test retry=no msg=…
        C: forecast tenant=t school=nope
        S: ERR notfound.school retry=no msg=…
        C: runway tenant=t school=nope program=ase-entry-level
        S: ERR notfound.school retry=no msg=…
        C: @w watch tenant=t school=hers
        S: @w ERR notfound.school retry=no msg=…
        C: attempts tenant=t candidate=nobody
        S: OK rows=0 seq=0
        """#)
  }

  @Test("a key is its sender's, and the operator may know what became of it")
  func otherKeys() throws {
    _ = try daemon.talk(["tenant.add tenant=t name=T zone=UTC"])
    let issued = try daemon.ask("token.issue tenant=t name=desk")
    let secret = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=t principal=token:desk role=finance")
    let purchase = "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=40.00"
    var desk = try daemon.connect()
    _ = try desk.ask("auth \(secret)")
    #expect(try desk.ask("\(purchase) +idem=hers").last?.kind == .ok)
    #expect(try daemon.ask("lookup tenant=t idem=hers").hasPrefix("OK command=purchase sender=token:desk entry=1 "))
    try daemon.ask("\(purchase) +idem=ours-\u{E9}")
    let mine = try desk.ask("lookup idem=ours-\u{E9}").last
    #expect(mine?.kind == .error(code: "idem.mismatch") && mine?.value(.field) == "principal")
    #expect(try desk.ask("lookup idem=nobody's".replacing("'", with: "")).last?.kind == .error(code: "notfound.key"))
  }

  @Test("batches: all or nothing")
  func batches() throws {
    try expect(
      daemon,
      says: #"""
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: batch.commit
        S: ERR batch.not-open retry=no msg=…
        C: batch.begin tenant=t +idem=b1
        S: OK
        C: batch.begin tenant=t
        S: ERR batch.already-open retry=no msg=…
        C: school.add school=a name=A
        S: OK queued=1
        C: purchase school=a program=ase-entry-level seats=1 unit-price=40.00
        S: OK queued=2
        C: reserve school=a candidate=k1 test=brakes
        S: OK queued=3
        C: batch.commit
        S: D line=1 school=a name=A seq=0 replayed=no
        S: D line=2 entry=1 school=a …
        S: D line=3 attempt=2 number=1 seats=1 kind=seats fund=general available=0 seq=2 replayed=no
        S: OK rows=3 seq=2 replayed=no
        C: batch.begin tenant=t
        S: OK
        C: purchase school=a program=ase-entry-level seats=1 unit-price=40.00
        S: OK queued=1
        C: reserve school=a candidate=k2 test=brakes
        S: OK queued=2
        C: reserve school=a candidate=k3 test=brakes
        S: OK queued=3
        C: batch.commit
        S: ERR batch.failed retry=no rule=R3 at=3 cause=state.no-seats …
        C: batch.begin tenant=t
        S: OK
        C: cancel attempt=99
        S: OK queued=1
        C: reserve school=a candidate=k2 test=nothing
        S: OK queued=2
        C: batch.commit
        S: ERR batch.failed retry=no at=1 cause=notfound.attempt …
        C: batch.begin tenant=t
        S: OK
        C: balance
        S: ERR syntax.bad-value retry=no argument=command msg=…
        C: batch.commit
        S: ERR batch.failed retry=no at=1 cause=syntax.bad-value …
        C: balance tenant=t
        S: D school=a …
        S: OK rows=1 available=0 held=0 reserved=1 …
        C: batch.begin tenant=t
        S: OK
        C: token.issue name=x
        S: ERR syntax.bad-value retry=no argument=command msg=…
        C: batch.abort
        S: OK
        C: verify tenant=t
        S: OK entries=2 head=… differences=0 seq=2
        """#)
  }

  @Test("a batch's key is the whole batch's, and each of its lines may say who asked")
  func batchKeysAndActors() throws {
    let buy = "purchase school=district program=ase-entry-level seats=1 unit-price=40.00"
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: batch.begin tenant=t +idem=b1 +actor=boss
        S: OK
        C: \(buy)
        S: OK queued=1
        C: \(buy) +actor=joe
        S: OK queued=2
        C: batch.commit
        S: D line=1 entry=1 …
        S: D line=2 entry=2 …
        S: OK rows=2 seq=2 replayed=no
        C: statement tenant=t
        S: D entry=1 … actor=boss …
        S: D entry=2 … actor=joe …
        S: OK rows=2 seq=2
        C: batch.begin tenant=t +idem=b1
        S: OK
        C: \(buy)
        S: OK queued=1
        C: batch.commit
        S: ERR idem.mismatch retry=no field=lines msg=…
        C: batch.begin tenant=t +idem=b1
        S: OK
        C: batch.commit
        S: ERR idem.mismatch retry=no field=lines msg=…
        C: batch.begin tenant=t +idem=b2
        S: OK
        C: batch.commit
        S: OK rows=0 seq=2 replayed=no
        C: batch.begin tenant=t
        S: OK
        C: transfer from=district to=x program=ase-entry-level seats=1
        S: ERR syntax.missing-argument retry=no argument=year msg="transfer needs year= or expires=, as the program's seats expire"
        C: batch.abort
        S: OK
        """)
  }

  @Test("an approval is of its school and its program, a seal of its program's year")
  func approvalsAndSeals() throws {
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: school.add tenant=t school=apex name=Apex
        S: OK …
        C: approve tenant=t school=apex candidate=k1 test=brakes reason=yes
        S: OK approval=1 …
        C: statement tenant=t school=apex
        S: D entry=1 kind=approve seats=0 cost=0.00 … reason=yes candidate=k1 test=brakes balance=0
        S: OK rows=1 seq=1
        C: statement tenant=t program=ase-entry-level
        S: D entry=1 kind=approve …
        S: OK rows=1 seq=1
        C: statement tenant=t school=district
        S: OK rows=0 seq=1
        C: statement tenant=t program=ase-professional
        S: OK rows=0 seq=1
        C: balance tenant=t +known=0
        S: OK rows=0 …
        C: clock.set at=2025-07-02T09:00:00-04:00 +dry
        S: OK now=2025-07-02T13:00:00+00:00
        C: year.seal tenant=t program=ase-entry-level year=2024-2025
        S: ERR state.too-early …
        C: clock.set at=2025-07-02T09:00:00-04:00
        S: OK …
        C: year.seal tenant=t program=ase-entry-level year=2024-2025
        S: OK …
        C: year.list tenant=t program=ase-entry-level year=2024-2025
        S: D program=ase-entry-level year=2024-2025 pools=0 open-pools=0 sealed=yes
        S: OK rows=1 seq=2
        C: year.list tenant=t program=ase-professional
        S: OK rows=0 seq=2
        C: statement tenant=t
        S: D entry=1 kind=approve …
        S: D entry=2 kind=seal seats=0 cost=0.00 … program=ase-entry-level year=2024-2025 balance=0
        S: OK rows=2 seq=2
        """)
  }

  @Test("a repeated argument is told as one, whatever it says the second time")
  func repeated() throws {
    try expect(
      daemon,
      says: """
        C: hello v=1 v=2
        S: ERR syntax.duplicate-argument retry=no argument=v msg=…
        C: hello v=1 +json +json
        S: ERR syntax.duplicate-argument retry=no argument=+json msg=…
        """)
  }

  @Test("R8: a paid third try, approved by a token that is another principal")
  func thirdTry() throws {
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/New_York
        S: OK …
        C: purchase tenant=t school=district program=ase-entry-level seats=5 unit-price=40.00
        S: OK …
        C: reserve tenant=t school=district candidate=k1 test=brakes
        S: OK attempt=2 …
        C: start tenant=t attempt=2 proctor=attested
        S: OK …
        C: result tenant=t attempt=2 outcome=fail
        S: OK …
        C: clock.set at=2024-08-31T09:00:00-04:00
        S: OK now=2024-08-31T13:00:00+00:00
        C: reserve tenant=t school=district candidate=k1 test=brakes
        S: OK attempt=5 number=2 seats=0 available=4 earliest=2024-08-31 latest=2025-06-30 …
        C: start tenant=t attempt=5 proctor=attested
        S: OK …
        C: result tenant=t attempt=5 outcome=incomplete
        S: OK …
        C: clock.set at=2024-10-01T09:00:00-04:00
        S: OK …
        C: reserve tenant=t school=district candidate=k1 test=brakes
        S: ERR state.needs-approval retry=no rule=R8 number=3 msg=…
        C: approve tenant=t school=district candidate=k1 test=brakes reason="my own"
        S: OK approval=8 …
        C: reserve tenant=t school=district candidate=k1 test=brakes
        S: ERR state.needs-approval retry=no rule=R8 …
        C: grant.add tenant=t principal=token:head role=approver school=district
        S: OK principal=token:head role=approver school=district …
        """)
    let issued = try daemon.ask("token.issue tenant=t name=head")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    let heard = try daemon.talk([
      "auth \(token)", "whoami", "approve school=district candidate=k1 test=brakes reason=fine",
      "reserve school=district candidate=k1 test=brakes", "balance tenant=elsewhere", "tenant.list",
    ]).filter { $0.hasPrefix("S: ") }
    #expect(heard[0] == "S: OK principal=token:head roles=approver")
    #expect(heard.contains("S: D tenant=t role=approver school=district name=T zone=America/New_York"))
    #expect(heard.contains { $0.hasPrefix("S: OK approval=9") })
    #expect(heard.filter { $0.hasPrefix("S: ERR auth.forbidden") }.count == 2)
    #expect(heard.contains { $0.hasPrefix("S: ERR notfound.tenant") })
    let third = try daemon.ask("reserve tenant=t school=district candidate=k1 test=brakes")
    #expect(third.hasPrefix("OK attempt=10 number=3 seats=1"))
    #expect(!daemon.log.contains(String(token.dropFirst(6))), "a token is in no log")

    var open = try daemon.connect()
    #expect(try open.ask("auth \(token)").last?.kind == .ok)
    try daemon.ask("token.revoke tenant=t name=head")
    #expect(
      try open.ask("status").last?.kind == .error(code: "auth.required"), "a revoked token is worth nothing at once")
    #expect(try daemon.ask("auth \(token)").hasPrefix("ERR auth.bad-token"))
  }

  @Test("the year ends by itself at each tenant's midnight")
  func yearEnd() throws {
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=east name=E zone=America/New_York
        S: OK …
        C: tenant.add tenant=west name=W zone=America/Los_Angeles
        S: OK …
        C: purchase tenant=east school=district program=ase-entry-level seats=5 unit-price=40.00
        S: OK …
        C: purchase tenant=west school=district program=ase-entry-level seats=5 unit-price=40.00
        S: OK …
        C: reserve tenant=east school=district candidate=k1 test=brakes
        S: OK …
        C: rollover +dry
        S: D tenant=east pools=1 expired-idle=4 expired-reserved=1 cost=200.00
        S: D tenant=west pools=1 expired-idle=5 expired-reserved=0 cost=200.00
        S: OK tenants=2 pools=2 expired-idle=9 expired-reserved=1 cost=400.00
        C: clock.set at=2025-07-01T00:00:01-04:00
        S: OK …
        C: balance tenant=east
        S: D school=district … available=0 held=0 reserved=0 consumed=0 forfeited=0 expired=5 third-tries=0 uses=0
        S: OK …
        C: reserve tenant=west school=district candidate=k1 test=brakes
        S: OK …
        C: reserve tenant=east school=district candidate=k2 test=brakes
        S: ERR state.no-seats retry=no rule=R3 …
        C: clock.set at=2025-07-01T03:00:01-04:00
        S: OK …
        C: rollover year=2024-2025
        S: D tenant=east pools=1 expired-idle=4 expired-reserved=1 cost=200.00
        S: D tenant=west pools=1 expired-idle=4 expired-reserved=1 cost=200.00
        S: OK tenants=2 pools=2 expired-idle=8 expired-reserved=2 cost=400.00
        C: attempts tenant=east
        S: D attempt=2 … state=expired …
        S: OK …
        C: rollover
        S: OK tenants=0 pools=0 expired-idle=0 expired-reserved=0 cost=0.00
        C: verify
        S: I tenant=east done=4 total=8
        S: I tenant=west done=8 total=8
        S: OK entries=8 differences=0
        """)
  }

  @Test("a new program of an operator's own: other rules without other code")
  func thirdProgram() throws {
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=t name=T zone=America/Phoenix
        S: OK …
        C: program.add program=weld name=Welding coverage=test expiry=10 free-retests=1 paid-retests=0 approval-needed=no wait-days=2 wait-binds=appointment starts-anew=no retest-in-year=no no-show=release cutoff=1 fee=yes certificate=3 renewable=no proctor=no
        S: OK program=weld name=Welding
        C: test.add program=weld series=gas test=gas-1 name="Gas 1" minutes=90
        S: OK program=weld series=gas test=gas-1 name="Gas 1" minutes=90
        C: purchase tenant=t school=district program=weld seats=2 unit-price=10.00 fee=5.00
        S: OK entry=1 school=district program=weld kind=seats fund=general expires=2024-08-11 available=2 cost=25.00 …
        C: reserve tenant=t school=district candidate=k1 test=gas-1
        S: OK attempt=2 number=1 seats=1 …
        C: start tenant=t attempt=2
        S: OK …
        C: result tenant=t attempt=2 outcome=fail
        S: OK attempt=2 next-earliest=2024-08-03 …
        C: reserve tenant=t school=district candidate=k1 test=gas-1 on=2024-08-02
        S: ERR state.too-early retry=no rule=R5 earliest=2024-08-03 …
        C: reserve tenant=t school=district candidate=k1 test=gas-1 on=2024-08-03
        S: OK attempt=5 number=2 seats=0 …
        C: test.list program=weld
        S: D program=weld series=gas test=gas-1 name="Gas 1" minutes=90
        S: OK rows=1
        """)
  }

  @Test("June 30, as it was known on August 15: both axes of time")
  func bothAxes() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-06-29T09:00:00-04:00")
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=d name=D zone=America/New_York
        S: OK …
        C: purchase tenant=d school=district program=ase-entry-level seats=3 unit-price=40.00
        S: OK …
        C: reserve tenant=d school=district candidate=k1 test=brakes
        S: OK attempt=2 …
        C: clock.set at=2025-08-14T09:00:00-04:00
        S: OK …
        C: clock.set at=2025-08-20T09:00:00-04:00
        S: OK …
        C: start tenant=d attempt=2 proctor=attested at=2025-06-30T10:00
        S: OK attempt=2 seats=1 …
        # June 30 as we know it now, and as we knew it on August 15
        C: balance tenant=d +as-of=2025-06-30
        S: D … available=2 held=0 reserved=0 consumed=1 forfeited=0 expired=0 …
        S: OK rows=1 available=2 … seq=6
        C: balance tenant=d +as-of=2025-06-30 +known=2025-08-15
        S: D … available=2 held=0 reserved=1 consumed=0 forfeited=0 expired=0 …
        S: OK … seq=4
        C: balance tenant=d +as-of=2025-07-01 +known=2025-08-15
        S: D … available=0 held=0 reserved=0 consumed=0 forfeited=0 expired=3 …
        S: OK …
        C: balance tenant=d +as-of=2025-07-01
        S: D … reserved=0 consumed=1 forfeited=0 expired=2 …
        S: OK …
        C: costs tenant=d +as-of=2025-06-30T09:59:59 +known=6
        S: D purchased=120.00 … encumbered=40.00 expended=0.00 …
        S: OK …
        C: statement tenant=d +known=2
        S: D entry=1 …
        S: D entry=2 …
        S: OK rows=2 seq=2
        C: balance tenant=d +as-of=yesterday
        S: ERR syntax.bad-value retry=no argument=+as-of msg=…
        C: attempts tenant=d +as-of=2025-06-30
        S: ERR syntax.unknown-argument …
        """)
  }

  @Test("runway: until when attempts are of use, and who stands before each; tokens for the school itself alone")
  func runway() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-04-01T09:00:00-04:00")
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=d name=D zone=America/New_York
        S: OK …
        C: school.add tenant=d school=apex name=Apex
        S: OK …
        C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
        S: OK …
        C: reserve tenant=d school=apex candidate=k1 test=brakes
        S: OK attempt=2 …
        C: reserve tenant=d school=apex candidate=k2 test=brakes
        S: OK attempt=3 …
        C: start tenant=d attempt=3 proctor=attested
        S: OK …
        C: result tenant=d attempt=3 outcome=fail
        S: OK attempt=3 next-earliest=2025-05-01 …
        C: runway tenant=d program=ase-entry-level
        S: D number=1 latest=2025-06-30 latest-for-2=2025-05-31 latest-for-3=2025-05-01 candidates=1
        S: D number=2 latest=2025-06-30 latest-for-3=2025-05-31 candidates=1
        S: D number=3 latest=2025-06-30 candidates=0
        S: OK rows=3 program=ase-entry-level year=2024-2025 seq=5
        """)
    let issued = try daemon.ask("token.issue tenant=d name=apex")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=d principal=token:apex role=school school=apex")
    let told = try daemon.talk(["auth \(token)", "runway program=ase-entry-level"]).filter { $0.hasPrefix("S: ") }
    #expect(told.contains("S: D candidate=k2 test=brakes number=2 earliest=2025-05-01 latest=2025-06-30"), "\(told)")
    #expect(told.contains("S: D candidate=k1 test=brakes number=1 latest=2025-06-30"), "\(told)")
  }

  @Test("a school reverses its own start, result and cancel, and nothing else")
  func schoolReverses() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make())
    try expect(
      daemon,
      says: """
        C: tenant.add tenant=d name=D zone=America/New_York
        S: OK …
        C: school.add tenant=d school=apex name=Apex
        S: OK …
        C: school.add tenant=d school=cary name=Cary
        S: OK …
        C: purchase tenant=d school=apex program=ase-entry-level seats=3 unit-price=40.00
        S: OK …
        C: purchase tenant=d school=cary program=ase-entry-level seats=3 unit-price=40.00
        S: OK …
        C: reserve tenant=d school=cary candidate=k1 test=brakes
        S: OK attempt=3 …
        C: cancel tenant=d attempt=3
        S: OK …
        C: hold tenant=d school=cary program=ase-entry-level year=2024-2025 seats=1 until=2024-08-15
        S: OK hold=5 …
        """)
    let issued = try daemon.ask("token.issue tenant=d name=apex")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=d principal=token:apex role=school school=apex")
    let told = try daemon.talk([
      "auth \(token)", "reserve school=apex candidate=k2 test=brakes", "start attempt=6 proctor=attested",
      "reverse entry=7 reason=oops", "reverse entry=6 reason=oops", "reverse entry=4 reason=oops",
      "release hold=5", "reserve school=apex candidate=k3 test=brakes hold=5",
      "hold school=cary program=ase-entry-level year=2024-2025 seats=1 until=2024-08-15",
    ]).filter { $0.hasPrefix("S: ") }.dropFirst(3)
    let expected = [
      "OK", "ERR auth.forbidden", "ERR auth.forbidden", "ERR auth.forbidden", "ERR auth.forbidden",
      "ERR auth.forbidden",
    ]
    #expect(zip(told, expected).allSatisfy { $0.hasPrefix("S: \($1)") } && told.count == expected.count, "\(told)")
  }

  @Test("the finance desk: costs, forecast, reconcile, rebalance")
  func financeDesk() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-06-01T09:00:00-04:00")
    try expect(
      daemon,
      says: #"""
        C: tenant.add tenant=d name=D zone=America/New_York
        S: OK …
        C: school.add tenant=d school=apex name=Apex
        S: OK …
        C: school.add tenant=d school=cary name=Cary
        S: OK …
        C: purchase tenant=d school=apex program=ase-entry-level seats=40 unit-price=40.00 fund=perkins
        S: OK …
        C: purchase tenant=d school=cary program=ase-entry-level seats=2 unit-price=40.00 fund=perkins
        S: OK …
        C: reserve tenant=d school=cary candidate=k1 test=brakes
        S: OK attempt=3 …
        C: reserve tenant=d school=cary candidate=k2 test=brakes
        S: OK attempt=4 …
        C: start tenant=d attempt=3 proctor=attested
        S: OK …
        C: costs tenant=d by=fund
        S: D fund=perkins purchased=1680.00 transferred-in=0.00 transferred-out=0.00 encumbered=40.00 expended=40.00 third-tries=0.00 forfeited=0.00 wasted=0.00 returned=0.00 available=1600.00
        S: OK rows=1 purchased=1680.00 … seq=5
        # 2 seats in four weeks at cary: 2 more in the 30 days that are left
        C: forecast tenant=d
        S: D school=apex program=ase-entry-level days-left=30 taken=0 idle=40 reserved=0 usable=0 waste=40 waste-cost=1600.00
        S: D school=cary program=ase-entry-level days-left=30 taken=2 idle=0 reserved=1 usable=0 waste=0 waste-cost=0.00
        S: I why=…
        S: OK rows=2 year=2024-2025 idle=40 reserved=1 usable=0 waste=40 waste-cost=1600.00 seq=5
        C: rebalance tenant=d program=ase-entry-level year=2024-2025
        S: D tenant=d from=apex to=cary program=ase-entry-level year=2024-2025 seats=2 fund=perkins command="transfer tenant=d from=apex to=cary program=ase-entry-level year=2024-2025 seats=2 fund=perkins"
        S: OK rows=1 seats=2 seq=5
        C: transfer tenant=d from=apex to=cary program=ase-entry-level year=2024-2025 seats=2 fund=perkins
        S: OK …
        C: rebalance tenant=d program=ase-entry-level year=2024-2025
        S: OK rows=0 seats=0 seq=6
        C: reconcile tenant=d program=ase-entry-level year=2024-2025 purchased=40 reserved=2 burned=0 voided=0
        S: D item=purchased vendor=40 ours=42 difference=-2 entries=2
        S: D item=reserved vendor=2 ours=2 difference=0
        S: D item=burned vendor=0 ours=1 difference=-1 entries=5
        S: D item=voided vendor=0 ours=0 difference=0
        S: OK rows=4 differences=2 seq=6
        C: reverse tenant=d entry=2 reason=wrong
        S: OK entry=7 …
        C: reconcile tenant=d program=ase-entry-level year=2024-2025 purchased=41 reserved=3 burned=3 voided=1
        S: D item=purchased vendor=41 ours=40 difference=1 entries=…
        S: D item=reserved vendor=3 ours=2 difference=1 entries=…
        S: D item=burned vendor=3 ours=1 difference=2 entries=5
        S: D item=voided vendor=1 ours=0 difference=1
        S: OK rows=4 differences=4 seq=7
        C: forecast tenant=d school=cary year=2025-2026
        S: OK rows=0 …
        C: metrics
        S: I # HELP seatledger_commands_total …
        S: I # TYPE seatledger_commands_total counter
        S: I seatledger_commands_total …
        S: I # HELP seatledger_refusals_total …
        S: I # TYPE seatledger_refusals_total counter
        S: I seatledger_refusals_total 0
        S: I # HELP seatledger_unavailable_total …
        S: I # TYPE seatledger_unavailable_total counter
        S: I seatledger_unavailable_total 0
        S: I # HELP seatledger_batches_total …
        S: I # TYPE seatledger_batches_total counter
        S: I seatledger_batches_total …
        S: I # HELP seatledger_connections …
        S: I # TYPE seatledger_connections gauge
        S: I seatledger_connections 1
        S: I # HELP seatledger_watches …
        S: I # TYPE seatledger_watches gauge
        S: I seatledger_watches 0
        S: I # HELP seatledger_queue_depth …
        S: I # TYPE seatledger_queue_depth gauge
        S: I seatledger_queue_depth 0
        S: I # HELP seatledger_uptime_seconds …
        S: I # TYPE seatledger_uptime_seconds gauge
        S: I seatledger_uptime_seconds …
        S: I # HELP seatledger_database_up …
        S: I # TYPE seatledger_database_up gauge
        S: I seatledger_database_up 1
        S: I # HELP seatledger_expired_pools_total …
        S: I # TYPE seatledger_expired_pools_total counter
        S: I seatledger_expired_pools_total 0
        S: I # HELP seatledger_expiring_idle_seats …
        S: I # TYPE seatledger_expiring_idle_seats gauge
        S: I seatledger_expiring_idle_seats{within_days="60"} …
        S: I seatledger_expiring_idle_seats{within_days="30"} …
        S: I seatledger_expiring_idle_seats{within_days="14"} …
        S: I seatledger_expiring_idle_seats{within_days="7"} …
        S: I # HELP seatledger_expiring_reserved_seats …
        S: I # TYPE seatledger_expiring_reserved_seats gauge
        S: I seatledger_expiring_reserved_seats{within_days="60"} …
        S: I seatledger_expiring_reserved_seats{within_days="30"} …
        S: I seatledger_expiring_reserved_seats{within_days="14"} …
        S: I seatledger_expiring_reserved_seats{within_days="7"} …
        S: OK
        """#)
  }
}
