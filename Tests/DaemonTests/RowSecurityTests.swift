import Foundation
import LedgerStore
import Postgres
import TestSupport
import Testing

/// What each role of the database can do, tried as that role.
@Suite("Row security")
struct RowSecurityTests {
  private let database: TestDatabase
  private let daemon: TestDaemon

  init() throws {
    database = try TestDatabase.make()
    daemon = try TestDaemon(database: database)
    for tenant in ["wake", "durham"] {
      try daemon.ask("tenant.add tenant=\(tenant) name=T zone=America/New_York")
      try daemon.ask("purchase tenant=\(tenant) school=district program=ase-entry-level seats=3 unit-price=40.00")
      try daemon.ask("reserve tenant=\(tenant) school=district candidate=k1 test=brakes")
      try daemon.ask("approve tenant=\(tenant) school=district candidate=k1 test=brakes reason=yes")
      try daemon.ask(
        "hold tenant=\(tenant) school=district program=ase-entry-level year=2024-2025 seats=1 until=2024-08-31")
    }
    try daemon.ask("clock.set at=2025-07-02T09:00:00-04:00")
    #expect(try daemon.ask("rollover").hasPrefix("OK"))
    for tenant in ["wake", "durham"] {
      #expect(try daemon.ask("year.seal tenant=\(tenant) program=ase-entry-level year=2024-2025").hasPrefix("OK"))
    }
  }

  /// The rows that a role counts; `nil` where it is not let in.
  private func count(_ table: String, as role: String, with settings: [String] = []) throws -> Int64? {
    let session = try Connection.open(database.conninfo)
    for setting in settings { try session.run(setting) }
    try session.run("SET ROLE \(role)")
    do throws(PostgresError) {
      return try session.run("SELECT count(*) FROM \(table)").first { $0.integer() }
    } catch {
      guard case .refused(SQLState("42501"), _, _) = error else { throw error }
      return nil
    }
  }

  private static let business = ["journal", "pool", "attempt", "approval", "hold", "sealed_year", "school"]

  @Test("the reader sees the tenants that its transaction is for, and no others", arguments: business)
  func reader(_ table: String) throws {
    #expect(try count(table, as: "seatledger_reader") == 0)
    let all = try #require(try count(table, as: "seatledger_auditor"))
    #expect(all > 0)
    let one = try count(table, as: "seatledger_reader", with: ["SET seatledger.tenants = '{1}'"])
    #expect(one == all / 2)
  }

  @Test("a district's own role sees its own tenant, whatever it sets", arguments: business)
  func district(_ table: String) throws {
    let role = "sql_\(UUID().uuidString.prefix(8).lowercased())"
    let owner = try Connection.open(database.conninfo)
    try owner.run("CREATE ROLE \(role)")
    try owner.run("GRANT seatledger_district TO \(role)")
    defer { _ = try? owner.run("DROP ROLE \(role)") }
    #expect(try count(table, as: role) == 0, "nobody has let it in")
    try owner.run("INSERT INTO sql_access SELECT tenant_id, '\(role)' FROM tenant WHERE code = 'wake'")
    let all = try #require(try count(table, as: "seatledger_auditor"))
    #expect(try count(table, as: role) == all / 2)
    #expect(try count(table, as: role, with: ["SET seatledger.tenants = '{1,2}'"]) == all / 2)
    #expect(try count("tenant", as: role) == 1)
    #expect(try count(table, as: "seatledger_district") == 0, "the group itself is nobody")
    for secret in ["token", "access_grant", "audit", "open_pool"] { #expect(try count(secret, as: role) == nil) }
  }

  @Test(
    "the writer changes what changes in a row's life, and nothing else",
    arguments: [
      ("tenant", "code", "last_audit"), ("tenant", "zone", "last_seq"), ("pool", "school", "uses"),
      ("attempt", "candidate", "minutes"), ("approval", "principal", "used_by"), ("token", "secret_hash", "revoked_at"),
      ("hold", "pool", "seats"),
    ])
  func writer(_ table: String, _ fixed: String, _ changing: String) throws {
    let session = try Connection.open(database.conninfo)
    try session.run("SET ROLE seatledger_writer")
    #expect(throws: PostgresError.self) { try session.run("UPDATE \(table) SET \(fixed) = \(fixed)") }
    try session.run("UPDATE \(table) SET \(changing) = \(changing)")
  }

  @Test("the owner of the tables reads none of them", arguments: business)
  func owner(_ table: String) throws { #expect(try count(table, as: "seatledger_owner") == 0) }

  @Test(
    "what each role may not do",
    arguments: [
      ("seatledger_writer", "UPDATE journal SET seats = 0"), ("seatledger_writer", "DELETE FROM journal"),
      ("seatledger_writer", "TRUNCATE journal"), ("seatledger_writer", "DELETE FROM pool"),
      ("seatledger_writer", "DROP TABLE journal"), ("seatledger_writer", "ALTER TABLE journal DISABLE TRIGGER ALL"),
      ("seatledger_writer", "INSERT INTO sql_access VALUES (1, 'seatledger_writer')"),
      ("seatledger_reader", "UPDATE pool SET available = 9"),
      ("seatledger_reader", "INSERT INTO school VALUES (1, 'x', 'x')"),
      ("seatledger_auditor", "UPDATE pool SET available = 9"), ("seatledger_district", "DELETE FROM attempt"),
      ("seatledger_district", "INSERT INTO sql_access VALUES (1, 'seatledger_district')"),
    ])
  func refused(_ role: String, _ sql: String) throws {
    let session = try Connection.open(database.conninfo)
    try session.run("SET ROLE \(role)")
    do throws(PostgresError) {
      try session.run(sql)
      Issue.record("\(role): \(sql) was not refused")
    } catch {
      guard case .refused(SQLState("42501"), _, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}
