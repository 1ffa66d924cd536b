import Foundation
import TestSupport
import Testing

/// What goes on until it is interrupted.
@Suite("Watching", .serialized)
struct WatchingTests {
  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make())
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    try daemon.ask("purchase tenant=t school=district program=ase-entry-level seats=2000 unit-price=40.00")
  }

  @Test("seatctl watch prints each entry once, and goes on where it was when the daemon comes back")
  func watch() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("seatctl"))
    process.arguments = ["--socket", daemon.socket, "watch", "--tenant", "t", "--since", "1"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // A test's children may inherit signals that are blocked.
    defer { kill(process.processIdentifier, SIGKILL) }
    var lines: [String] = []
    var rest = ""
    /// Reads until so many lines have come.
    func read(_ count: Int) {
      while lines.count < count {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { return }
        rest += String(decoding: data, as: UTF8.self)
        var parts = rest.components(separatedBy: "\n")
        rest = parts.removeLast()
        lines += parts
      }
    }
    read(2)
    try daemon.ask("reserve tenant=t school=district candidate=k1 test=brakes")
    read(3)
    daemon.kill()
    try daemon.start()
    try daemon.ask("reserve tenant=t school=district candidate=k2 test=brakes")
    read(4)
    #expect(
      lines.map { $0.prefix { $0 != "\t" } } == ["seq", "1", "2", "3"], "a header, and what stands under it: \(lines)")
    #expect(lines.last?.contains("\treserve\t") == true)
  }

  @Test("--watch shows a balance again when an entry has changed it")
  func redraw() throws {
    let steps = [
      (shows: "available        2,000", thenAsk: "reserve tenant=t school=district candidate=k1 test=brakes"),
      (shows: "available        1,999", thenAsk: "reserve tenant=t school=district candidate=k2 test=brakes"),
      (shows: "available        1,998", thenAsk: "ping"),
    ]
    let shown = try run(
      TestDaemon.program("seatctl"), ["balance", "--tenant", "t", "--watch"], columns: 80, socket: daemon.socket,
      steps: steps)
    #expect(shown == steps.count)
  }
}
