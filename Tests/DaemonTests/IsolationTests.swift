import Foundation
import SeatClient
import TestSupport
import Testing

/// Two districts with the same schools, candidates and keys, at work at the same time.
@Suite("Two tenants never meet")
struct IsolationTests {
  private static let tenants = ["crimson", "indigo"]
  private static let rounds = 60

  private let daemon: TestDaemon
  private let tokens: [String: String]

  /// What one tenant's programs were told.
  private struct Heard {
    var lines: [String] = []

    mutating func ask(_ line: String, _ connection: inout ControlConnection) throws {
      try connection.send(line + "\n")
      var end = false
      while !end {
        let text = try connection.readText()
        lines.append(text)
        let words = text.split(separator: " ").drop { $0.hasPrefix("@") }
        end = words.first == "OK" || words.first == "ERR"
      }
    }
  }

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make())
    var tokens: [String: String] = [:]
    for tenant in Self.tenants {
      try daemon.ask("tenant.add tenant=\(tenant) name=\"\(tenant) schools\" zone=America/New_York")
      try daemon.ask("school.add tenant=\(tenant) school=apex name=\"\(tenant) apex\"")
      let issued = try daemon.ask("token.issue tenant=\(tenant) name=sis")
      let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
      tokens[tenant] = String(token)
      for role in ["finance", "auditor", "school school=apex"] {
        try daemon.ask("grant.add tenant=\(tenant) principal=token:sis role=\(role)")
      }
    }
    self.tokens = tokens
  }

  /// Changes, questions, refusals, replays and a watch: one program of a district. The tenant is never named, for the
  /// token belongs to one; its mark is in the fund, the reason and the actor alone.
  private static func work(_ socket: String, _ token: String, _ mark: String, _ program: Int) throws -> Heard {
    var heard = Heard()
    var connection = try ControlConnection.open(socket)
    try heard.ask("auth \(token)", &connection)
    try heard.ask("@w watch since=1", &connection)
    heard.lines.removeFirst(1)
    for round in 0..<rounds {
      let key = "p\(program)-\(round)"
      for line in [
        "purchase school=apex program=ase-entry-level seats=5 unit-price=40.00 fund=\(mark) po=\(mark) +idem=\(key)b +actor=\(mark)",
        "reserve school=apex candidate=k\(program)x\(round) test=brakes fund=\(mark) +idem=\(key) +actor=\(mark)",
        "reserve school=apex candidate=k\(program)x\(round) test=brakes fund=\(mark) +idem=\(key) +actor=\(mark)",
        "reserve school=apex candidate=k\(program)x\(round) test=brakes +idem=\(key)",
        "lookup idem=\(key)", "cancel attempt=\(round * 3 + program) reason=\(mark)", "balance", "balance +json",
        "statement +limit=1000", "attempts +limit=1000", "costs", "costs by=fund",
        "eligibility school=apex candidate=k0x0 test=brakes", "reverse entry=\(round) reason=\(mark)",
        "start attempt=\(100_000 + round) proctor=attested", "lookup idem=none-\(round)",
      ] { try heard.ask(line, &connection) }
    }
    for line in [
      "school.list", "grant.list", "token.list", "forecast", "runway program=ase-entry-level",
      "rebalance program=ase-entry-level year=2024-2025",
      "reconcile program=ase-entry-level year=2024-2025 purchased=1 reserved=1 burned=1 voided=1", "verify", "whoami",
    ] { try heard.ask(line, &connection) }
    return heard
  }

  @Test("whatever one of them is told, under load, nothing of it is the other's")
  func marks() async throws {
    let (socket, tokens) = (daemon.socket, tokens)
    var heard: [String: [String]] = [:]
    try await withThrowingTaskGroup(of: (String, [String]).self) { group in
      for tenant in Self.tenants {
        for program in 0..<3 {
          group.addTask {
            let lines: [String] = try await withCheckedThrowingContinuation { continuation in
              Thread.detachNewThread {
                continuation.resume(
                  with: Result { try Self.work(socket, tokens[tenant] ?? "", tenant, program).lines })
              }
            }
            return (tenant, lines)
          }
        }
      }
      for try await (tenant, lines) in group { heard[tenant, default: []] += lines }
    }
    for (own, other) in [("crimson", "indigo"), ("indigo", "crimson")] {
      let lines = heard[own] ?? []
      #expect(!lines.contains { $0.contains(other) }, "\(lines.first { $0.contains(other) } ?? "")")
      // The marks are there to be seen, in answers of every kind.
      for kind in ["OK ", "D ", "@w E "] {
        let marked = lines.filter { $0.hasPrefix(kind) && $0.contains(own) }.count
        #expect(marked >= 3 * Self.rounds, "\(marked) lines \(kind) are marked")
      }
      let errors = Set(lines.filter { $0.hasPrefix("ERR ") }.compactMap { $0.split(separator: " ").dropFirst().first })
      #expect(errors.isSuperset(of: ["idem.mismatch", "notfound.attempt", "notfound.key"]), "\(errors)")
      let changes = lines.filter { $0.contains("replayed=no") && $0.contains("attempt=") && $0.contains("number=1") }
      #expect(changes.count >= 3 * Self.rounds, "both had each key to themselves: \(changes.count)")
    }
  }
}
