import Foundation
package import SeatClient

/// A seatledgerd of a test's own: the program that was built, on a socket of its own.
package final class TestDaemon {
  package let directory: String
  package let socket: String
  private let arguments: [String]
  private let umask: String?
  private var process: Process?

  /// - Parameters:
  ///   - database: `nil` for the embedded PostgreSQL.
  ///   - clock: `nil` for the machine's.
  ///   - umask: `nil` for this process's.
  package init(
    database: TestDatabase?, clock: String? = "2024-08-01T09:00:00-04:00", extra: [String] = [], umask: String? = nil
  ) throws {
    directory = "/tmp/seatledger-test-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    socket = "\(directory)/control/socket"
    var arguments = ["--state-directory", "\(directory)/state", "--socket", socket]
    if let database { arguments += ["--database", database.conninfo] }
    if let clock { arguments += ["--test-clock", clock] }
    self.arguments = arguments + extra
    self.umask = umask
    try start()
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(atPath: directory)
  }

  package static func program(_ name: String) -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    // The products stand beside the test bundle, or beside the helper that runs it.
    var directory = tests.deletingLastPathComponent()
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      directory = URL(fileURLWithPath: argument).deletingLastPathComponent()
    }
    return directory.appendingPathComponent(name).path
  }

  package var log: String { (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "" }

  /// Starts the program and waits until it answers.
  ///
  /// - Parameter extra: arguments that are given again, such as another clock.
  package func start(_ extra: [String] = []) throws {
    let path = "\(directory)/log"
    if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program("seatledgerd"))
    process.arguments = arguments + extra
    if let umask {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "umask \(umask); exec \"$0\" \"$@\"", Self.program("seatledgerd")] + arguments + extra
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    process.standardError = handle
    process.standardOutput = handle
    try process.run()
    self.process = process
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end {
      if let connection = try? ControlConnection.open(socket) {
        _ = consume connection
        return
      }
      guard process.isRunning else { throw TestFailure("seatledgerd ended: \(log)") }
      usleep(20_000)
    }
    throw TestFailure("seatledgerd does not answer: \(log)")
  }

  package func kill() {
    guard let process, process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// - Returns: the exit status.
  @discardableResult
  package func stop() -> Int32 {
    guard let process else { return 0 }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    self.process = nil
    return process.terminationStatus
  }

  package func connect() throws -> ControlConnection { try ControlConnection.open(socket) }

  /// Says lines one by one and gathers what comes back, each line behind `C: ` or `S: `.
  package func talk(_ lines: [String]) throws -> [String] {
    var connection = try connect()
    var transcript: [String] = []
    for line in lines {
      transcript.append("C: \(line)")
      try connection.send(line + "\n")
      while true {
        let answer = try connection.readText()
        transcript.append("S: \(answer)")
        let words = answer.split(separator: " ")
        let kind = words.first?.hasPrefix("@") == true ? words.dropFirst().first : words.first
        if kind == "OK" || kind == "ERR" { break }
      }
    }
    return transcript
  }

  /// The last line that a request is answered with.
  @discardableResult
  package func ask(_ line: String) throws -> String { try talk([line]).last.map { String($0.dropFirst(3)) } ?? "" }
}

/// Runs a program to its end.
package func run(_ program: String, _ arguments: [String], input: String = "") throws -> (
  status: Int32, output: String, errors: String
) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  // Files beside one pipe: a program that fills a second one while nobody reads it would wait for ever.
  let files = ["input", "errors"].map { "/tmp/seatledger-test-\(UUID().uuidString.prefix(13)).\($0)" }
  defer { files.forEach { try? FileManager.default.removeItem(atPath: $0) } }
  try input.write(toFile: files[0], atomically: false, encoding: .utf8)
  try "".write(toFile: files[1], atomically: false, encoding: .utf8)
  let output = Pipe()
  process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: files[0]))
  process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
  process.standardOutput = output
  try process.run()
  let text = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (
    process.terminationStatus, String(decoding: text, as: UTF8.self),
    try String(contentsOfFile: files[1], encoding: .utf8)
  )
}
