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

  @Test("a list has the same columns whether a row fills them or not, and without rows nothing below them")
  func columns() throws {
    func header(_ words: [String]) throws -> (String, rows: Int) {
      let lines = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + words).output
        .split(separator: "\n")
      return (lines.first.map(String.init) ?? "", lines.count - 1)
    }
    let inside: [[String]] = [
      ["grant.list"], ["token.list"], ["attempts"], ["balance"], ["statement"], ["costs", "--by", "fund"], ["forecast"],
      ["year.list"], ["rollover.report"], ["rollover.report", "--by", "school"], ["rollover.report", "--by", "fund"],
    ]
    let lists = inside.map { $0 + ["--tenant", "t"] }
    let before = try lists.map(header)
    for (words, empty) in zip(lists, before) where empty.rows == 0 {
      #expect(try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "--json"] + words).output.isEmpty)
    }
    #expect(before.count { $0.rows == 0 } >= 9, "\(before)")
    for line in [
      "grant.add tenant=t principal=uid:7 role=school school=district", "token.issue tenant=t name=desk",
      "purchase tenant=t school=district program=ase-entry-level seats=3 unit-price=2.50 po=1 invoice=2",
      "reserve tenant=t school=district candidate=k1 test=brakes +actor=Kim", "reverse tenant=t entry=1 reason=wrong",
    ] { try daemon.ask(line) }
    let after = try lists.map(header)
    #expect(after.allSatisfy { $0.rows > 0 })
    for (one, other) in zip(before, after) { #expect(one.0 == other.0) }
    for words in [["tenant.list"], ["program.list"], ["test.list"], ["school.list", "--tenant", "t"]] {
      let rows = try daemon.talk([words[0] + (words.count > 1 ? " tenant=t" : "")])
      let names = rows[1].dropFirst(5).split(separator: "=").dropLast().compactMap { $0.split(separator: " ").last }
      #expect(try header(words).0 == names.joined(separator: "\t"))
    }
  }

  @Test("an answer that cannot be written is no success", arguments: ["> /dev/full", ">&-"])
  func unwritable(_ redirection: String) throws {
    for words in ["balance --tenant t", "statement --tenant t --format html"] {
      let told = try run(
        "/bin/bash", ["-c", "\(TestDaemon.program("seatctl")) --socket \(daemon.socket) \(words) \(redirection)"])
      #expect(told.status == 74 && told.errors.hasPrefix("seatctl: standard output cannot be written: "), "\(told)")
    }
  }

  @Test("a conversation by hand ends well behind a whole reply")
  func raw() throws {
    // Its lines would be another principal's than the token's.
    let asToken = try run(
      "/usr/bin/env", ["SEATLEDGER_TOKEN=a.b", TestDaemon.program("seatctl"), "--socket", daemon.socket, "raw"],
      input: "whoami\n")
    #expect(asToken.status == 64 && asToken.output.isEmpty, "\(asToken)")
    #expect(try seatctl("raw", input: "ping\nquit\n").status == 0)
    #expect(try seatctl("raw", input: "ping\n").status == 0)
    let cut = try run(
      FakeDaemon(answers: ["OK", ""], directory: daemon.directory, client: ["raw"]), input: "ping\nping\n")
    #expect(cut.status == 75 && cut.heard.count == 2, "the second request was never answered")
    let open = try run(
      FakeDaemon(answers: ["D row=1"], directory: daemon.directory, client: ["raw"]), input: "ping\n")
    #expect(open.status == 75)
  }

  @Test("a change whose daemon dies while it is asked may be done: it is worth a retry, with its key")
  func death() throws {
    let told = try run(
      FakeDaemon(
        answers: [""], directory: daemon.directory,
        client: ["school.add", "--tenant", "t", "--school", "a", "--name", "A", "--idem", "k1"]))
    #expect(told.status == 75 && told.heard.count == 1, "\(told)")
    #expect(told.errors.contains("repeat it with --idem k1"), "\(told)")
  }

  @Test("a statement says what its last day takes and whether it is over, and begins before it ends")
  func statementPeriod() throws {
    try daemon.ask("purchase tenant=t school=district program=ase-entry-level seats=3 unit-price=2.50")
    func statement(_ to: String) throws -> String {
      try seatctl("statement", "--tenant", "t", "--to", to, "--format", "text").output
    }
    #expect(try statement("2025-06-30").contains("Seats that expire at the end of 2025-06-30: 3."))
    #expect(try statement("2025-06-30").contains("This period is not over"))
    try daemon.ask("clock.set at=2024-08-03T09:00:00Z")
    #expect(try !statement("2024-08-02").contains("Seats that expire"))
    #expect(try !statement("2024-08-02").contains("not over"))
    let ofLastYear = try seatctl("statement", "--tenant", "t", "--year", "2023-2024", "--format", "text").output
    #expect(ofLastYear.contains("The year is over.") && !ofLastYear.contains("not over"), "\(ofLastYear)")
    let turned = try seatctl("statement", "--tenant", "t", "--from", "2024-08-02", "--to", "2024-08-01")
    #expect(turned.status == 64 && turned.errors.contains("--from 2024-08-02 is after --to 2024-08-01"))
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
      (["watch", "--tenant", "t", "--since", "x"], 64), (["watch", "--tenant", "t", "--since", ""], 64),
      (["watch", "--tenant", "t", "--since", "3", "--since", "5"], 64),
      (["balance", "--tenant", "t", "--limit", "1", "--limit", "2"], 64), (["help", "--comand", "ping"], 64),
      (["help", "--command", "reserve"], 0), (["auth", "--token", "a.b"], 77),
      (["rollover", "--tenant", "t", "--year", "2024-2025"], 65),
    ])
  func exitStatus(_ arguments: [String], _ status: Int) throws {
    let result = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + arguments)
    #expect(result.status == Int32(status) && (status == 0 || !result.errors.isEmpty))
  }

  @Test("what cannot be sent as it was given is not sent at all")
  func unsendable() throws {
    for name in [#"$'bad\xffname'"#, #"$'esc\x1b[31m'"#, #"$'bell\x07'"#] {
      let words = "school.add --tenant t --school zz --name \(name)"
      let result = try run("/bin/bash", ["-c", "\(TestDaemon.program("seatctl")) --socket \(daemon.socket) \(words)"])
      #expect(result.status == 64 && !result.errors.isEmpty, "\(name)")
    }
    #expect(try daemon.ask("school.list tenant=t").contains("rows=1 "))
  }

  @Test("for a program help is an object a line")
  func helpAsJSON() throws {
    let list = try seatctl("--json", "help").output.split(separator: "\n")
    #expect(list.count > 40 && list.allSatisfy { $0.hasPrefix("{") })
    #expect(try seatctl("help", "--command", "reserve", "--json").output.contains(#""argument":"candidate""#))
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
    // What it does not know stands beside the answer.
    let newer = try run(
      FakeDaemon(
        answers: ["I note=new\\nOK entry=1 available=3 seq=1 replayed=no"], directory: daemon.directory,
        client: ["reverse", "--tenant", "t", "--entry", "1", "--reason", "x"]))
    #expect(newer.output.contains("entry\tavailable\tseq\treplayed\n1\t3\t1\tno"), "\(newer)")
    #expect(newer.errors.contains("note=new"))
    let other = FakeDaemon(answers: ["220 mail.example ESMTP"], directory: daemon.directory, client: ["ping"])
    #expect(try run(other).status == 76)
    for greeting in ["OK MPD 0.23.5", String(repeating: "x", count: 20_000)] {
      let stranger = FakeDaemon(greeting: greeting, answers: [""], directory: daemon.directory, client: ["ping"])
      let result = try run(stranger)
      #expect(result.status == 76 && !result.heard.contains("ping"), "\(result)")
    }
  }

  @Test("a socket that is open to others says to whom")
  func closed() throws {
    let told = try run(
      "/usr/bin/setpriv",
      [
        "--reuid", "65534", "--regid", "65534", "--clear-groups", TestDaemon.program("seatctl"), "--socket",
        daemon.socket,
      ]
        + ["ping"])
    #expect(told.status == 77 && told.errors.contains("is open to the group "), "\(told)")
  }

  @Test("help, versions and flags as people try them")
  func help() throws {
    #expect(try seatctl("--version").output.hasPrefix("seatctl 1."))
    #expect(try seatctl("explain", "--help").output.hasPrefix("seatctl explain"))
    #expect(try seatctl("help", "completion").output.hasPrefix("seatctl completion bash|zsh|fish"))
    #expect(try seatctl("--help").output.contains("Commands"))
    #expect(try seatctl("rollover", "--dry=no", "--tenant", "t").status == 64, "it is not taken for --dry")
  }

  @Test(
    "completions are sound shell",
    arguments: [("bash", "/bin/bash"), ("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")])
  func completion(_ shell: String, _ program: String) throws {
    let script = try seatctl("completion", shell).output
    #expect(script.contains("skip-refused"))
    guard FileManager.default.isExecutableFile(atPath: program) else { return }
    #expect(try run(program, ["-n"], input: script).status == 0)
  }

  @Test(
    "bash completes commands, words, values and files",
    arguments: [
      (["bal"], "balance"), (["--socket", "/x", "bal"], "balance"), (["import", "pu"], "purchases"),
      (["--socket", "/x", "import", "pu"], "purchases"), (["import", "roster", "cla"], "class.csv"),
      (["import", "roster", "class.csv", "--sk"], "--skip-refused"), (["export", "cos"], "costs"),
      (["export", "costs", "--format", "x"], "xlsx"), (["export", "costs", "--output", "cla"], "class.csv"),
      (["rollover", "--compare", "cla"], "class.csv"), (["balance", "--year", "la"], "last"),
      (["balance", "--tenant", ""], ""), (["explain", "R30"], "R30"),
    ])
  func bash(_ words: [String], _ offer: String) throws {
    _ = FileManager.default.createFile(atPath: "\(daemon.directory)/class.csv", contents: nil)
    let line = (["seatctl"] + words).map { "'\($0)'" }.joined(separator: " ")
    let answer = try run(
      "/bin/bash",
      [
        "-c",
        "cd \(daemon.directory)\n" + (try seatctl("completion", "bash").output)
          + "\nCOMP_WORDS=(\(line)); COMP_CWORD=\(words.count); _seatctl; echo ${COMPREPLY[@]}",
      ])
    #expect(answer.output == "\(offer)\n", "\(answer)")
  }
}
