import Foundation
import Glibc
import Postgres
import SeatClient
import SeatProtocol
import TestSupport
import Testing

/// The limits of the protocol, each at its edge.
@Suite("Limits", .serialized)
struct LimitTests {
  /// A daemon with settings of its own.
  private static func daemon(_ settings: String, _ database: TestDatabase? = nil) throws -> TestDaemon {
    let file = "/tmp/seatledger-test-\(UUID().uuidString.prefix(13)).conf"
    try settings.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    return try TestDaemon(database: try database ?? TestDatabase.make(), extra: ["--config", file])
  }

  private static func send(_ text: String, _ descriptor: Int32, _ flags: Int32 = 0) -> Int {
    text.withCString { Glibc.send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL) | flags) }
  }

  /// Waits until the daemon has closed the connection, and tells for how long that was.
  private static func secondsUntilClosed(_ descriptor: Int32) -> Double {
    let start = Date()
    var poller = pollfd(fd: descriptor, events: 0, revents: 0)
    _ = poll(&poller, 1, 60_000)
    return Date().timeIntervalSince(start)
  }

  @Test("a line that is not finished in time ends its connection; one that says nothing may stay")
  func halfLine() throws {
    let daemon = try Self.daemon("SEATLEDGER_CLIENT_TIMEOUT=1\n")
    var silent = try daemon.connect()
    let half = try UnixSocket.connect(daemon.socket)
    defer { close(half) }
    #expect(Self.send("ping\nreserve tenant=t seats=10", half) == 30)
    #expect((0.9...20).contains(Self.secondsUntilClosed(half)))
    #expect(try silent.ask("ping").last?.kind == .ok)
  }

  @Test("a reply that is not read in time ends its connection")
  func unreadReply() throws {
    let daemon = try Self.daemon("SEATLEDGER_CLIENT_TIMEOUT=1\n")
    let lazy = try UnixSocket.connect(daemon.socket)
    defer { close(lazy) }
    // More than the kernel keeps for somebody who does not read.
    #expect(Self.send(String(repeating: "help\n", count: 1_000), lazy) == 5_000)
    #expect((0.9...20).contains(Self.secondsUntilClosed(lazy)))
    #expect(try daemon.ask("ping") == "OK")
  }

  @Test("one that is read slowly is read to its end")
  func slowReader() throws {
    let daemon = try Self.daemon("SEATLEDGER_CLIENT_TIMEOUT=2\n")
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    let buy = "purchase school=district program=ase-entry-level seats=1 unit-price=1.00 po="
    _ = try daemon.talk(["batch.begin tenant=t"] + (0..<1_000).map { "\(buy)\($0)" } + ["batch.commit"])
    let slow = try UnixSocket.connect(daemon.socket)
    defer { close(slow) }
    #expect(Self.send(String(repeating: "statement tenant=t +limit=1000\n", count: 4), slow) > 0)
    shutdown(slow, Int32(SHUT_WR))
    // For some times as long as the daemon waits for a client that takes nothing.
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8_000)
    for _ in 0..<60 {
      let count = recv(slow, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      bytes += chunk[..<count]
      usleep(100_000)
    }
    let answers = (String(decoding: bytes, as: UTF8.self) + Self.readToEnd(slow)).split(separator: "\n")
    #expect(answers.count { $0.hasPrefix("OK rows=1000 ") } == 4)
  }

  @Test("past 1,024 in flight nothing more is read, and nothing is lost")
  func inFlight() throws {
    let database = try TestDatabase.make()
    let daemon = try Self.daemon("", database)
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
    let other = try Connection.open(database.conninfo)
    try other.run("BEGIN")
    try other.run("SELECT 1 FROM tenant FOR UPDATE")
    // Nobody's change is answered while another session holds the tenant.
    let greedy = try UnixSocket.connect(daemon.socket)
    defer { close(greedy) }
    let line = "cancel tenant=t attempt=1\n"
    let most = 200_000
    var sent = 0
    var poller = pollfd(fd: greedy, events: Int16(POLLOUT), revents: 0)
    var lines = String(repeating: line, count: 2_000)[...]
    while sent < most * line.utf8.count, poll(&poller, 1, 300) > 0 {
      let count = Self.send(String(lines), greedy, Int32(MSG_DONTWAIT))
      guard count > 0 else { continue }
      sent += count
      lines = String(repeating: line, count: 2_001).dropFirst(sent % line.utf8.count)
    }
    #expect((1_024..<40_000).contains(sent / line.utf8.count), "\(sent / line.utf8.count) lines were taken in")
    try other.run("ROLLBACK")
    shutdown(greedy, Int32(SHUT_WR))
    let answers = Self.readToEnd(greedy).split(separator: "\n").dropFirst()
    let cutOff = sent % line.utf8.count > 0 ? 1 : 0
    #expect(answers.count == sent / line.utf8.count + cutOff, "every line that went out is answered")
    #expect(answers.allSatisfy { $0.hasPrefix("ERR ") })
  }

  private static func readToEnd(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "so many connections of one user, and so many in all, and not one more",
    arguments: [("", 128), ("SEATLEDGER_MAX_CONNECTIONS_PER_USER=1000\n", 512)])
  func connections(_ settings: String, _ most: Int) throws {
    let daemon = try Self.daemon(settings)
    var open: [Int32] = []
    defer { open.forEach { _ = close($0) } }
    // The connection that found the daemon ready may still be about to be closed.
    while open.count < most {
      let next = try UnixSocket.connect(daemon.socket)
      if Self.firstLine(next).hasPrefix("* ") { open.append(next) } else { close(next) }
    }
    for _ in 0..<3 {
      let surplus = try UnixSocket.connect(daemon.socket)
      #expect(Self.firstLine(surplus).hasPrefix("ERR limit.too-many-connections retry=later "))
      close(surplus)
    }
  }

  private static func firstLine(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
