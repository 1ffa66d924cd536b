internal import Crypto
internal import LedgerSchema
package import Postgres

/// Brings a database to the schema that this program knows.
package enum Schema {
  /// Applies what is missing, one daemon at a time.
  ///
  /// - Throws: `SchemaError` where the database has steps that this program does not know, or others under their names.
  package static func migrate(_ connection: borrowing Connection) throws {
    let encoding = try connection.run("SHOW server_encoding").first { $0.text() } ?? ""
    guard encoding == "UTF8" else { throw SchemaError.encoding(encoding) }
    try connection.run("SELECT pg_advisory_lock(\(lock))")
    try connection.run(Migration.roles)
    // Asked for first: to make it "if it is not there" takes the right to make it, also where it is.
    if try connection.run("SELECT WHERE to_regclass('migration') IS NULL").count > 0 {
      try connection.run(
        """
        CREATE TABLE migration (
          tenant_id integer NOT NULL DEFAULT 0 CHECK (tenant_id = 0), number integer NOT NULL, name text NOT NULL,
          checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant_id, number))
        """)
    }
    let applied = try connection.run("SELECT number, name, checksum FROM migration ORDER BY number").map {
      (number: Int($0.integer()), name: $0.text(), checksum: $0.text())
    }
    for step in applied {
      guard let known = Migration.all.first(where: { $0.number == step.number }) else {
        throw SchemaError.fromTheFuture(step.number)
      }
      guard known.checksum == step.checksum else { throw SchemaError.changed(step.number, step.name) }
    }
    for step in Migration.all where !applied.contains(where: { $0.number == step.number }) {
      let note =
        "INSERT INTO migration (number, name, checksum) VALUES (\(step.number), '\(step.name)', '\(step.checksum)')"
      try connection.runScript("BEGIN;\n\(step.sql);\n\(note);\nCOMMIT;", name: "migration \(step.number)")
    }
    try connection.run("SELECT pg_advisory_unlock(\(lock))")
  }

  /// Any number that is always the same: two daemons on one new database must not both create it.
  private static let lock = 5_391_846_021
}

package enum SchemaError: Error, CustomStringConvertible {
  case fromTheFuture(Int)
  case changed(Int, String)
  case encoding(String)

  package var description: String {
    switch self {
    case .fromTheFuture(let number):
      "the database has migration \(number), which this seatledgerd does not know; run the newer one"
    case .changed(let number, let name):
      "migration \(number) (\(name)) was applied from another text than this seatledgerd has; nothing was changed"
    case .encoding(let encoding):
      "the database is encoded in \(encoding), and names need UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
    }
  }
}

extension Migration {
  fileprivate var checksum: String {
    SHA256.hash(data: Array(sql.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
