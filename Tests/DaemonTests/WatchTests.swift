import Foundation
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// Watches: every entry once, in order, and nobody else's.
@Suite("Watches", .serialized)
struct WatchTests {
  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make())
    for tenant in ["t", "u"] {
      try daemon.ask("tenant.add tenant=\(tenant) name=T zone=America/New_York")
      try daemon.ask("school.add tenant=\(tenant) school=apex name=Apex")
      try daemon.ask("purchase tenant=\(tenant) school=apex program=ase-entry-level seats=100000 unit-price=40.00")
    }
  }

  /// A connection of a token that has one role in its tenant.
  private func signIn(_ name: String, _ role: String, tenant: String) throws -> ControlConnection {
    let issued = try daemon.ask("token.issue tenant=\(tenant) name=\(name)")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    try daemon.ask("grant.add tenant=\(tenant) principal=token:\(name) role=\(role)")
    var connection = try daemon.connect()
    #expect(try connection.ask("auth \(token)").last?.kind == .ok)
    return connection
  }

  /// Reads events until one has this position; returns the positions.
  private func positions(_ connection: inout ControlConnection, until last: Int64) throws -> [Int64] {
    var positions: [Int64] = []
    while positions.last != last {
      let line = try connection.read()
      guard line.kind == .event else { continue }
      positions.append(try #require(line.value(.seq).flatMap(Int64.init)))
    }
    return positions
  }

  @Test("from a position on, then as it happens, under the tag; nothing of another tenant")
  func liveAndPast() throws {
    var connection = try daemon.connect()
    #expect(try connection.ask("watch tenant=t").last?.kind == .error(code: "watch.needs-tag"))
    #expect(try connection.ask("@w watch tenant=nowhere since=1").last?.kind == .error(code: "notfound.tenant"))
    #expect(try connection.ask("@w watch tenant=t since=1").last?.body == "seq=1")
    let first = try connection.readText()
    #expect(first.hasPrefix("@w E seq=1 school=apex kind=purchase seats=100000 cost=4000000.00 to=apex/"), "\(first)")
    #expect(try connection.ask("@w watch tenant=t").last?.kind == .error(code: "syntax.bad-value"))
    for index in 0..<30 {
      try daemon.ask("reserve tenant=u school=apex candidate=k\(index) test=brakes")
      try daemon.ask("reserve tenant=t school=apex candidate=k\(index) test=brakes")
    }
    #expect(try positions(&connection, until: 31) == Array(2...31))
    #expect(try connection.ask("unwatch tag=w").last?.kind == .ok)
    try daemon.ask("reserve tenant=t school=apex candidate=late test=brakes")
    // Another watch is told of it, in its turn: the one that has ended would have been, too.
    #expect(try connection.ask("@x watch tenant=t since=32").last?.kind == .ok)
    #expect(try connection.readText().hasPrefix("@x E seq=32 "), "nothing comes after unwatch")
    #expect(try connection.ask("unwatch tag=x").map(\.kind) == [.ok])
    #expect(try connection.ask("unwatch tag=w").last?.kind == .error(code: "syntax.bad-value"))
  }

  @Test("one that watches a school hears of its approvals")
  func approvals() throws {
    var connection = try daemon.connect()
    _ = try connection.ask("@w watch tenant=t school=apex")
    try daemon.ask("approve tenant=t school=district candidate=k1 test=brakes reason=no")
    try daemon.ask("approve tenant=t school=apex candidate=k1 test=brakes reason=yes")
    #expect(try connection.readText().hasPrefix("@w E seq=3 school=apex kind=approve "))
  }

  @Test("a pool that runs low is told once, and once when it is empty")
  func lowBalance() throws {
    try daemon.ask("school.add tenant=t school=cary name=Cary")
    try daemon.ask("purchase tenant=t school=cary program=ase-entry-level seats=10 unit-price=40.00 fund=perkins")
    var connection = try daemon.connect()
    _ = try connection.ask("@w watch tenant=t")
    func draw(_ candidates: ClosedRange<Int>) throws -> [String] {
      for candidate in candidates { try daemon.ask("reserve tenant=t school=cary candidate=c\(candidate) test=brakes") }
      try daemon.ask("approve tenant=t school=apex candidate=end\(candidates.upperBound) test=brakes reason=end")
      var notices: [String] = []
      while true {
        let line = try connection.readText()
        // Notices stand behind the entries that were told with them.
        if line.contains("reason=end") { try connection.send("ping\n") }
        if line == "OK" { return notices }
        if !line.contains(" seq=") { notices.append(line) }
      }
    }
    func notice(_ available: Int, of total: Int) -> String {
      "@w E notice=low-balance school=cary program=ase-entry-level fund=perkins expires=2025-06-30 "
        + "available=\(available) total=\(total)"
    }
    #expect(try draw(1...8) == [])
    #expect(try draw(9...9) == [notice(1, of: 10)])
    #expect(try draw(10...10) == [notice(0, of: 10)])
    try daemon.ask("purchase tenant=t school=cary program=ase-entry-level seats=10 unit-price=40.00 fund=perkins")
    #expect(try draw(11...12) == [])
    #expect(try draw(13...18) == [notice(2, of: 20)])
  }

  @Test("begun and ended in one breath, it is ended")
  func breath() throws {
    var client = try daemon.connect()
    try client.send("@x watch tenant=t since=1\n@x watch tenant=t\nunwatch tag=x\nunwatch tag=x\nping\n")
    var ends: [ReplyLine] = []
    while ends.count < 5 {
      let line = try client.read()
      if line.kind != .event { ends.append(line) }
    }
    let refused = ReplyLine.Kind.error(code: "syntax.bad-value")
    #expect(ends.map(\.kind) == [.ok, refused, .ok, refused, .ok])
    #expect(try daemon.ask("status").contains(" watches=0 "))
  }

  @Test("across reconnects, under load: none missed, none twice")
  func reconnects() throws {
    let socket = daemon.socket
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      if var connection = try? ControlConnection.open(socket) {
        for index in 0..<600 {
          _ = try? connection.ask("reserve tenant=t school=apex candidate=r\(index) test=brakes")
        }
      }
      done.signal()
    }
    var seen: [Int64] = []
    while (seen.last ?? 0) < 601 {
      var connection = try daemon.connect()
      try connection.send("@w watch tenant=t since=\((seen.last ?? 0) + 1) +json\n")
      for _ in 0..<40 where (seen.last ?? 0) < 601 {
        let text = try connection.readText()
        guard text.hasPrefix("@w E {\"seq\":") else { continue }
        seen.append(try #require(Int64(text.dropFirst(12).prefix { $0.isNumber })))
      }
    }
    done.wait()
    #expect(seen == Array(1...601))
  }

  @Test("tokens of two tenants may have one name: each ends its own watch")
  func namesakes() throws {
    var ours = try signIn("desk", "finance", tenant: "t")
    #expect(try ours.ask("@w watch").last?.kind == .ok)
    var theirs = try signIn("desk", "finance", tenant: "u")
    #expect(try theirs.ask("@w watch").last?.kind == .ok)
    try daemon.ask("token.revoke tenant=u name=desk")
    #expect(try theirs.readText() == "@w E end=forbidden")
    try daemon.ask("reserve tenant=t school=apex candidate=a1 test=brakes")
    #expect(try ours.readText().hasPrefix("@w E seq=2 "))
  }

  @Test("who signs in anew hears nothing more of what the one before has watched")
  func anotherPrincipal() throws {
    var connection = try signIn("a", "auditor", tenant: "t")
    #expect(try connection.ask("@w watch").last?.kind == .ok)
    let issued = try daemon.ask("token.issue tenant=u name=b")
    try daemon.ask("grant.add tenant=u principal=token:b role=auditor")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    let replies = try connection.ask("auth \(token)")
    #expect(replies.first?.kind == .event && replies.first?.value(.end) == "forbidden" && replies.count == 2)
    try daemon.ask("reserve tenant=t school=apex candidate=k1 test=brakes")
    #expect(try connection.ask("@w watch").last?.kind == .ok)
    try daemon.ask("reserve tenant=u school=apex candidate=k1 test=brakes")
    #expect(try connection.read().value(.seq) == "2")
  }

  @Test("a school hears of its own entries alone, and no longer than it may")
  func schools() throws {
    try daemon.ask("school.add tenant=t school=cary name=Cary")
    try daemon.ask("purchase tenant=t school=cary program=ase-entry-level seats=5 unit-price=40.00")
    var connection = try signIn("cary", "school school=cary", tenant: "t")
    #expect(try connection.ask("@w watch school=apex").last?.kind == .error(code: "auth.forbidden"))
    #expect(try connection.ask("@w watch since=1").last?.kind == .ok)
    try daemon.ask("reserve tenant=t school=apex candidate=a1 test=brakes")
    try daemon.ask("reserve tenant=t school=cary candidate=c1 test=brakes")
    #expect(try positions(&connection, until: 4) == [2, 4])
    try daemon.ask("token.revoke tenant=t name=cary")
    let end = try connection.readText()
    #expect(end == "@w E end=forbidden", "\(end)")
  }

  @Test("one that does not read is ended, and told where to go on")
  func lagging() throws {
    var lazy = try daemon.connect()
    try lazy.send("@w watch tenant=t since=1\n")
    for start in stride(from: 0, to: 6_000, by: 1_000) {
      let lines = (start..<start + 1_000).map { "reserve tenant=t school=apex candidate=l\($0) test=brakes" }
      _ = try daemon.talk(["batch.begin tenant=t"] + lines + ["batch.commit"])
    }
    // The daemon's patience ends by itself; status tells when.
    try wait(for: "the end of the watch", every: 200_000) { try !daemon.ask("status").contains(" watches=1 ") }
    var last: Int64 = 0
    while true {
      let line = try lazy.read()
      if let resume = line.value(.resume) {
        #expect(line.value(.end) == "lagged" && Int64(resume) == last + 1)
        break
      }
      if let seq = line.value(.seq).flatMap(Int64.init), line.kind == .event {
        #expect(seq == last + 1)
        last = seq
      }
    }
  }
}
