import ArgumentParser
import Foundation
import Logging
import SeatProtocol

@main
struct Seatledgerd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seatledgerd",
    abstract: "Keeps the books of exam seats and answers on a Unix socket.",
    discussion: """
      Without --database it runs a PostgreSQL of its own in its state directory. Every option can also be given in the \
      environment, as SEATLEDGER_STATE_DIRECTORY and so on, or in a file of such lines.
      """,
    version: Version.current)

  @Option(help: "Where the daemon and its PostgreSQL keep their files (/var/lib/seatledger).")
  var stateDirectory: String?

  @Option(help: "The control socket (/run/seatledger/control.sock).")
  var socket: String?

  @Option(help: "A PostgreSQL to use instead of the embedded one, as libpq writes it.")
  var database: String?

  @Option(help: ArgumentHelp("Start the clock at this instant; for tests and demonstrations.", valueName: "instant"))
  var testClock: String?

  @Flag(help: "Roll nothing over by itself; the command still does.")
  var noRollover = false

  @Option(help: "Connections at once, of all users (512).")
  var maxConnections: String?

  @Option(help: "Connections at once of one user (128).")
  var maxConnectionsPerUser: String?

  @Option(help: "Seconds until an unfinished line or an unread reply ends its connection (30).")
  var clientTimeout: String?

  @Option(help: "What to log: trace, debug, info, notice, warning, error or critical (info).")
  var logLevel: String?

  @Option(help: "A file of SEATLEDGER_NAME=value lines.")
  var config: String?

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = try settings(environment)
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = settings.logLevel
      return handler
    }
    let log = Logger(label: "seatledgerd")
    for name in Settings.strangers(in: environment) { log.warning("\(name) is no setting and does nothing") }
    try await Daemon(settings: settings, environment: environment, log: log).run()
  }

  private func settings(_ environment: [String: String]) throws -> Settings {
    var options: [Settings.Name: String] = [:]
    options[.stateDirectory] = stateDirectory
    options[.socket] = socket
    options[.database] = database
    options[.testClock] = testClock
    options[.maxConnections] = maxConnections
    options[.maxConnectionsPerUser] = maxConnectionsPerUser
    options[.clientTimeout] = clientTimeout
    options[.logLevel] = logLevel
    if noRollover { options[.noRollover] = "yes" }
    do {
      let file = try (config ?? environment["SEATLEDGER_CONFIG"]).map(read)
      return try Settings(options: options, environment: environment, file: file)
    } catch let error as SettingsError {
      throw ValidationError(error.description)
    }
  }

  private func read(_ path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw SettingsError("the configuration file \(path) cannot be read")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
