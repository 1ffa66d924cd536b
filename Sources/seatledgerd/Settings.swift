import Foundation
import LedgerServer
import Logging
import SeatLedger

/// What the daemon was told: by its options, else by the environment, else by its file.
struct Settings {
  let stateDirectory: String
  let socket: String
  /// Where PostgreSQL is; `nil` for the embedded one.
  let database: String?
  let testClock: Instant?
  let rollsOver: Bool
  let limits: ConnectionLimits
  let logLevel: Logger.Level

  /// Every setting's name, as an option and in the environment.
  enum Name: String, CaseIterable {
    case stateDirectory = "state-directory"
    case socket
    case database
    case testClock = "test-clock"
    case noRollover = "no-rollover"
    case maxConnections = "max-connections"
    case maxConnectionsPerUser = "max-connections-per-user"
    case clientTimeout = "client-timeout"
    case logLevel = "log-level"

    var variable: String { "SEATLEDGER_" + rawValue.uppercased().replacingOccurrences(of: "-", with: "_") }
  }

  /// Variables that look like settings and are none: a slip in the name of the database would make a new ledger.
  static func strangers(in environment: [String: String]) -> [String] {
    // The file's own, and what seatctl takes.
    let known = Set(Name.allCases.map(\.variable) + ["SEATLEDGER_CONFIG", "SEATLEDGER_TOKEN"])
    return environment.keys.filter { $0.hasPrefix("SEATLEDGER_") && !known.contains($0) }.sorted()
  }

  /// - Parameters:
  ///   - options: what the command line says.
  ///   - file: the text of a file of `SEATLEDGER_NAME=value` lines, as systemd's EnvironmentFile takes them.
  init(options: [Name: String], environment: [String: String], file: String?) throws {
    let filed = try file.map(Self.read) ?? [:]
    func setting(_ name: Name) -> String? { options[name] ?? environment[name.variable] ?? filed[name.variable] }
    func count(_ name: Name, default standard: Int) throws -> Int {
      guard let text = setting(name) else { return standard }
      guard let count = Int(text), (1...100_000).contains(count) else {
        throw SettingsError("\(name.rawValue) takes a whole number from 1 to 100000, not \(text)")
      }
      return count
    }
    // Whether seats expire by themselves is not to be guessed.
    func flag(_ name: Name) throws -> Bool {
      switch setting(name)?.lowercased() {
      case "1", "yes", "true", "on": return true
      case nil, "", "0", "no", "false", "off": return false
      case let text?: throw SettingsError("\(name.rawValue) takes yes or no, not \(text)")
      }
    }
    stateDirectory = URL(fileURLWithPath: setting(.stateDirectory) ?? "/var/lib/seatledger").standardizedFileURL.path
    socket = setting(.socket) ?? "/run/seatledger/control.sock"
    database = setting(.database)
    testClock = try setting(.testClock).map(Self.instant)
    rollsOver = try !flag(.noRollover)
    limits = ConnectionLimits(
      all: try count(.maxConnections, default: ConnectionLimits.standard.all),
      perUser: try count(.maxConnectionsPerUser, default: ConnectionLimits.standard.perUser),
      patienceSeconds: try count(.clientTimeout, default: ConnectionLimits.standard.patienceSeconds))
    logLevel = try setting(.logLevel).map(Self.level) ?? .info
  }

  private static func instant(_ text: String) throws -> Instant {
    guard let instant = Moment(text)?.universal else {
      throw SettingsError(
        "test-clock takes an instant like 2025-06-30T23:59:50-04:00, in UTC without an offset, not \(text)")
    }
    return instant
  }

  private static func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingsError("log-level takes one of \(levels), not \(text)")
    }
    return level
  }

  private static func read(_ file: String) throws -> [String: String] {
    var settings: [String: String] = [:]
    for (index, line) in file.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard let name = parts.first, Name.allCases.contains(where: { $0.variable == name }) else {
        throw SettingsError("line \(index + 1) of the configuration file names no setting: \(line)")
      }
      settings[name] = parts.count > 1 ? unquoted(parts[1]) : ""
    }
    return settings
  }

  /// Quotes count around the whole of a value alone: `host=db password='a b'` keeps its own.
  private static func unquoted(_ value: String) -> String {
    guard value.count > 1, let quote = value.first, quote == value.last, quote == "\"" || quote == "'" else {
      return value
    }
    return String(value.dropFirst().dropLast())
  }
}

struct SettingsError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
