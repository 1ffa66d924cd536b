import Foundation
import Glibc
import Postgres
import SeatClient
import SeatProtocol
import TestSupport
import Testing

/// What a client is told when the database does not simply do what it is asked.
@Suite("Outcomes", .serialized, .timeLimit(.minutes(3)))
struct OutcomeTests {
  private static let purchase =
    "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=40.00 +idem=k"

  /// The superuser of a daemon's own PostgreSQL.
  private func superuser(of daemon: TestDaemon) throws -> Connection {
    try Connection.open(
      Conninfo.text([
        ("host", "\(daemon.directory)/state/postgres"), ("dbname", "seatledger"), ("user", NSUserName()),
      ]))
  }

  @Test("a connection that dies while a commit waits: outcome-unknown, and the same key tells what became of it")
  func unknown() throws {
    let daemon = try TestDaemon(database: nil)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    let superuser = try superuser(of: daemon)
    // Every commit waits for a standby that will never come; it is kept here all the same.
    try superuser.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try superuser.run("SELECT pg_reload_conf()")
    try wait(for: "the setting") { try superuser.run("SHOW synchronous_standby_names").map { $0.text() } == ["nobody"] }
    var client = try daemon.connect()
    try client.send("\(Self.purchase)\n")
    let waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    try wait(for: "a commit that waits") { try superuser.run(waiting).count > 0 }
    #expect(try client.readText().hasPrefix("ERR server.outcome-unknown retry=same-key msg="))
    try superuser.run("SET synchronous_commit = local")
    try superuser.run("ALTER SYSTEM RESET synchronous_standby_names")
    try superuser.run("SELECT pg_reload_conf()")
    let again = try daemon.ask(Self.purchase)
    #expect(again.hasPrefix("OK entry=1 ") && again.hasSuffix(" seq=1 replayed=yes"), "\(again)")
    #expect(try daemon.ask("verify tenant=t").contains(" differences=0 "))
  }

  @Test("sessions that die while they are idle are replaced, and nobody notices")
  func idle() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database)
    let other = try Connection.open(database.conninfo)
    let everybody = """
      SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
      """
    // Whatever else the daemon has begun, this leaves a session.
    try daemon.ask("program.list")
    for (line, answer) in [
      ("tenant.add tenant=t name=T zone=UTC", "OK tenant=t "), (Self.purchase, "OK entry=1 "),
      ("balance tenant=t", "OK rows=1 "), ("program.list", "OK rows="), ("verify tenant=t", "OK entries=1 "),
      ("rollover +dry", "OK "),
    ] {
      #expect(try other.run(everybody).count > 0)
      let told = try daemon.ask(line)
      #expect(told.hasPrefix(answer), "\(line): \(told)")
    }
  }

  @Test("a session that the server ended before anything was sent is another session, and no unknown outcome")
  func endedBefore() throws {
    let database = try TestDatabase.make()
    let session = try Connection.open(database.conninfo)
    try session.run("SET idle_in_transaction_session_timeout = '20ms'")
    let pid = try session.run("SELECT pg_backend_pid()::int8").map { $0.integer() }[0]
    try session.run("BEGIN")
    let other = try Connection.open(database.conninfo)
    try wait(for: "the end of the session") {
      try other.run("SELECT FROM pg_stat_activity WHERE pid = \(pid)").count == 0
    }
    var told: String?
    try wait(for: "the news of it") {
      do throws(PostgresError) {
        try session.requireOpen()
      } catch {
        if case .lost(let why) = error { told = why }
      }
      return told != nil
    }
    #expect(told?.contains("idle-in-transaction") == true, "\(told ?? "")")
  }

  @Test("behind a new session may be another database: what was learnt in the old one is forgotten")
  func anotherDatabase() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database)
    for tenant in ["a", "b"] {
      try daemon.ask("tenant.add tenant=\(tenant) name=T zone=UTC")
      try daemon.ask("purchase tenant=\(tenant) school=district program=ase-entry-level seats=1 unit-price=40.00")
    }
    let other = try Connection.open(database.conninfo)
    // A standby that took over without the first tenant, say: its number is another one's.
    for (old, new) in [("a", "x"), ("b", "a"), ("x", "b")] {
      try other.run("UPDATE tenant SET code = '\(new)' WHERE code = '\(old)'")
    }
    #expect(
      try other.run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()"
      ).count > 0)
    let bought = try daemon.ask("purchase tenant=a school=district program=ase-entry-level seats=5 unit-price=40.00")
    #expect(bought.hasPrefix("OK entry=2 "), "\(bought)")
    let owner = try other.run(
      "SELECT t.code FROM journal j JOIN tenant t USING (tenant_id) WHERE j.seats = 5"
    ).map { $0.text() }
    #expect(owner == ["a"])
    #expect(try daemon.ask("balance tenant=a").contains(" available=6 "))
    #expect(try daemon.ask("balance tenant=b").contains(" available=1 "))
  }

  @Test("a table's refusal of one command in a batch is that command's alone")
  func constraint() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    let superuser = try Connection.open(database.conninfo)
    try superuser.run(
      "ALTER TABLE journal ADD CONSTRAINT trap CHECK (reason IS DISTINCT FROM 'trap') NOT VALID")
    var client = try daemon.connect()
    let lines = ["one", "trap", "three"].map {
      "approve tenant=t school=district candidate=k test=brakes reason=\($0)\n"
    }
    // Held up until they wait, so that one batch takes the last three.
    let other = try Connection.open(database.conninfo)
    try other.run("BEGIN")
    try other.run("SELECT FROM tenant FOR UPDATE")
    try client.send("approve tenant=t school=district candidate=k test=brakes reason=zero\n\(lines.joined())")
    try wait(for: "a batch that waits") {
      try superuser.run("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").count > 0
    }
    try other.run("ROLLBACK")
    #expect(try client.readText().hasPrefix("OK approval=1 "))
    #expect(try client.readText().hasPrefix("OK approval=2 "))
    #expect(try client.readText().hasPrefix("ERR server.internal retry=no "))
    #expect(try client.readText().hasPrefix("OK approval=3 "))
    #expect(try daemon.ask("verify tenant=t").contains(" differences=0 "))
  }

  @Test("a database whose clock is far from ours: nothing is changed, and reads go on")
  func clockSkew() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database, clock: nil)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    daemon.stop()
    let superuser = try Connection.open(database.conninfo)
    for statement in [
      "CREATE TABLE skew AS SELECT interval '0 s' AS loading, interval '0 s' AS storing",
      "GRANT SELECT ON skew TO public",
      """
      CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
      AS $$ SELECT pg_catalog.clock_timestamp() + loading FROM public.skew $$
      """,
      """
      CREATE FUNCTION public.statement_timestamp() RETURNS timestamptz LANGUAGE sql
      AS $$ SELECT pg_catalog.statement_timestamp() + storing FROM public.skew $$
      """,
    ] { try superuser.run(statement) }
    let name = try superuser.run("SELECT current_database()::text").map { $0.text() }[0]
    try superuser.run("ALTER DATABASE \(name) SET search_path = public, pg_catalog")
    try daemon.start()
    let purchase = "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=40.00"
    func skew(loading: Int, storing: Int) throws {
      try superuser.run("UPDATE skew SET loading = '\(loading) s', storing = '\(storing) s'")
    }
    #expect(try daemon.ask(purchase).contains(" seq=1 "))
    // A lane that was answered a moment ago knows enough, and does not see the clock that a load looks at.
    try wait(for: "a batch that reads nothing") {
      try skew(loading: 0, storing: 0)
      _ = try daemon.ask(purchase)
      try skew(loading: 6, storing: 0)
      return try daemon.ask(purchase).hasPrefix("OK ")
    }
    let balance = try daemon.ask("balance tenant=t")
    try skew(loading: 6, storing: 6)
    for _ in 0..<2 { #expect(try daemon.ask(purchase).hasPrefix("ERR server.clock-skew retry=later msg=")) }
    #expect(try daemon.ask("balance tenant=t") == balance)
    try skew(loading: 0, storing: 0)
    #expect(try daemon.ask(purchase).hasPrefix("OK "))
  }

  @Test("grants that cannot be read for one line: the batch is not committed without it, and ends where it should have")
  func unreadableGrants() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    try daemon.ask("grant.add tenant=t principal=token:desk role=finance")
    let issued = try daemon.ask("token.issue tenant=t name=desk")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    let superuser = try Connection.open(database.conninfo)
    var client = try daemon.connect()
    func ask(_ line: String, isAnswered beginning: String) throws {
      try client.send(line + "\n")
      let answer = try client.readText()
      #expect(answer.hasPrefix(beginning), "\(line): \(answer)")
    }
    func askWithoutGrants(_ line: String, isAnswered beginning: String) throws {
      try superuser.run("REVOKE SELECT ON access_grant FROM seatledger_reader")
      try ask(line, isAnswered: beginning)
      try superuser.run("GRANT SELECT ON access_grant TO seatledger_reader")
    }
    let line = "purchase school=district program=ase-entry-level seats=1 unit-price=40.00"
    try ask("auth \(token)", isAnswered: "OK ")
    try ask("batch.begin", isAnswered: "OK")
    try ask(line, isAnswered: "OK queued=1")
    try askWithoutGrants(line, isAnswered: "ERR server.database-unavailable ")
    try ask("batch.commit", isAnswered: "ERR batch.failed retry=no at=2 cause=server.database-unavailable ")
    try ask("batch.begin", isAnswered: "OK")
    try ask(line, isAnswered: "OK queued=1")
    try askWithoutGrants("batch.commit", isAnswered: "ERR server.database-unavailable ")
    // Not into a batch that its client takes for over.
    try ask(line, isAnswered: "OK entry=1 ")
  }

  @Test("more requests than a lane has use for: the surplus waits with its clients, and every one is answered")
  func surplus() throws {
    let database = try TestDatabase.make()
    let daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    let other = try Connection.open(database.conninfo)
    try other.run("BEGIN")
    try other.run("SELECT FROM tenant FOR UPDATE")
    let lines = String(repeating: "cancel tenant=t attempt=1\n", count: 1_024)
    var clients: [Int32] = []
    defer { clients.forEach { _ = close($0) } }
    let connections = 8
    for _ in 0..<connections {
      let client = try UnixSocket.connect(daemon.socket)
      clients.append(client)
      #expect(lines.withCString { Glibc.send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) } == lines.utf8.count)
      shutdown(client, Int32(SHUT_WR))
    }
    let superuser = try Connection.open(database.conninfo)
    try wait(for: "a batch that waits") {
      try superuser.run("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").count > 0
    }
    try other.run("ROLLBACK")
    var answers: [Substring: Int] = [:]
    for client in clients {
      for line in Self.readToEnd(client).split(separator: "\n") {
        answers[line.split(separator: " ").prefix(2).joined(separator: " ")[...], default: 0] += 1
      }
    }
    // The batch that was under way may have waited too long.
    let known = ["ERR notfound.attempt", "ERR server.database-unavailable"] as [Substring]
    #expect(known.reduce(0) { $0 + answers[$1, default: 0] } == connections * 1_024, "\(answers)")
  }

  private static func readToEnd(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
