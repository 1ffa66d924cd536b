import Foundation
import SeatLedger
import TestSupport
import Testing

/// What leaves the building, read by somebody else's programs.
@Suite("Export")
struct ExportTests {
  private let daemon: TestDaemon
  private static let evil = #"=HYPERLINK(""x""), date:2020-01-01; [2020-02-02] | \"#.replacing("\"\"", with: "'")

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2024-08-30T09:00:00-04:00")
    for line in [
      "tenant.add tenant=t name=T zone=America/New_York", "school.add tenant=t school=x.y name=X",
      "purchase tenant=t school=x.y program=ase-entry-level seats=3 unit-price=40.00",
      "purchase tenant=t school=x.y program=ase-entry-level seats=4 unit-price=47.01 fund=5-5120",
      "purchase tenant=t school=x.y program=ase-entry-level seats=4 unit-price=47.01",
      "clock.set at=2024-10-15T09:00:00-04:00",
      "reserve tenant=t school=x.y candidate=k1 test=brakes on=2024-10-15",
      "reserve tenant=t school=x.y candidate=k2 test=brakes on=2024-10-20T09:00",
      "start tenant=t attempt=4 proctor=attested", "result tenant=t attempt=4 outcome=pass",
      "transfer tenant=t from=x.y to=district program=ase-entry-level year=2024-2025 seats=1",
      "hold tenant=t school=x.y program=ase-entry-level year=2024-2025 seats=1 until=2024-12-01",
      #"return tenant=t school=x.y program=ase-entry-level year=2024-2025 seats=1 reason="\#(Self.evil.replacing("\\", with: "\\\\"))""#,
      "purchase tenant=t school=x.y program=ase-entry-level kind=site seats=1 unit-price=900.00",
      "reverse tenant=t entry=2 reason=-1+1",
    ] { #expect(try daemon.ask(line).hasPrefix("OK"), "\(line)") }
  }

  private func export(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
    try run(
      TestDaemon.program("seatctl"), ["--socket", daemon.socket, "export"] + words + ["--tenant", "t"])
  }

  private var file: String { "\(daemon.directory)/export" }

  @Test("CSV: lines end as the standard says, and no cell runs as a formula")
  func csv() throws {
    let csv = try export("statement", "--format", "csv").output.components(separatedBy: "\r\n")
    #expect(csv.count == 14 && csv[0].hasPrefix("entry,kind,seats,cost,from,to,") && csv[13].isEmpty)
    #expect(csv.contains { $0.contains(#","'=HYPERLINK('x'), date:2020-01-01; [2020-02-02] | \","#) })
    #expect(
      csv.contains { $0.contains(",'-1+1,2,") }, "a reason that begins with a minus, and the entry that it reverses")
    #expect(csv[1].hasPrefix("1,purchase,3,120.00,,x.y/ase-entry-level/2025-06-30/general/available,,2024-08-30T09:"))
    let costs = try export("costs", "--by", "fund").output
    #expect(costs.hasPrefix("fund,purchased,transferred-in,") && costs.contains("5-5120,0.00,"))
  }

  @Test("no part of a text becomes a cell, whatever a spreadsheet is told to take for a separator")
  func separators() throws {
    let reason = #"a;=1+1\t=2+2\r\n=3+3"#
    try daemon.ask(#"return tenant=t school=x.y program=ase-entry-level year=2024-2025 seats=1 reason="\#(reason)""#)
    let csv = try export("statement", "--format", "csv").output
    #expect(csv.contains(#","a;=1+1 =2+2  =3+3","#), "\(csv)")
  }

  @Test("a statement's balance counts beyond ten thousand, from page to page")
  func largeBalance() throws {
    try daemon.ask("purchase tenant=t school=x.y program=ase-entry-level seats=70001 unit-price=1.00 fund=large")
    let first = try daemon.talk(["statement tenant=t fund=large +limit=1"])
    #expect(first[1].hasSuffix(" balance=70001"), "\(first)")
    try daemon.ask("transfer tenant=t from=x.y to=district program=ase-entry-level year=2024-2025 seats=1 fund=large")
    try daemon.ask(
      "return tenant=t school=x.y program=ase-entry-level year=2024-2025 seats=60000 fund=large reason=large")
    let page = try daemon.ask("statement tenant=t school=x.y fund=large +limit=2")
    let next = page.split(separator: " ").first { $0.hasPrefix("next=") }?.dropFirst(5) ?? ""
    let last = try daemon.talk(["statement tenant=t school=x.y fund=large +after=\(next)"])
    #expect(last[1].hasSuffix(" balance=10000"), "\(last)")
  }

  @Test("JSON is one array")
  func json() throws {
    for list in ["balances", "statement", "costs", "attempts"] {
      let text = try export(list, "--format", "json").output
      let rows = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
      #expect(rows?.isEmpty == false, "\(list)")
    }
    let nothing = try export("attempts", "--format", "json", "--candidate", "nobody").output
    #expect(try JSONSerialization.jsonObject(with: Data(nothing.utf8)) as? [Int] == [])
  }

  @Test("hledger and beancount accept the journal and its assertions, and hledger shows our balances")
  func journals() throws {
    #expect(try export("statement", "--format", "hledger", "--output", file).status == 0)
    let check = try run("/usr/bin/env", ["hledger", "-f", file, "check", "--strict"])
    #expect(check.status == 0, "\(check.errors)")
    let shown = try run("/usr/bin/env", ["hledger", "-f", file, "balance", "--depth=2", "-O", "csv"]).output
    #expect(
      shown.components(separatedBy: "\n").filter { $0.contains("available") || $0.contains("expended") } == [
        "\"assets:available\",\"3 SEAT, \(try money("available")) USD\"",
        "\"expenses:expended\",\"2 SEAT, \(try money("expended")) USD\"",
      ])
    // An assertion that does not hold would be found.
    let journal = try String(contentsOfFile: file, encoding: .utf8)
    let wrong = journal.replacing("SEAT =* 7 SEAT", with: "SEAT =* 8 SEAT")
    try wrong.write(toFile: "\(file).wrong", atomically: true, encoding: .utf8)
    #expect(wrong != journal)
    #expect(try run("/usr/bin/env", ["hledger", "-f", "\(file).wrong", "check"]).status != 0)

    for words in [
      [], ["--school", "x.y"], ["--fund", "general"], ["--as-of", "2024-09-15"], ["--year", "2024-2025"],
    ] {
      for (form, program, arguments) in [
        ("hledger", "hledger", ["check", "--strict", "-f"]), ("beancount", "bean-check", ["--no-cache"]),
      ] {
        let all = [
          "--socket", daemon.socket, "export", "balances", "--format", form, "--output", file, "--tenant", "t",
        ]
        #expect(try run(TestDaemon.program("seatctl"), all + words).status == 0)
        let told = try run("/usr/bin/env", [program] + arguments + [file])
        #expect(told.status == 0, "\(form) \(words) \(told.output) \(told.errors)")
      }
    }
    // Beancount, too, is exact: what is a cent too much is too much.
    let beans = try String(contentsOfFile: file, encoding: .utf8)
    let cent = beans.replacing(try money("available"), with: "0.01")
    try cent.write(toFile: "\(file).wrong", atomically: true, encoding: .utf8)
    #expect(try cent != beans && run("/usr/bin/env", ["bean-check", "--no-cache", "\(file).wrong"]).status != 0)
  }

  private func money(_ name: String) throws -> String {
    let costs = try daemon.ask("costs tenant=t +limit=1")
    return String(costs.split(separator: " ").first { $0.hasPrefix("\(name)=") }?.dropFirst(name.count + 1) ?? "")
  }

  @Test("a workbook has dates, numbers, a header that stays and totals, and its texts never run")
  func workbook() throws {
    let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("workbook.py").path
    func sheet(_ list: String, _ words: String...) throws -> [String] {
      let made = try run(
        TestDaemon.program("seatctl"),
        ["--socket", daemon.socket, "export", list, "--format", "xlsx", "--output", file, "--tenant", "t"] + words)
      #expect(made.status == 0, "\(made.errors)")
      let read = try run("/usr/bin/env", ["python3", reader, file])
      #expect(read.status == 0, "\(read.errors)")
      return read.output.split(separator: "\n").map(String.init)
    }
    let balances = try sheet("balances")
    #expect(
      balances[1].contains(###""F": [45838.0, "yyyy\\-mm\\-dd"], "G": [0.0, "#,##0"], "H": [1.0, "#,##0"]"###),
      "\(balances[1])")
    #expect(balances.last?.contains(###""G": [8.0, "#,##0", "SUM(G2:G5)"]"###) == true, "\(balances)")
    let statement = try sheet("statement")
    #expect(
      statement[1].contains(#""H": [45534.375"#), "9:00 of 2024-08-30 is three eighths of the day: \(statement[1])")
    #expect(statement.contains { $0.contains(#""L": "=HYPERLINK("#) })
    // Readers take _x003D_ for the equals sign of that number, unless its first line is written so itself.
    try daemon.ask("return tenant=t school=x.y program=ase-entry-level year=2024-2025 seats=1 reason=_x003D_1+1")
    #expect(try sheet("statement").contains { $0.contains(#""L": "_x005F_x003D_1+1""#) })
    #expect(try sheet("costs", "--by", "school").count == 4)
    #expect(try sheet("attempts").count == 4)
    #expect(try sheet("attempts", "--candidate", "nobody").count == 1, "nothing but the header")
  }

  /// By hand, for it takes half a gigabyte of Debian packages: `SEATLEDGER_LIBREOFFICE=soffice Scripts/test --filter Export`
  @Test(
    "LibreOffice opens a workbook and computes the same totals",
    .enabled(if: ProcessInfo.processInfo.environment["SEATLEDGER_LIBREOFFICE"] != nil))
  func libreOffice() throws {
    let office = ProcessInfo.processInfo.environment["SEATLEDGER_LIBREOFFICE"] ?? ""
    let emptier = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("recompute.py")
      .path
    for (list, total) in [
      ("balances", try daemon.ask("balance tenant=t +limit=1")), ("costs", try daemon.ask("costs tenant=t +limit=1")),
    ] {
      #expect(try export(list, "--format", "xlsx", "--output", file).status == 0)
      #expect(try run("/usr/bin/env", ["python3", emptier, file, "\(file).xlsx"]).status == 0)
      let words = ["--headless", "--convert-to", "csv", "--outdir", daemon.directory, "\(file).xlsx"]
      let converted = try run("/usr/bin/env", [office, "-env:UserInstallation=file://\(file).profile"] + words)
      #expect(converted.status == 0, "\(converted.errors)")
      let lines = try String(contentsOfFile: "\(file).csv", encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(list == "costs" || lines[1][5] == "2025-06-30", "a date is shown as one")
      let sums = Dictionary(
        Fields(stored: String(total.dropFirst(3))).pairs.map { ($0.name, Double($0.value)) }
      ) { first, _ in first }
      for (name, sum) in zip(lines[0], lines[lines.count - 1]) where !sum.isEmpty && sum != "all" {
        #expect(Double(sum) == sums[String(name)], "\(list) \(name) \(sum): \(total)")
      }
    }
  }

  @Test("a file is there whole or not at all")
  func unwritable() throws {
    #expect(try export("balances", "--output", "/nonexistent/file").status == 74)
    #expect(try export("balances", "--output", "").status == 64)
    #expect(try export("balances", "--output", daemon.directory).errors.contains("Is a directory"))
    #expect(try export("balances", "--school", "nowhere", "--as-of", "2024-13-01", "--output", file).status == 64)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: daemon.directory).allSatisfy { !$0.hasPrefix("export") })
  }

  @Test("a device stays a device, a link keeps leading where it led, a file keeps its mode")
  func places() throws {
    #expect(try export("balances", "--output", "/dev/null").status == 0)
    let null = try FileManager.default.attributesOfItem(atPath: "/dev/null")
    #expect(null[.type] as? FileAttributeType == .typeCharacterSpecial)
    #expect(try export("balances", "--output", "/dev/full").errors.contains("No space left on device"))
    try "old".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    try FileManager.default.createSymbolicLink(atPath: "\(file).link", withDestinationPath: file)
    #expect(try export("balances", "--output", "\(file).link").status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(file).link") == file)
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    #expect(try export("balances", "--output", "-").output == String(contentsOfFile: file, encoding: .utf8))
  }

  @Test("all pages of a list show the journal as it stood for the first one")
  func pages() throws {
    let asked = try run(
      FakeDaemon(
        answers: ["D school=a fund=general\\nOK rows=1 seq=7 next=x", "D school=b\\nOK rows=1 seq=9"],
        directory: daemon.directory, client: ["export", "balances", "--tenant", "t"]))
    #expect(asked.status == 0 && asked.output.split(separator: "\r\n").count == 3, "\(asked)")
    #expect(
      asked.heard == [
        "balance tenant=t +limit=1000", "balance tenant=t +limit=1000 +known=7 +after=x",
      ])
  }

  @Test("errors that say what to type instead")
  func usage() throws {
    for word in ["import", "export"] {
      let manual = try run(TestDaemon.program("seatctl"), ["help", word])
      #expect(manual.status == 0 && manual.output.hasPrefix("seatctl \(word) "))
      #expect(manual.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(try run(TestDaemon.program("seatctl"), [word, "--help"]).output == manual.output)
    }
    #expect(try export("balance").errors.contains("did you mean balances?"))
    #expect(try export("attempts", "--format", "hledger").errors.contains("export statement"))
    #expect(try export("statement", "--format", "xlsx").errors.contains("--output statement.xlsx"))
    #expect(try export("statement", "--output", "a.pdf").errors.contains("export writes csv, json, hledger"))
    #expect(
      try export("statement", "--output", "a.xlsx", "--format", "csv").errors.contains("--output ends with .xlsx"))
    let backwards = try export("statement", "--from", "2025-03-31", "--to", "2025-03-01")
    #expect(backwards.status == 64 && backwards.errors.contains("the first day comes first"))
    #expect(try export("statement", "--format", "hledger", "--from", "2024-09-01").status == 64)
    #expect(
      try export("balances", "--year", "this", "--json").output == export("balances", "--year", "2024-2025").output)
    #expect(try export("balances", "--year", "then").status == 64)
  }
}
