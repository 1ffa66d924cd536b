import Foundation
import TestSupport
import Testing

@Suite("Deploy")
struct DeployTests {
  private static let deploy = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Deploy").path

  /// The units as an administrator installs them, with programs that exist.
  private static func staged() throws -> String {
    let directory = NSTemporaryDirectory() + "seatledger-units-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for file in try FileManager.default.contentsOfDirectory(atPath: deploy)
    where file.hasPrefix("seatledger.") || file.hasPrefix("seatledger-") {
      let text = try String(contentsOfFile: "\(deploy)/\(file)", encoding: .utf8)
        .replacingOccurrences(of: "/usr/bin/seatledgerd", with: "/bin/true")
        .replacingOccurrences(of: "/usr/bin/seatctl", with: "/bin/true")
        .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Documentation=man:") }
        .joined(separator: "\n")
      try text.write(toFile: "\(directory)/\(file)", atomically: false, encoding: .utf8)
    }
    return directory
  }

  @Test(
    "systemd accepts the units",
    arguments: [
      "seatledger.service", "seatledger.socket", "seatledger-rollover.service", "seatledger-rollover.timer",
    ])
  func units(_ unit: String) throws {
    let directory = try Self.staged()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let result = try run("/usr/bin/systemd-analyze", ["verify", "--man=no", "\(directory)/\(unit)"])
    #expect(result.status == 0 && !result.errors.contains("seatledger"), "\(result.errors)")
  }

  @Test("systemd accepts the users and the directories")
  func users() throws {
    let directory = try Self.staged()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let root = "\(directory)/root"
    try FileManager.default.createDirectory(atPath: "\(root)/etc", withIntermediateDirectories: true)
    let users = try run("/usr/bin/systemd-sysusers", ["--root=\(root)", "\(directory)/seatledger.sysusers"])
    #expect(users.status == 0, "\(users.errors)")
    let passwd = try String(contentsOfFile: "\(root)/etc/passwd", encoding: .utf8)
    #expect(passwd.contains("seatledger:"))
    let files = try run(
      "/usr/bin/systemd-tmpfiles", ["--root=\(root)", "--create", "\(directory)/seatledger.tmpfiles"])
    #expect(files.status == 0 && FileManager.default.fileExists(atPath: "\(root)/run/seatledger"), "\(files.errors)")
  }

  @Test("Deploy/install puts programs, pages, completions and units in their places, and each of them is sound")
  func install() throws {
    let root = NSTemporaryDirectory() + "seatledger-root-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let programs = URL(fileURLWithPath: TestDaemon.program("seatctl")).deletingLastPathComponent().path
    let installed = try run("/usr/bin/env", ["SEATLEDGER_PROGRAMS=\(programs)", "\(Self.deploy)/install", root])
    #expect(installed.status == 0, "\(installed.errors)")
    for unit in ["seatledger.service", "seatledger.socket", "seatledger-rollover.service", "seatledger-rollover.timer"]
    {
      #expect(FileManager.default.fileExists(atPath: "\(root)/etc/systemd/system/\(unit)"))
    }
    #expect(try run("\(root)/usr/bin/seatctl", ["help"]).status == 0)
    let checks = [
      ["mandoc", "-T", "lint", "-W", "warning", "\(root)/usr/share/man/man1/seatctl.1"],
      ["mandoc", "-T", "lint", "-W", "warning", "\(root)/usr/share/man/man8/seatledgerd.8"],
      ["bash", "-n", "\(root)/usr/share/bash-completion/completions/seatctl"],
      ["zsh", "-n", "\(root)/usr/share/zsh/vendor-completions/_seatctl"],
      ["fish", "-n", "\(root)/usr/share/fish/vendor_completions.d/seatctl.fish"],
    ]
    for check in checks {
      let result = try run("/usr/bin/env", check)
      #expect(result.status == 0, "\(check): \(result.output)\(result.errors)")
    }
    let page = try run("/usr/bin/env", ["mandoc", "-T", "ascii", "\(root)/usr/share/man/man8/seatledgerd.8"]).output
      .replacingOccurrences(of: "[^\n]\u{8}", with: "", options: .regularExpression)
    let help = try run("\(root)/usr/bin/seatledgerd", ["--help"]).output
    let options = help.split(whereSeparator: { " \n[]".contains($0) }).filter {
      $0.hasPrefix("--") && $0 != "--help" && $0 != "--version"
    }
    #expect(options.count > 5)
    for option in Set(options.map { $0.trimmingCharacters(in: .punctuationCharacters.subtracting(["-"])) }) {
      #expect(page.contains(option), "\(option)")
    }
  }

  @Test("fish completes what bash completes")
  func completions() throws {
    let root = NSTemporaryDirectory() + "seatledger-fish-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let script = try run(TestDaemon.program("seatctl"), ["completion", "fish"]).output
    try script.write(toFile: "\(root)/seatctl.fish", atomically: false, encoding: .utf8)
    let told = try run(
      "/usr/bin/env", ["HOME=\(root)", "fish", "-c", "source \(root)/seatctl.fish; complete -C 'seatctl costs --by '"])
    #expect(
      Set(told.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }) == ["school", "fund", "program"],
      "\(told)")
  }

  @Test("the daemon takes its socket from the service manager, tells it how it is, and leaves the socket alone")
  func socketActivation() throws {
    let directory = "/tmp/seatledger-activation-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    // What systemd does, in a few lines: listen, hand over descriptor 3, and hear READY, WATCHDOG and STOPPING.
    let script = """
      import os, socket, sys
      d, daemon, database = sys.argv[1:4]
      s = socket.socket(socket.AF_UNIX); s.bind(d + "/control"); s.listen(8)
      n = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); n.bind(d + "/notify"); n.settimeout(60)
      pid = os.fork()
      if pid == 0:
        os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=d + "/notify", WATCHDOG_USEC="200000")
        os.execv(daemon, [daemon, "--database", database, "--test-clock", "2024-08-01T09:00:00Z"])
      heard = [n.recv(99).decode(), n.recv(99).decode()]
      c = socket.socket(socket.AF_UNIX); c.connect(d + "/control"); c.sendall(b"ping\\n"); c.shutdown(socket.SHUT_WR)
      answer = b""
      while True:
        more = c.recv(999)
        if not more: break
        answer += more
      os.kill(pid, 15)
      while heard[-1] != "STOPPING=1": heard.append(n.recv(99).decode())
      _, status = os.waitpid(pid, 0)
      print(heard[0], heard[1], heard[-1], answer.decode().split("\\n")[1], status, os.path.exists(d + "/control"))
      """
    let result = try run(
      "/usr/bin/env",
      ["python3", "-c", script, directory, TestDaemon.program("seatledgerd"), try TestDatabase.make().conninfo])
    #expect(result.output == "READY=1 WATCHDOG=1 STOPPING=1 OK 0 True\n", "\(result.errors.suffix(600))")
  }
}
