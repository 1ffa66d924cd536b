import Foundation
import Postgres
import SeatClient
import TestSupport
import Testing

/// A daemon's first start, and what stands in its way.
@Suite("Beginning", .timeLimit(.minutes(3)))
struct BeginningTests {
  private static func directory() throws -> String {
    let directory = "/tmp/seatledger-test-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    return directory
  }

  private static func begin(
    _ directory: String, socket: String? = nil, by command: [String] = [TestDaemon.program("seatledgerd")]
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      command + ["--state-directory", "\(directory)/state", "--socket", socket ?? "\(directory)/control/socket"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  @Test("told to stop while it makes its cluster, it stops in peace, and the next start works")
  func stoppedEarly() throws {
    let directory = try Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let first = try Self.begin(directory)
    while first.isRunning, !FileManager.default.fileExists(atPath: "\(directory)/state/postgres/data.new/PG_VERSION") {
      usleep(1_000)
    }
    first.terminate()
    first.waitUntilExit()
    #expect(first.terminationReason == .exit && first.terminationStatus == 0)
    #expect(!FileManager.default.fileExists(atPath: "\(directory)/state/postgres/data"))
    #expect(!FileManager.default.fileExists(atPath: "\(directory)/control/socket"))

    let second = try Self.begin(directory)
    while second.isRunning, (try? ControlConnection.open("\(directory)/control/socket")) == nil { usleep(10_000) }
    #expect(FileManager.default.fileExists(atPath: "\(directory)/state/postgres/.s.PGSQL.5432"))
    second.terminate()
    second.waitUntilExit()
    #expect(second.terminationReason == .exit && second.terminationStatus == 0)
  }

  /// The tests themselves often run as root, for whom PostgreSQL is started another way.
  @Test("an ordinary user's daemon makes its cluster, too, and that user and root are its operators")
  func ordinaryUser() throws {
    let directory = try Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var command = [TestDaemon.program("seatledgerd")]
    var client = [TestDaemon.program("seatctl")]
    if geteuid() == 0 {
      // Every Debian that has PostgreSQL has this user, who need not be able to look into the folder of the build.
      let user = try #require(getpwnam("postgres"))
      try FileManager.default.setAttributes(
        [.ownerAccountID: Int(user.pointee.pw_uid), .groupOwnerAccountID: Int(user.pointee.pw_gid)],
        ofItemAtPath: directory)
      let become = ["setpriv", "--reuid=\(user.pointee.pw_uid)", "--regid=\(user.pointee.pw_gid)", "--clear-groups"]
      for program in ["seatledgerd", "seatctl"] {
        try FileManager.default.copyItem(atPath: TestDaemon.program(program), toPath: "\(directory)/\(program)")
      }
      command = become + ["\(directory)/seatledgerd"]
      client = become + ["\(directory)/seatctl"]
    }
    let daemon = try Self.begin(directory, by: command)
    while daemon.isRunning, (try? ControlConnection.open("\(directory)/control/socket")) == nil { usleep(10_000) }
    let asked = try run("/usr/bin/env", client + ["--socket", "\(directory)/control/socket", "whoami"])
    #expect(asked.status == 0 && asked.output.contains("operator"), "\(asked)")
    daemon.terminate()
    daemon.waitUntilExit()
    #expect(daemon.terminationReason == .exit && daemon.terminationStatus == 0)
  }

  @Test("of what stands where its PostgreSQL's files should be, nothing is written to, told to stop or given away")
  func strangers() throws {
    let directory = try Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    func live(_ body: () throws -> Void) throws {
      let daemon = try Self.begin(directory)
      while daemon.isRunning, (try? ControlConnection.open("\(directory)/control/socket")) == nil { usleep(10_000) }
      try body()
      daemon.terminate()
      daemon.waitUntilExit()
      #expect(daemon.terminationReason == .exit && daemon.terminationStatus == 0)
    }
    try live {}
    let data = "\(directory)/state/postgres/data"
    // A number that was the server's before the machine lost its power, and is somebody else's now.
    let stranger = Process()
    stranger.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // A test's children may inherit signals that are blocked.
    let sleep = "import signal, time; signal.pthread_sigmask(signal.SIG_SETMASK, []); time.sleep(600)"
    stranger.arguments = ["python3", "-c", sleep]
    stranger.standardOutput = FileHandle.nullDevice
    stranger.standardError = FileHandle.nullDevice
    try stranger.run()
    defer { kill(stranger.processIdentifier, SIGKILL) }
    try "\(stranger.processIdentifier)\n\(data)\n".write(
      toFile: "\(data)/postmaster.pid", atomically: true, encoding: .utf8)
    // And a link where a setting file is written with every start.
    let precious = "\(directory)/precious"
    try "mine".write(toFile: precious, atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: "\(data)/seatledger.conf")
    try FileManager.default.createSymbolicLink(atPath: "\(data)/seatledger.conf", withDestinationPath: precious)
    try live {}
    #expect(try String(contentsOfFile: precious, encoding: .utf8) == "mine")
    #expect(stranger.isRunning)
  }

  @Test("a file that stands where the socket should be is left as it is")
  func file() throws {
    let directory = try Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/notes"
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    let (status, _, errors) = try run(
      TestDaemon.program("seatledgerd"), ["--state-directory", "\(directory)/state", "--socket", path])
    #expect(status != 0 && errors.contains("\(path): there is a file that is no socket"), "\(errors)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test("a value of the configuration file keeps its own quotes, and loses those around the whole of it")
  func quotes() throws {
    let database = try TestDatabase.make()
    let session = try Connection.open(database.conninfo)
    #expect(database.conninfo.hasSuffix("'"))
    for (line, tenants) in [(database.conninfo, 1), ("\"\(database.conninfo)\"", 2)] {
      let file = "/tmp/seatledger-test-\(UUID().uuidString.prefix(13)).conf"
      try "SEATLEDGER_DATABASE=\(line)\n".write(toFile: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: file) }
      let daemon = try TestDaemon(database: nil, extra: ["--config", file])
      try daemon.ask("tenant.add tenant=t\(tenants) name=T zone=UTC")
      #expect(try session.run("SELECT FROM tenant WHERE tenant_id <> 0").count == tenants)
    }
  }

  @Test("a variable that is almost a setting is told")
  func almostASetting() throws {
    let (_, _, errors) = try run(
      "/usr/bin/env",
      ["SEATLEDGER_DATABSE=host=/x", TestDaemon.program("seatledgerd"), "--state-directory", "/dev/null/state"])
    #expect(errors.contains("SEATLEDGER_DATABSE is no setting"), "\(errors)")
  }

  @Test(
    "a setting that is not understood is never guessed",
    arguments: [
      ("SEATLEDGER_NO_ROLLOVER", "perhaps", "no-rollover takes yes or no, not perhaps"),
      ("SEATLEDGER_LOG_LEVEL", "loud", "log-level takes one of "),
      ("SEATLEDGER_MAX_CONNECTIONS", "0", "max-connections takes a whole number from 1 to 100000, not 0"),
      ("SEATLEDGER_TEST_CLOCK", "2025-06-30", "test-clock takes an instant like 2025-06-30T23:59:50-04:00"),
      ("SEATLEDGER_CONFIG", "/nonexistent", "the configuration file /nonexistent cannot be read"),
    ])
  func settings(_ name: String, _ value: String, _ told: String) throws {
    let (status, _, errors) = try run("/usr/bin/env", ["\(name)=\(value)", TestDaemon.program("seatledgerd")])
    #expect(status == 64 && errors.contains(told), "\(status): \(errors)")
  }
}
