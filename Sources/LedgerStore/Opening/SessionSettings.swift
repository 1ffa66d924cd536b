package import Postgres

/// What a session of ours sets before its first statement.
package enum SessionSettings {
  /// Sessions that take locks and commit.
  package static let writer = bounded + planned + ["SET ROLE seatledger_writer"]

  /// Sessions that answer requests: they see the tenants of their transaction (`Load.forTenants`).
  package static let reader =
    bounded + planned + ["SET default_transaction_read_only = on", "SET ROLE seatledger_reader"]

  /// Sessions that list what is due of all tenants: no hurry.
  package static let due =
    patient + planned + ["SET default_transaction_read_only = on", "SET ROLE seatledger_auditor"]

  /// Sessions that sum whole years, of any tenant: other plans, too.
  package static let report = patient + proof

  /// Sessions that read whole journals, for as long as that takes.
  package static let proof = alone + ["SET default_transaction_read_only = on", "SET ROLE seatledger_auditor"]

  /// A stopped daemon must not hold a tenant, and a statement ends before whoever waits for its answer gives the
  /// connection up (`Save.deadline`, `Connection.exchange`), so that its outcome is known.
  private static let bounded = [
    "SET idle_in_transaction_session_timeout = '5s'", "SET lock_timeout = '10s'", "SET statement_timeout = '15s'",
  ]

  /// The same where nothing is held: the daemon gives such a question up after half a minute and asks again, and a backend
  /// that went on meanwhile would be one of more and more.
  private static let patient = ["SET statement_timeout = '25s'"]

  /// A plan made on an empty table must be the one for a full table, too: `unnest` joins would otherwise keep a
  /// sequential scan until the next ANALYZE, and a page of what is due would sort all of it.
  private static let planned =
    alone + [
      "SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off", "SET enable_hashjoin = off",
      "SET enable_mergejoin = off", "SET enable_bitmapscan = off",
    ]

  /// To compile a statement, or to start processes that help with it, takes longer than most of ours run: a page of a
  /// statement took 13 ms with such a process and 2 without, measured over a million entries. Dates are written in one
  /// way, whatever the server's.
  private static let alone = [
    "SET jit = off", "SET max_parallel_workers_per_gather = 0", "SET datestyle = ISO",
  ]

  /// Opens a session with its settings, its statements prepared.
  package static func open(
    _ conninfo: String, _ settings: [String], _ statements: [Statement]
  ) throws(PostgresError) -> Connection {
    var connection = try Connection.open(conninfo)
    for setting in settings { try connection.run(setting) }
    try connection.learnRowTypes()
    try connection.prepare(statements)
    return connection
  }
}
