import Foundation
import SeatClient
import TestSupport
import Testing

@Suite("Framing")
struct FramingTests {
  private let daemon: TestDaemon

  init() throws { daemon = try TestDaemon(database: try TestDatabase.make()) }

  /// Sends bytes, says that no more come, and reads to the end.
  private func exchange(_ text: String) throws -> [String] {
    var connection = try daemon.connect()
    try connection.send(text)
    connection.finishSending()
    var lines: [String] = []
    while let line = try? connection.readText() { lines.append(line) }
    return lines
  }

  @Test("a client that sends and closes gets every answer, in order")
  func halfClosed() throws {
    let count = 3_000
    let lines = try exchange((0..<count).map { "@t\($0) ping\n" }.joined())
    #expect(lines == (0..<count).map { "@t\($0) OK" })
  }

  @Test("more short lines than may be in flight, all in one read")
  func manyShortLines() throws {
    let count = 20_000
    #expect(try exchange(String(repeating: "ping\n", count: count)) == Array(repeating: "OK", count: count))
  }

  @Test("an unfinished line is never run")
  func unterminated() throws {
    let lines = try exchange("ping\ntenant.add tenant=t name=T zone=UTC")
    #expect(lines.count == 2 && lines[0] == "OK" && lines[1].hasPrefix("ERR syntax.unterminated-line"))
    #expect(try daemon.ask("balance tenant=t").hasPrefix("ERR notfound.tenant"))
  }

  @Test("a line is at most 8,192 bytes with its end; a longer one is skipped and the next one works")
  func longLines() throws {
    func line(_ length: Int) -> String { "ping" + String(repeating: " ", count: length - 5) + "\n" }
    let lines = try exchange(line(8_192) + line(8_193) + line(300_000) + "ping\n")
    #expect(lines.map { String($0.prefix(23)) } == ["OK", "ERR limit.line-too-long", "ERR limit.line-too-long", "OK"])
  }

  @Test("a line that cannot be taken is answered once, under its tag, if all of that has come")
  func tags() throws {
    let long = String(repeating: "x", count: 9_000)
    #expect(
      try exchange("@q \(long)\n@r ping").map { String($0.prefix(27)) } == [
        "@q ERR limit.line-too-long ", "@r ERR syntax.unterminated-",
      ])
    #expect(try exchange("@q \(long)").map { String($0.prefix(27)) } == ["@q ERR limit.line-too-long "])
    #expect(try exchange("@q").map { String($0.prefix(28)) } == ["ERR syntax.unterminated-line"])
  }

  @Test("what a batch holds is counted as it was sent")
  func batchBytes() throws {
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    let line = "approve school=district candidate=k test=brakes reason=r" + String(repeating: " ", count: 8_000) + "\n"
    let answers = try exchange("batch.begin tenant=t +dry\n" + String(repeating: line, count: 200) + "batch.commit\n")
    #expect(answers.filter { $0.hasPrefix("OK queued=") }.count == (1 << 20) / line.utf8.count)
    #expect(answers.contains { $0.hasPrefix("ERR batch.too-long retry=no ") })
    #expect(
      answers.last?.hasPrefix("ERR batch.failed retry=no at=131 cause=batch.too-long ") == true, "\(answers.last ?? "")"
    )
  }

  @Test("quit answers and closes; what stands behind it is not run")
  func quit() throws {
    #expect(try exchange("ping\nquit\nping\n") == ["OK", "OK"])
  }

  @Test("requests of one connection are answered in order, whatever they ask")
  func order() throws {
    try daemon.ask("tenant.add tenant=a name=A zone=UTC")
    try daemon.ask("tenant.add tenant=b name=B zone=UTC")
    var text = ""
    for index in 0..<200 {
      let tenant = index % 3 == 0 ? "a" : "b"
      text += "@p\(index) purchase tenant=\(tenant) school=district program=ase-entry-level seats=1 unit-price=1.00\n"
      text += "@q\(index) balance tenant=\(tenant)\n@r\(index) nonsense\n"
    }
    let ends = try exchange(text).filter { $0.contains(" OK ") || $0.contains(" ERR ") }
    let tags = ends.map { String($0.prefix { $0 != " " }) }
    #expect(tags == (0..<200).flatMap { ["@p\($0)", "@q\($0)", "@r\($0)"] })
    #expect(ends.last { $0.hasPrefix("@q") }?.contains("purchased=133") == true, "a read sees the change before it")
  }

  @Test("a second daemon does not take a live one's socket, and a dead one's is taken over")
  func takeover() throws {
    let second = try run(
      TestDaemon.program("seatledgerd"), ["--socket", daemon.socket, "--database", try TestDatabase.make().conninfo])
    #expect(second.status != 0 && second.errors.contains("another daemon listens there"))
    #expect(try daemon.ask("ping") == "OK")
    daemon.kill()
    try daemon.start()
    #expect(try daemon.ask("ping") == "OK")
    #expect(daemon.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: daemon.socket))
  }

  @Test("a ledger born under a test clock opens only under one")
  func testClock() throws {
    let database = try TestDatabase.make()
    let first = try TestDaemon(database: database)
    first.stop()
    #expect(throws: TestFailure.self) { _ = try TestDaemon(database: database, clock: nil) }
  }
}
