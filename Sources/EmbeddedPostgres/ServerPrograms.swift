internal import Foundation
internal import Subprocess
internal import SystemPackage

/// PostgreSQL's server programs, wherever this machine keeps them.
struct ServerPrograms: Sendable {
  let directory: String
  let majorVersion: Int

  var initdb: String { "\(directory)/initdb" }
  var pgCtl: String { "\(directory)/pg_ctl" }

  /// - Parameter majorVersion: the one that a data directory was made with; the newest where there is none yet.
  static func find(majorVersion: Int?) async throws(EmbeddedPostgresError) -> ServerPrograms {
    var found: [ServerPrograms] = []
    for directory in await candidates() {
      guard FileManager.default.isExecutableFile(atPath: "\(directory)/initdb"),
        let version = await version(in: directory)
      else { continue }
      found.append(ServerPrograms(directory: directory, majorVersion: version))
    }
    if let majorVersion {
      if let programs = found.first(where: { $0.majorVersion == majorVersion }) { return programs }
      throw .failed("the state directory was made by PostgreSQL \(majorVersion), which is not installed here")
    }
    guard let newest = found.max(by: { $0.majorVersion < $1.majorVersion }) else {
      throw .failed("no PostgreSQL server is installed here; on Debian: apt-get install postgresql")
    }
    return newest
  }

  /// What pg_config says, where Debian puts every version, and the search path.
  private static func candidates() async -> [String] {
    var directories: [String] = []
    if let own = try? await run(.name("pg_config"), arguments: ["--bindir"], output: .string(limit: 4_096))
      .standardOutput
    {
      directories.append(own.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    let debian = "/usr/lib/postgresql"
    for version in (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? [] {
      directories.append("\(debian)/\(version)/bin")
    }
    directories += (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return directories
  }

  private static func version(in directory: String) async -> Int? {
    let path = FilePath("\(directory)/postgres")
    guard let text = try? await run(.path(path), arguments: ["--version"], output: .string(limit: 4_096)).standardOutput
    else { return nil }
    return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }
}

/// Why there is no embedded PostgreSQL.
package enum EmbeddedPostgresError: Error, CustomStringConvertible {
  case failed(String)

  package var description: String {
    switch self {
    case .failed(let what): what
    }
  }
}
