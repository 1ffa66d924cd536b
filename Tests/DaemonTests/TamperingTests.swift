import Foundation
import Postgres
import TestSupport
import Testing

/// What somebody with the database's keys can do to a journal, and that it is found.
@Suite("Tampering")
struct TamperingTests {
  private let database: TestDatabase
  private let daemon: TestDaemon
  /// The head that was noted down before anything was touched.
  private let noted: String

  init() throws {
    database = try TestDatabase.make()
    daemon = try TestDaemon(database: database)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    _ = try daemon.talk([
      "purchase tenant=t school=district program=ase-entry-level seats=9 unit-price=40.00 po=1 +idem=a +actor=\"Jo \\\"J\\\"\"",
      "reserve tenant=t school=district candidate=k1 test=brakes +idem=b",
      "start tenant=t attempt=2 proctor=attested", "result tenant=t attempt=2 outcome=fail",
      "reserve tenant=t school=district candidate=k2 test=brakes", "cancel tenant=t attempt=5 reason=\"a, b\"",
      "reserve tenant=t school=district candidate=k3 test=brakes",
      "approve tenant=t school=district candidate=k3 test=brakes reason=yes",
    ])
    let proof = try daemon.ask("verify tenant=t")
    noted = String(proof.split(separator: " ").first { $0.hasPrefix("head=") }?.dropFirst(5) ?? "")
  }

  /// As the superuser, with the triggers off.
  private func tamper(_ sql: [String]) throws {
    let session = try Connection.open(database.conninfo)
    try session.run("SET session_replication_role = replica")
    for statement in sql { try session.run(statement) }
  }

  private func differences(_ arguments: String = "") throws -> Int {
    let proof = try daemon.ask("verify tenant=t\(arguments)")
    return proof.split(separator: " ").first { $0.hasPrefix("differences=") }.flatMap { Int($0.dropFirst(12)) } ?? -1
  }

  @Test("an untouched journal has none, and its noted head is found in it")
  func untouched() throws {
    #expect(try differences() == 0)
    try daemon.ask("reserve tenant=t school=district candidate=k4 test=brakes")
    #expect(try differences(" head=\(noted)") == 0)
    let other = noted.dropLast() + (noted.hasSuffix("0") ? "1" : "0")
    #expect(try differences(" head=\(other)") == 1)
    #expect(try differences(" head=0:\(String(repeating: "ab", count: 32))") == 1)
  }

  @Test(
    "what was touched is found",
    arguments: [
      ["UPDATE journal SET cents = cents + 1 WHERE seq = 1"], ["UPDATE journal SET reason = 'c' WHERE seq = 6"],
      ["UPDATE journal SET effective_at = effective_at - 1 WHERE seq = 3"],
      ["UPDATE journal SET actor = '' WHERE seq = 2"],
      ["UPDATE journal SET hash = sha256('x') WHERE seq = 4"], ["DELETE FROM journal WHERE seq = 6"],
      [
        "UPDATE journal SET seq = 99 WHERE tenant_id = 1 AND seq = 5", "UPDATE journal SET seq = 5 WHERE seq = 7",
        "UPDATE journal SET seq = 7 WHERE seq = 99",
      ],
      ["UPDATE pool SET available = available - 1, consumed = consumed + 1"], ["UPDATE pool SET uses = 1"],
      ["UPDATE pool SET available_cents = available_cents - 1, reserved_cents = reserved_cents + 1"],
      ["UPDATE attempt SET state = 'passed' WHERE attempt = 2"], ["DELETE FROM attempt WHERE attempt = 7"],
      ["UPDATE attempt SET candidate_seq = candidate_seq + 1"],
      ["UPDATE approval SET principal = 'uid:7'"], ["UPDATE tenant SET last_seq = 7 WHERE tenant_id = 1"],
      ["INSERT INTO hold (tenant_id, hold, pool, until, seats) VALUES (1, 8, 1, '2025-01-01', 1)"],
      ["UPDATE journal SET from_pool = 1 WHERE seq = 1"], ["UPDATE journal SET from_bucket = 'held' WHERE seq = 1"],
      ["UPDATE journal SET to_pool = 1 WHERE seq = 8"], ["UPDATE journal SET answer = 'OK' WHERE seq = 3"],
      ["UPDATE open_pool SET expires = '2030-01-01'"],
      ["DELETE FROM open_pool"], ["INSERT INTO open_pool VALUES (1, '2025-06-30', 99)"],
      ["INSERT INTO sealed_year VALUES (1, 2023, 'ase-entry-level')"],
      ["UPDATE tenant SET last_seq = 9223372036854775807 WHERE tenant_id = 1"],
      ["UPDATE journal SET seq = 9223372036854775807 WHERE seq = 8"],
      ["UPDATE journal SET seats = 9223372036854775807, cents = 9223372036854775807 WHERE kind = 'reserve'"],
      ["UPDATE journal SET seats = 9223372036854775807, cents = 9223372036854775807 WHERE kind = 'purchase'"],
      [
        "UPDATE journal SET seq = seq + 1000000000000000 WHERE seq > 3",
        "UPDATE tenant SET last_seq = 1000000000000008 WHERE tenant_id = 1",
      ],
    ])
  func touched(_ sql: [String]) throws {
    try tamper(sql)
    #expect(try differences() > 0, "\(sql)")
  }

  @Test("heads beyond all counting are found among other tenants' journals")
  func hugeHeads() throws {
    try daemon.ask("tenant.add tenant=u name=U zone=America/New_York")
    try daemon.ask("purchase tenant=u school=district program=ase-entry-level seats=1 unit-price=40.00")
    try tamper(["UPDATE tenant SET last_seq = 9223372036854775807 WHERE tenant_id = 1"])
    let proof = try daemon.ask("verify")
    #expect(proof.hasPrefix("OK entries=") && !proof.contains("differences=0"), "\(proof)")
  }

  @Test("seatctl's exit status tells a job of the night whether anything differs")
  func status() throws {
    func verify(_ arguments: String...) throws -> Int32 {
      try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "verify"] + arguments).status
    }
    #expect(try verify() == 0)
    #expect(try verify("--tenant", "t", "--head", noted) == 0)
    try tamper(["UPDATE journal SET reason = 'c' WHERE seq = 6"])
    #expect(try verify() == 65)
    #expect(try verify("--json") == 65)
  }

  @Test("a tail that is cut off cleanly is found by the head that was noted, and by nothing else")
  func truncated() throws {
    try tamper([
      "DELETE FROM journal WHERE seq = 8", "DELETE FROM approval WHERE approval = 8",
      """
      UPDATE tenant t SET last_seq = j.seq, last_hash = j.hash, recorded_at = j.recorded_at
      FROM journal j WHERE t.tenant_id = 1 AND j.tenant_id = 1 AND j.seq = 7
      """,
    ])
    #expect(try differences() == 0)
    #expect(try differences(" head=\(noted)") == 1)
  }

  @Test("another language comes to the same head, from a CSV export alone")
  func otherLanguage() throws {
    let session = try Connection.open(database.conninfo)
    let ledger = try #require(try session.run("SELECT id FROM ledger").first { $0.text() })
    let export = try run(
      "/usr/bin/env",
      [
        "psql", database.conninfo, "-qc",
        """
        COPY (SELECT seq, kind, from_pool, from_bucket, to_pool, to_bucket, seats, cents, attempt, reverses, effective_at,
          recorded_at, principal, actor, reason, detail, idem, request, answer, encode(hash, 'hex') AS hash
          FROM journal WHERE tenant_id = 1 ORDER BY seq) TO STDOUT (FORMAT csv, HEADER, NULL '\\N')
        """,
      ])
    #expect(export.status == 0, "\(export.errors)")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("chain.py").path
    let chain = try run("/usr/bin/env", ["python3", script, ledger, "t"], input: export.output)
    #expect(chain.output == noted + "\n", "\(chain.errors)")
  }
}
