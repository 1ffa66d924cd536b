import Foundation
import Postgres
import SeatClient
import SeatLedger
import SeatProtocol
import Synchronization
import TestSupport
import Testing

/// Daemons and databases that die under load. Every command has a key, so what was acknowledged must be there, and what
/// was not may be asked for again.
@Suite("Crashes", .serialized)
struct CrashTests {
  private static let seats = 100_000

  /// What one client has sent and heard.
  private struct Client {
    var acknowledged: [String: String] = [:]
    var unanswered: [String: String] = [:]
  }

  /// Sends reserves for its own candidates until the daemon is gone or `count` are done.
  private static func reserve(_ name: String, tenants: Int, socket: String, from: Int, count: Int) -> Client {
    var client = Client()
    do throws(ControlConnectionError) {
      var connection = try ControlConnection.open(socket)
      for index in from..<from + count {
        let key = "\(name)-\(index)"
        let line =
          "reserve tenant=t\(index % tenants) school=district candidate=\(name)x\(index) test=brakes +idem=\(key)"
        client.unanswered[key] = line
        // What the daemon calls worth another try is tried again, with the same key.
        var end = try connection.ask(line).last
        while let retry = end?.value(.retry), retry != "no" { end = try connection.ask(line).last }
        guard let end, end.kind == .ok else { continue }
        client.unanswered[key] = nil
        client.acknowledged[key] = end.body
      }
    } catch {
      // The daemon died: what is unanswered is unknown.
    }
    return client
  }

  private static func prepare(_ daemon: TestDaemon, tenants: Int, seats: Int = seats) throws {
    for tenant in 0..<tenants {
      try daemon.ask("tenant.add tenant=t\(tenant) name=T zone=America/New_York")
      try daemon.ask(
        "purchase tenant=t\(tenant) school=district program=ase-entry-level seats=\(seats) unit-price=40.00")
    }
  }

  /// What the clients of one load have seen.
  private final class Seen: Sendable {
    let clients = Mutex<[Client]>([])
  }

  /// Runs clients on threads of their own, and `disturb` once they are under way.
  private static func load(
    clients: Int, round: Int, tenants: Int, sockets: [String], count: Int = 100_000, disturb: () throws -> Void
  ) throws -> [Client] {
    let (seen, done) = (Seen(), DispatchGroup())
    for index in 0..<clients {
      let socket = sockets[index % sockets.count]
      done.enter()
      Thread.detachNewThread {
        let client = reserve("c\(round)n\(index)", tenants: tenants, socket: socket, from: 0, count: count)
        seen.clients.withLock { $0.append(client) }
        done.leave()
      }
    }
    try disturb()
    done.wait()
    return seen.clients.withLock(\.self)
  }

  /// Waits until the daemon has done some work; the load is then under way.
  private static func untilBusy(_ socket: String, entries: Int) throws {
    var connection = try ControlConnection.open(socket)
    try wait(for: "\(entries) reserves", every: 1_000) {
      let end = try connection.ask("balance tenant=t0").last
      return end?.value(.reserved).flatMap { Int($0) }.map { $0 >= entries } ?? false
    }
  }

  /// Everything acknowledged answers as it did; everything else is done once when it is asked for again; nothing differs.
  private static func check(_ daemon: TestDaemon, _ clients: [Client], tenants: Int) throws {
    var connection = try daemon.connect()
    for client in clients {
      for (key, answer) in client.acknowledged {
        let tenant = Int(key.split(separator: "-")[1]).map { $0 % tenants } ?? 0
        let found = try connection.ask("lookup tenant=t\(tenant) idem=\(key)").last
        let expected = answer.replacingOccurrences(of: "replayed=no", with: "replayed=yes")
        #expect(found?.body == "command=reserve \(expected)", "\(key) was acknowledged")
      }
      for line in client.unanswered.values {
        #expect(try connection.ask(line).last?.kind == .ok, "\(line)")
      }
    }
    let proof = try connection.ask("verify").last
    #expect(proof?.value(.differences) == "0")
    let expected = clients.reduce(0) { $0 + $1.acknowledged.count + $1.unanswered.count }
    var reserved = 0
    for tenant in 0..<tenants {
      reserved += try connection.ask("balance tenant=t\(tenant)").last?.value(.reserved).flatMap { Int($0) } ?? 0
    }
    #expect(reserved == expected, "each reserve is there once")
  }

  @Test("the daemon is killed under load, and started again")
  func daemonKilled() throws {
    let daemon = try TestDaemon(database: nil)
    try Self.prepare(daemon, tenants: 4)
    var all: [Client] = []
    for round in 0..<3 {
      all += try Self.load(clients: 8, round: round, tenants: 4, sockets: [daemon.socket]) {
        try Self.untilBusy(daemon.socket, entries: (round + 1) * 60)
        daemon.kill()
      }
      try daemon.start()
    }
    try Self.check(daemon, all, tenants: 4)
    #expect(daemon.stop() == 0)
  }

  @Test("PostgreSQL is killed under load, and the daemon starts it again")
  func postgresKilled() throws {
    let daemon = try TestDaemon(database: nil)
    try Self.prepare(daemon, tenants: 4)
    let all = try Self.load(clients: 8, round: 0, tenants: 4, sockets: [daemon.socket], count: 600) {
      for kill in 1...2 {
        try Self.untilBusy(daemon.socket, entries: kill * 40)
        try daemon.restartPostgresByForce()
      }
    }
    try Self.check(daemon, all, tenants: 4)
  }

  @Test("two daemons on one database sell no seat twice")
  func twoDaemons() throws {
    let database = try TestDatabase.make()
    let (one, two) = (try TestDaemon(database: database), try TestDaemon(database: database))
    try Self.prepare(one, tenants: 3, seats: 200)
    let all = try Self.load(
      clients: 8, round: 0, tenants: 3, sockets: [one.socket, two.socket], count: 150
    ) {}
    #expect(all.reduce(0) { $0 + $1.acknowledged.count } == 600, "all seats and no more")
    for tenant in 0..<3 {
      let end = try two.ask("balance tenant=t\(tenant)")
      #expect(end.contains("available=0 held=0 reserved=200"))
    }
    #expect(try one.ask("verify").contains("differences=0"))
  }
}
