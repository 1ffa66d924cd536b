import Foundation
import SeatClient
import TestSupport
import Testing

/// seatctl as it looks on a terminal, and as it reads in a pipe.
@Suite("Screens", .serialized)
struct ScreenTests {
  private let daemon: TestDaemon
  private let desk: String

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2024-03-04T09:00:00-05:00")
    desk = try Self.fill(daemon)
  }

  /// A district with seats of last year and of this one.
  ///
  /// - Returns: the token of its finance desk.
  private static func fill(_ daemon: TestDaemon) throws -> String {
    for line in [
      #"tenant.add tenant=920 name="Wake County Schools" zone=America/New_York"#,
      #"school.add tenant=920 school=920318 name="Apex High""#,
      #"school.add tenant=920 school=920368 name="Broughton High""#,
      "purchase tenant=920 school=920318 program=ase-entry-level seats=30 unit-price=40.00 po=4400001",
      "clock.set at=2025-03-03T09:00:00-05:00",
      "purchase tenant=920 school=920318 program=ase-entry-level seats=1200 unit-price=40.00 fund=perkins po=4500123",
      "purchase tenant=920 school=920368 program=ase-entry-level seats=1 unit-price=42.50 fund=local",
      "reserve tenant=920 school=920318 candidate=k7Qm test=brakes", "start tenant=920 attempt=5 proctor=attested",
      "reserve tenant=920 school=920368 candidate=k8 test=brakes",
    ] {
      let answer = try daemon.ask(line)
      #expect(answer.hasPrefix("OK"), "\(line): \(answer)")
    }
    let issued = try daemon.ask("token.issue tenant=920 name=desk")
    try daemon.ask("grant.add tenant=920 principal=token:desk role=finance")
    return try String(#require(issued.split(separator: " ").first { $0.hasPrefix("token=") }).dropFirst(6))
  }

  private func screen(_ arguments: String..., columns: Int = 80, plain: Bool = true) throws -> String {
    try run(
      TestDaemon.program("seatctl"), arguments, columns: columns,
      environment: [
        "SEATLEDGER_SOCKET": daemon.socket, "SEATLEDGER_TOKEN": desk, "NO_COLOR": plain ? "1" : "",
      ])
  }

  private func pipe(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + arguments)
  }

  @Test("seatctl alone shows where things stand, by the daemon's clock")
  func standing() throws {
    let text = try screen()
    #expect(
      text.hasPrefix(
        """
        Wake County Schools (920)
        You are token:desk, finance
        2025-03-03 09:0
        """))
    #expect(text.contains("year 2024-2025, 120 days left with today"))
    #expect(text.contains("ase-entry-level      1,199     0         1         1  2025-06-30"))
    #expect(text.contains("2025-05-31  in 89 days   last first attempt that leaves room for a retest"))
    #expect(text.contains("seatctl forecast"))
    let row = try pipe().output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(row.count == 2 && row[0].prefix(3) == ["principal", "tenant", "name"])
    #expect(row[1].dropFirst(2).first == "Wake County Schools" && row[1].suffix(2) == ["1", "2025-06-30"])
  }

  @Test("seats that are bought for next year have a line of their own, not in this year's")
  func standingInSpring() throws {
    let spring = try TestDaemon(database: try TestDatabase.make(), clock: "2024-03-04T09:00:00-05:00")
    let desk = try Self.fill(spring)
    try spring.ask("clock.set at=2025-05-05T09:00:00-04:00")
    try spring.ask(
      "purchase tenant=920 school=920318 program=ase-entry-level seats=500 unit-price=42.00 year=2025-2026")
    let text = try run(
      TestDaemon.program("seatctl"), [], columns: 80,
      environment: ["SEATLEDGER_SOCKET": spring.socket, "SEATLEDGER_TOKEN": desk, "NO_COLOR": "1"])
    #expect(text.contains("ase-entry-level      1,199     0         1         1  2025-06-30"), "\(text)")
    #expect(text.contains("ase-entry-level        500     0         0         0  2026-06-30"))
    #expect(text.components(separatedBy: "Next deadlines of").count == 2, "once a program")
  }

  @Test("a balance of the living pools at 80 columns, all of it at 140; past years when they are asked for")
  func balance() throws {
    let narrow = try screen("balance")
    #expect(
      narrow == """
        program ase-entry-level · year 2024-2025 · kind seats
        expires 2025-06-30 (120 days left)

        school  fund     purchased  available  reserved  consumed
        ─────────────────────────────────────────────────────────
        920318  perkins      1,200      1,199         0         1
        920368  local            1          0         1         0
        ─────────────────────────────────────────────────────────
        all                  1,201      1,199         1         1
        1 pool that has expired is left out; --year 2023-2024 shows it

        """)
    let last = try screen("balance", "--year", "last")
    #expect(last.contains("expired") && last.contains("30") && !last.contains("perkins"))
    for arguments in [["statement"], ["costs", "--by", "school"], ["forecast"], ["attempts"]] {
      for columns in [80, 140] {
        let text = try run(
          TestDaemon.program("seatctl"), arguments, columns: columns,
          environment: ["SEATLEDGER_SOCKET": daemon.socket, "SEATLEDGER_TOKEN": desk, "NO_COLOR": "1"])
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns }, "\(arguments) \(columns)\n\(text)")
      }
    }
  }

  @Test("colours on a terminal, none with NO_COLOR, none in a pipe; a pipe has every pool")
  func colours() throws {
    #expect(try screen("balance", plain: false).contains("\u{1B}[1;31m        0\u{1B}[0m"))
    #expect(try !screen("balance").contains("\u{1B}"))
    let piped = try pipe("balance", "--tenant", "920").output
    #expect(!piped.contains("\u{1B}") && piped.split(separator: "\n").count == 4)
    #expect(piped.hasPrefix("school\tprogram\tyear\tkind\tfund\texpires\tpurchased\t"))
  }

  @Test("errors say what to type instead")
  func errors() throws {
    #expect(try pipe("balnce").errors == "seatctl: there is no command balnce; did you mean seatctl balance?\n")
    #expect(try pipe("balance", "--schol", "x").errors.contains("did you mean --school?"))
    #expect(try pipe("balance", "school").errors.contains("did you mean --school?"))
    let missing = try pipe("purchase", "--tenant", "920")
    #expect(missing.status == 64 && missing.errors.contains("needs --school, --program, --seats and --unit-price"))
    #expect(missing.errors.contains("for example: seatctl purchase --tenant 920 --school 920318"))
    let which = try pipe("balance")
    #expect(which.status == 64 && which.errors.contains("--tenant 920  Wake County Schools"))
    #expect(try pipe("balance", "--tenant", "921").errors.contains("--tenant 920"))
    let early = try pipe("rollover", "--tenant", "920", "--year", "this")
    #expect(early.status == 65 && early.errors.contains("seatctl explain R"))
    #expect(try pipe("balance", "--year", "last").status == 64, "whose last year?")
  }

  @Test("a statement leads from its opening balance to its closing one; as text, as a page, as rows")
  func statement() throws {
    let text = try screen("statement", "--month", "2025-03", "--school", "920318")
    #expect(text.hasPrefix("SEAT STATEMENT\nWake County Schools (920)\n"))
    #expect(text.contains("Available         0      0.00   1,199  47,960.00    1,199  47,960.00"), "\(text)")
    #expect(text.contains("Wasted           30  1,200.00       0       0.00       30   1,200.00"))
    #expect(text.contains("token:desk") == false && text.contains("uid:0: PO 4500123"))
    #expect(text.contains("Prepared by") && text.contains("Approved by"))
    let page = try pipe("statement", "--tenant", "920", "--month", "2025-03", "--format", "html").output
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<td class=\"number\">48,042.50</td>"))
    #expect(try pipe("statement", "--tenant", "920").output.hasPrefix("entry\tkind\tseats\tcost\t"))
    #expect(try pipe("statement", "--tenant", "920", "--format", "text").output.hasPrefix("SEAT STATEMENT\n"))
    #expect(try pipe("statement", "--tenant", "920", "--format", "pdf").status == 64)
  }
}
