import Foundation
internal import Postgres

/// A database of a test's own in the PostgreSQL that Scripts/test has started.
package struct TestDatabase: Sendable {
  package let conninfo: String

  /// - Throws: where no PostgreSQL was started beside the tests.
  package static func make() throws -> TestDatabase {
    guard let directory = ProcessInfo.processInfo.environment["SEATLEDGER_TEST_POSTGRES"] else {
      throw TestFailure("these tests need a PostgreSQL: run them with Scripts/test")
    }
    let name = "test_\(UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: ""))"
    func conninfo(_ database: String) -> String {
      Conninfo.text([("host", directory), ("dbname", database), ("user", NSUserName())])
    }
    try Connection.open(conninfo("postgres")).run("CREATE DATABASE \(name)")
    return TestDatabase(conninfo: conninfo(name))
  }
}

package struct TestFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
