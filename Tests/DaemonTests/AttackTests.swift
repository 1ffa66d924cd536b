import Foundation
import Glibc
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// Clients that are slow, silent, greedy or in the way.
@Suite("The socket under attack", .serialized)
struct AttackTests {
  private static func daemon(_ extra: [String] = []) throws -> TestDaemon {
    let daemon = try TestDaemon(database: try TestDatabase.make(), extra: extra)
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    try daemon.ask("purchase tenant=t school=district program=ase-entry-level seats=100000 unit-price=40.00")
    return daemon
  }

  @Test("a user has so many connections and not one more, until one is closed")
  func connectionsOfAUser() throws {
    let settings = "/tmp/seatledger-test-\(UUID().uuidString.prefix(13)).conf"
    try "SEATLEDGER_MAX_CONNECTIONS_PER_USER=5\n".write(toFile: settings, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: settings) }
    let daemon = try Self.daemon(["--config", settings])
    var open = try (0..<5).map { _ in try UnixSocket.connect(daemon.socket) }
    // Each is admitted when it has been greeted.
    for descriptor in open { #expect(Self.line(descriptor).hasPrefix("* SEATLEDGER 1.0 ")) }
    let surplus = try UnixSocket.connect(daemon.socket)
    #expect(Self.line(surplus).hasPrefix("ERR limit.too-many-connections retry=later "))
    close(surplus)
    close(open.removeLast())
    try wait(for: "room for another connection") {
      let next = try UnixSocket.connect(daemon.socket)
      defer { close(next) }
      return Self.line(next).hasPrefix("* ")
    }
    open.forEach { _ = close($0) }
  }

  @Test("who leaves without waiting for answers, again and again, has all its connections afterwards")
  func leavingEarly() throws {
    let daemon = try Self.daemon()
    let purchase = "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=1.00"
    for _ in 0..<600 {
      let descriptor = try UnixSocket.connect(daemon.socket)
      Self.say(Array(repeating: purchase, count: 20).joined(separator: "\n"), descriptor)
      close(descriptor)
    }
    try wait(for: "room for as many connections as a user may have") {
      let all = try (0..<128).map { _ in try UnixSocket.connect(daemon.socket) }
      defer { all.forEach { _ = close($0) } }
      return all.allSatisfy { Self.line($0).hasPrefix("* ") }
    }
  }

  private static func line(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("beside half a line, a client that never reads and one that asks without end, everybody else is answered")
  func others() throws {
    let daemon = try Self.daemon()
    let half = try UnixSocket.connect(daemon.socket)
    _ = "reserve tenant=t school=district candidate=never test=bra".withCString { send(half, $0, strlen($0), 0) }
    // Asks for lists without end and reads none of them.
    let greedy = try UnixSocket.connect(daemon.socket)
    _ = fcntl(greedy, F_SETFL, fcntl(greedy, F_GETFL) | O_NONBLOCK)
    let flood = String(repeating: "test.list +limit=1000\n", count: 2_000)
    var connection = try daemon.connect()
    for index in 0..<200 {
      _ = flood.withCString { send(greedy, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
      let reply = try connection.ask("reserve tenant=t school=district candidate=a\(index) test=brakes")
      #expect(reply.last?.kind == .ok)
    }
    close(half)
    close(greedy)
    // The half line was never run.
    #expect(try daemon.ask("attempts tenant=t candidate=never") == "OK rows=0 seq=201")
  }

  @Test("many connections of one principal wait their turn beside somebody who asks less, and each is answered")
  func crowd() throws {
    let daemon = try Self.daemon()
    var modest = try daemon.connect()
    let token = try #require(try modest.ask("token.issue tenant=t name=many").last?.value(.token))
    try daemon.ask("grant.add tenant=t principal=token:many role=finance")
    let crowd = try (0..<60).map { _ in try UnixSocket.connect(daemon.socket) }
    defer { crowd.forEach { _ = close($0) } }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    for descriptor in crowd {
      // One that is forgotten must fail the test, not hold it up for ever.
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      #expect(Self.line(descriptor).hasPrefix("* "))
      Self.say("auth token=\(token)", descriptor)
      #expect(Self.line(descriptor).hasPrefix("OK "))
    }
    let before = try #require(try modest.ask("balance tenant=t").last?.value(.seq).flatMap(Int.init))
    // One request on each connection, then three at once on each.
    for count in [1, 3, 1] {
      for descriptor in crowd {
        let line = "purchase tenant=t school=district program=ase-entry-level seats=1 unit-price=1.00"
        Self.say(Array(repeating: line, count: count).joined(separator: "\n"), descriptor)
      }
      for _ in 0..<10 { #expect(try modest.ask("balance tenant=t").last?.kind == .ok) }
      for descriptor in crowd {
        for _ in 0..<count { #expect(Self.line(descriptor).hasPrefix("OK entry=")) }
      }
    }
    #expect(try modest.ask("balance tenant=t").last?.value(.seq) == "\(before + 300)")
    // What comes after the end of a grant is refused, whatever was known of it.
    _ = try modest.ask("token.revoke tenant=t name=many")
    for descriptor in crowd {
      Self.say("balance tenant=t", descriptor)
      #expect(Self.line(descriptor).hasPrefix("ERR "))
    }
  }

  @Test("a grant that a connection gives or takes itself decides its next request, also in one write")
  func ownGrants() throws {
    let daemon = try Self.daemon()
    var host = try daemon.connect()
    let token = try #require(try host.ask("token.issue tenant=t name=self").last?.value(.token))
    _ = try host.ask("grant.add tenant=t principal=token:self role=finance")
    let client = try UnixSocket.connect(daemon.socket)
    defer { close(client) }
    let grant = "tenant=t principal=token:self role=school school=district"
    func reserve(_ candidate: String) -> String {
      "reserve tenant=t school=district candidate=\(candidate) test=brakes"
    }
    Self.say(
      ["auth token=\(token)", "grant.add \(grant)", reserve("a"), "grant.remove \(grant)", reserve("b")]
        .joined(separator: "\n"), client)
    let answers = (0..<6).map { _ in Self.line(client) }
    #expect(answers[3].hasPrefix("OK attempt="))
    #expect(answers[5].hasPrefix("ERR auth.forbidden "), "\(answers)")
  }

  private static func say(_ text: String, _ descriptor: Int32) {
    _ = "\(text)\n".withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }

  @Test("proofs of many connections take their turns, and each is made")
  func manyProofs() throws {
    let daemon = try Self.daemon()
    let clients = try (0..<7).map { _ in try UnixSocket.connect(daemon.socket) }
    defer { clients.forEach { _ = close($0) } }
    for client in clients {
      _ = Self.line(client)
      Self.say("verify tenant=t", client)
    }
    for client in clients { #expect(Self.line(client).hasPrefix("OK entries=1 ")) }
  }

  @Test("the socket's file has mode 0660 and its directory 0755, whatever the umask", arguments: ["000", "022", "077"])
  func modes(_ umask: String) throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), umask: umask)
    #expect(try Self.mode(daemon.socket) == S_IFSOCK | 0o660)
    #expect(try Self.mode("\(daemon.directory)/control") == S_IFDIR | 0o755)
  }

  private static func mode(_ path: String) throws -> mode_t {
    var status = stat()
    guard stat(path, &status) == 0 else { throw TestFailure("\(path): \(errno)") }
    return status.st_mode
  }

  @Test("no candidate's token is in the log, whatever is asked")
  func privacy() throws {
    let daemon = try Self.daemon()
    _ = try daemon.talk([
      "reserve tenant=t school=district candidate=s3cretToken test=brakes",
      "reserve tenant=t school=district candidate=s3cretToken test=nonsense",
      "reserve tenant=t school=nowhere candidate=s3cretToken test=brakes bogus=1",
      "eligibility tenant=t school=district candidate=s3cret.Token test=brakes",
    ])
    daemon.stop()
    #expect(!daemon.log.contains("s3cret"))
  }
}
