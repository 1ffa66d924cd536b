import Foundation
import SeatClient
import SeatLedger
import TestSupport
import Testing

@Suite("seatctl")
struct ClientTests {
  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make())
    try daemon.ask("tenant.add tenant=t name=T zone=UTC")
  }

  private func seatctl(_ arguments: String..., input: String = "") throws -> (
    status: Int32, output: String, errors: String
  ) {
    try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + arguments, input: input)
  }

  @Test("TSV in a pipe, with a header; a change shows its key")
  func tsv() throws {
    let bought = try seatctl(
      "purchase", "--tenant", "t", "--school", "district", "--program", "ase-entry-level", "--seats", "3",
      "--unit-price", "2.50")
    #expect(bought.status == 0 && bought.errors.hasPrefix("key "))
    let balance = try seatctl("balance", "--tenant=t")
    let rows = balance.output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(rows.count == 2 && rows[0].count == rows[1].count && rows[0][0] == "school" && rows[1][0] == "district")
  }

  @Test("what somebody types into a reason writes over nothing and turns nothing about")
  func printable() throws {
    try daemon.ask("purchase tenant=t school=district program=ase-entry-level seats=3 unit-price=2.50")
    // U+202E turns what follows it about; a carriage return goes back to the line's beginning.
    let reason = "ok\u{202E}00.9\\rSeat statement"
    try daemon.ask(
      "return tenant=t school=district program=ase-entry-level year=2024-2025 seats=1 reason=\"\(reason)\"")
    let shown = [["--format", "text"], ["--format", "html"], []].map { words in
      try? run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "statement", "--tenant", "t"] + words).output
    }
    for text in shown {
      #expect(text?.contains("ok\u{FFFD}00.9 Seat") == true, "\(text ?? "")")
      #expect(text?.contains("\r") == false && text?.contains("\u{202E}") == false)
    }
  }

  @Test("lists are followed to their end")
  func paging() throws {
    for index in 0..<1_050 where index % 150 == 0 {
      let lines = (index..<min(index + 150, 1_050)).map { "school.add tenant=t school=s\(10_000 + $0) name=S\n" }
      _ = try seatctl("raw", input: lines.joined())
    }
    let list = try seatctl("school.list", "--tenant", "t", "--json")
    let rows = list.output.split(separator: "\n")
    #expect(rows.count == 1_051 && rows[0] == #"{"school":"district","name":"T"}"#)
  }

  @Test(
    "exit statuses",
    arguments: [
      (["ping"], 0), (["pong"], 64), (["balance", "--tenant", "NO"], 64), (["balance", "--tenat", "t"], 64),
      (["tenant.add", "--tenant", "t", "--name", "T", "--zone", "UTC"], 65), (["balance", "--tenant", "nowhere"], 66),
      (["auth", "--token", "a.b"], 77), (["rollover", "--tenant", "t", "--year", "2024-2025"], 65),
    ])
  func exitStatus(_ arguments: [String], _ status: Int) throws {
    let result = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + arguments)
    #expect(result.status == Int32(status) && (status == 0 || !result.errors.isEmpty))
  }

  @Test("every rule is explained, with its source and an example, and the rule page says the same")
  func explain() throws {
    for rule in Rule.allCases {
      let told = try seatctl("explain", rule.name)
      #expect(told.status == 0 && told.output.contains("Source:") && told.output.contains("Example:"), "\(rule.name)")
    }
    #expect(try seatctl("explain", "r8").output.contains("assumption") == false)
    #expect(try seatctl("explain", "R3").output.contains("assumption"))
    #expect(try seatctl("explain", "R31").status == 64)
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/SeatLedger/Refusals/README.md")
    #expect(try String(contentsOf: page, encoding: .utf8) == RulePage.markdown, "seatctl explain --markdown writes it")
  }

  @Test("no daemon, or something else on the socket")
  func noDaemon() throws {
    #expect(try run(TestDaemon.program("seatctl"), ["--socket", "/nonexistent", "ping"]).status == 69)
  }

  @Test("completions are sound shell", arguments: ["bash"])
  func completion(_ shell: String) throws {
    let script = try seatctl("completion", shell).output
    #expect(try run("/bin/bash", ["-n"], input: script).status == 0)
    let answer = try run(
      "/bin/bash", ["-c", script + "\nCOMP_WORDS=(seatctl bal); COMP_CWORD=1; _seatctl; echo ${COMPREPLY[@]}"])
    #expect(answer.output == "balance\n")
  }
}
