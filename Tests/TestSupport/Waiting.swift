import Foundation

/// Looks again and again until what is waited for is there; a test that waits for ever tells nothing.
package func wait(
  for what: String, seconds: Double = 120, every microseconds: UInt32 = 5_000, _ isThere: () throws -> Bool
) throws {
  let end = Date(timeIntervalSinceNow: seconds)
  while try !isThere() {
    guard Date() < end else { throw TestFailure("never came: \(what)") }
    usleep(microseconds)
  }
}

extension TestDaemon {
  /// The postmaster of the daemon's own PostgreSQL, as its file says.
  private var postmaster: Int32? {
    let file = "\(directory)/state/postgres/data/postmaster.pid"
    return (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { Int32($0) }
  }

  /// Kills the daemon's own PostgreSQL.
  ///
  /// - Returns: the process that was killed.
  @discardableResult
  package func killPostgres() throws -> Int32 {
    guard let old = postmaster else { throw TestFailure("no postmaster") }
    Foundation.kill(old, SIGKILL)
    return old
  }

  /// Kills the daemon's own PostgreSQL and waits until the daemon has restarted it.
  package func restartPostgresByForce() throws {
    let old = try killPostgres()
    try wait(for: "another postmaster") { postmaster.map { $0 != old } ?? false }
    try wait(for: "the database") { try ask("status").contains("database=up") }
  }
}
