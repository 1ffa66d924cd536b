import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Schema")
struct SchemaTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase.make()
    let connection = try Connection.open(database.conninfo)
    try Schema.migrate(connection)
    try LedgerIdentity.open(connection, underTestClock: true).seed(connection)
  }

  @Test("migrations are applied once, and an edited or unknown one is refused")
  func migrations() throws {
    let connection = try Connection.open(database.conninfo)
    try Schema.migrate(connection)
    try connection.run("INSERT INTO migration (number, name, checksum) VALUES (999, 'tomorrow', 'x')")
    #expect(throws: SchemaError.self) { try Schema.migrate(connection) }
    try connection.run("DELETE FROM migration WHERE number = 999")
    try connection.run("UPDATE migration SET checksum = 'x'")
    #expect(throws: SchemaError.self) { try Schema.migrate(connection) }
  }

  @Test("a ledger from before the table of open pools gets one, and what a daemon from before opens is in it")
  func openPools() throws {
    let connection = try Connection.open(database.conninfo)
    func pool(_ number: Int, closed: Bool) throws {
      let zeros = Array(repeating: "0", count: 22).joined(separator: ", ")
      try connection.run(
        "INSERT INTO pool VALUES (1, '2025-06-30', \(number), \(zeros), 'seats', \(closed), 'a\(number)', 'p', 'general')"
      )
    }
    func open() throws -> [Int64] {
      try connection.run("SELECT pool FROM open_pool ORDER BY pool").map { $0.integer() }
    }
    for statement in [
      "DROP TABLE open_pool", "DROP FUNCTION open_pool_follows CASCADE",
      "CREATE INDEX pool_due ON pool (expires, tenant_id, pool) WHERE NOT closed",
      "DELETE FROM migration WHERE number IN (5, 6)",
    ] { try connection.run(statement) }
    try pool(1, closed: false)
    try pool(2, closed: true)
    try Schema.migrate(connection)
    #expect(try open() == [1])
    try pool(3, closed: false)
    try connection.run("UPDATE pool SET closed = false WHERE pool = 2")
    #expect(try open() == [1, 2, 3])
    // What it has opened and closed between the table and the triggers is put right with them.
    for statement in ["DROP FUNCTION open_pool_follows CASCADE", "DELETE FROM migration WHERE number = 6"] {
      try connection.run(statement)
    }
    try pool(4, closed: false)
    try connection.run("UPDATE pool SET closed = true WHERE pool = 1")
    try Schema.migrate(connection)
    #expect(try open() == [2, 3, 4])
  }

  @Test("the attempts of a ledger from before they were numbered are numbered, and no two have one number")
  func numberedAttempts() throws {
    let connection = try Connection.open(database.conninfo)
    func attempt(_ number: Int, _ candidate: String, tenant: Int, seq: Int? = nil) throws {
      try connection.run(
        """
        INSERT INTO attempt (tenant_id, attempt, reserved_at, number, year, minutes, state, whole_day, third_try, school,
          candidate, test, program\(seq == nil ? "" : ", candidate_seq"))
        VALUES (\(tenant), \(number), 0, 1, 2024, 60, 'cancelled', false, false, 's', '\(candidate)', 't', 'p'
          \(seq.map { ", \($0)" } ?? ""))
        """)
    }
    for statement in [
      "ALTER TABLE attempt DROP COLUMN candidate_seq", "ALTER TYPE attempt_row DROP ATTRIBUTE candidate_seq",
      "CREATE INDEX attempt_of_candidate ON attempt (tenant_id, candidate)",
      "DELETE FROM migration WHERE number IN (15, 16)",
    ] { try connection.run(statement) }
    for (number, candidate, tenant) in [(7, "a", 1), (3, "a", 1), (5, "b", 1), (9, "a", 1), (4, "a", 2)] {
      try attempt(number, candidate, tenant: tenant)
    }
    try Schema.migrate(connection)
    let numbered = try connection.run("SELECT attempt, candidate_seq FROM attempt ORDER BY attempt").map {
      [$0.integer(), $0.integer()]
    }
    #expect(numbered == [[3, 1], [4, 1], [5, 1], [7, 2], [9, 3]])
    #expect(throws: PostgresError.self) { try attempt(10, "a", tenant: 1, seq: 1) }
  }

  @Test("every primary key begins with tenant_id")
  func keys() throws {
    let connection = try Connection.open(database.conninfo)
    let others = try connection.run(
      """
      SELECT c.conrelid::regclass::text FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace AND a.attname <> 'tenant_id'
      """
    ).map { $0.text() }
    #expect(others == [])
  }

  @Test(
    "the journal refuses to be edited: by privilege, and by trigger whoever asks",
    arguments: [
      "UPDATE journal SET seats = 0", "DELETE FROM journal", "TRUNCATE journal",
    ])
  func appendOnly(_ sql: String) throws {
    for role in ["seatledger_writer", "seatledger_owner"] {
      let session = try Connection.open(database.conninfo)
      try session.run("SET ROLE \(role)")
      do throws(PostgresError) {
        try session.run(sql)
        Issue.record("\(role): \(sql) was not refused")
      } catch {
        guard case .refused(SQLState("42501"), _, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }

  @Test(
    "the tables refuse what the rules forbid",
    arguments: [
      "available = -1, held = 1", "purchased = -1, transferred_in = 1", "third_tries = -1", "uses = -1",
      "available = 1", "available_cents = 5", "reserved = 1, reserved_cents = 1", "purchased = 1",
      "purchased_cents = 1", "purchased_cents = 1, available_cents = 1",
    ])
  func constraints(_ change: String) throws {
    let connection = try Connection.open(database.conninfo)
    try connection.run(
      """
      INSERT INTO pool VALUES (1, '2025-06-30', 1, \(Array(repeating: "0", count: 22).joined(separator: ", ")), 'seats',
        false, 'a', 'p', 'general')
      """)
    do throws(PostgresError) {
      try connection.run("UPDATE pool SET \(change)")
      Issue.record("\(change) was not refused")
    } catch {
      guard case .refused(SQLState("23514"), _, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test(
    "no hot statement scans a table, even while the tables are empty",
    arguments: ["lane", "grants"])
  func plans(_ whose: String) throws {
    let isLane = whose == "lane"
    let hot = isLane ? Load.statements + Save.statements : Credentials.statements
    let session = try SessionSettings.open(
      database.conninfo, isLane ? SessionSettings.writer : SessionSettings.reader, hot)
    var checked = 0
    let statements = try session.run(
      "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements"
    ).map { (name: $0.text(), sql: $0.text(), count: Int($0.integer())) }
    for statement in statements
    where ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(where: { statement.sql.hasPrefix($0) }) {
      let nulls = Array(repeating: "NULL", count: statement.count).joined(separator: ", ")
      let plan = try session.run("EXPLAIN EXECUTE \(statement.name)\(statement.count > 0 ? "(\(nulls))" : "")").map {
        $0.text()
      }
      #expect(
        !plan.contains { $0.contains("Seq Scan") || $0.contains("Gather") || $0.contains("hashed SubPlan") },
        "\(statement.name)\n\(plan.joined(separator: "\n"))")
      checked += 1
    }
    #expect(checked >= hot.count - 4, "all but what begins and ends a transaction")
  }

  @Test("a page of what is due is read in the order of its index, and nothing is sorted for it")
  func due() throws {
    let session = try SessionSettings.open(database.conninfo, SessionSettings.due, Due.questions)
    for (name, index) in [("due_pools", "open_pool_due"), ("due_holds", "hold_due")] {
      let nulls = Array(repeating: "NULL", count: 8).joined(separator: ", ")
      let plan = try session.run("EXPLAIN EXECUTE \(name)(\(nulls))").map { $0.text() }
      #expect(
        plan.contains { $0.contains(index) } && !plan.contains { $0.contains("Sort") },
        "\(plan.joined(separator: "\n"))")
    }
  }

  @Test("what has moved since a moment is sought behind it, not in the whole journal")
  func flows() throws {
    let session = try SessionSettings.open(database.conninfo, SessionSettings.writer, Load.statements)
    let plan = try session.run("EXPLAIN EXECUTE select_flows(NULL, NULL, NULL)").map { $0.text() }
    #expect(
      plan.contains { $0.contains("Index Cond") && $0.contains("GREATEST") }, "\(plan.joined(separator: "\n"))")
  }

  @Test(
    "no session has processes started that help it",
    arguments: [SessionSettings.writer, SessionSettings.reader, SessionSettings.due, SessionSettings.report])
  func alone(_ settings: [String]) throws {
    let session = try SessionSettings.open(database.conninfo, settings, [])
    #expect(try session.run("SHOW max_parallel_workers_per_gather").map { $0.text() } == ["0"])
  }
}
