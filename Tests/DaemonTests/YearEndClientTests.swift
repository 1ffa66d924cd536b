import Foundation
import SeatLedger
import TestSupport
import Testing

@testable import seatctl

/// `seatctl rollover`: the page that is filed, and the comparison with a rehearsal.
@Suite("seatctl at the year's end", .serialized)
struct YearEndClientTests {
  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-06-01T09:00:00-04:00")
    for line in [
      "tenant.add tenant=t name=\"Tom & <Jerry>\" zone=America/New_York", "school.add tenant=t school=apex name=Apex",
      "purchase tenant=t school=apex program=ase-entry-level seats=10 unit-price=40.00",
      "purchase tenant=t school=district program=ase-entry-level seats=2 unit-price=40.00 fund=perkins",
      "reserve tenant=t school=apex candidate=k1 test=brakes on=2025-06-20",
    ] { try #require(try daemon.ask(line).hasPrefix("OK"), "\(line)") }
  }

  private func seatctl(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket] + arguments)
  }

  private func save(_ text: String, as name: String) throws -> String {
    let path = "\(daemon.directory)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("a saved rehearsal, as TSV or JSON, pool by pool or tenant by tenant, is the rollover that came of it")
  func compare() throws {
    let files = [
      try save(try seatctl("rollover.report", "--tenant", "t").output, as: "pools.tsv"),
      try save(try seatctl("rollover.report", "--tenant", "t", "--json").output, as: "pools.json"),
      try save(try seatctl("rollover", "--dry").output, as: "tenants.tsv"),
      try save(try seatctl("rollover", "--dry", "--json").output, as: "tenants.json"),
    ]
    try daemon.ask("clock.set at=2025-07-01T00:00:00-04:00")
    for file in files {
      let result = try seatctl("rollover", "--year", "2024-2025", "--compare", file)
      #expect(
        result.status == 0 && result.output.isEmpty && result.errors.contains("no difference"), "\(file) \(result)")
    }
    // A late posting is a difference, and says where.
    #expect(try daemon.ask("start tenant=t attempt=3 at=2025-06-20T09:00 proctor=attested").hasPrefix("OK"))
    let result = try seatctl("rollover", "--compare", files[0])
    #expect(result.status == 65)
    #expect(
      result.output == """
        tenant\tschool\tprogram\tkind\tfund\texpires\tfigure\trehearsed\tnow\tdifference
        t\tapex\tase-entry-level\tseats\tgeneral\t2025-06-30\texpired-reserved\t1\t0\t-1
        t\tapex\tase-entry-level\tseats\tgeneral\t2025-06-30\tcost\t400.00\t360.00\t-40.00

        """)
    #expect(result.errors.contains("2 lines, 1 of them not as rehearsed"))
    #expect(try seatctl("rollover", "--compare", files[2]).status == 64, "tenants' lines do not say their year")
    for (name, text) in [("none", ""), ("other.tsv", "a\tb\n1\t2\n"), ("torn.tsv", "tenant\texpired-idle\nt\n")] {
      let result = try seatctl("rollover", "--compare", try save(text, as: name))
      #expect(result.status == 64 && result.errors.contains(name), "\(result)")
    }
    #expect(try seatctl("rollover", "--compare", "/nowhere/at-all").status == 64)
  }

  @Test("the page holds the report, escaped, and says how far the year is")
  func page() throws {
    let file = "\(daemon.directory)/year.html"
    #expect(try seatctl("rollover", "--dry", "--tenant", "t", "--html", file).status == 0)
    var page = try String(contentsOfFile: file, encoding: .utf8)
    #expect(page.contains("<h1>Tom &amp; &lt;Jerry&gt;</h1>") && page.contains("Rehearsal:"))
    #expect(page.contains("$480.00") && page.contains("perkins"))
    let clock = try daemon.ask("status").split(separator: " ").first { $0.hasPrefix("now=") }?.dropFirst(4) ?? ""
    #expect(
      !page.contains("Made \(clock.prefix(10)) \(clock.dropFirst(11).prefix(5))"), "the district's clock, not UTC")
    #expect(page.contains(/Made \d{4}-\d\d-\d\d \d\d:\d\d, from/))
    try daemon.ask("clock.set at=2025-07-01T00:00:00-04:00")
    try daemon.ask("year.seal tenant=t program=ase-entry-level year=2024-2025")
    #expect(try seatctl("rollover", "--html", file).status == 0, "of every tenant that had pools")
    page = try String(contentsOfFile: file, encoding: .utf8)
    #expect(page.contains("2024-2025") && page.contains("Sealed: these figures are final."))
    let nowhere = try seatctl("rollover", "--html", "/nowhere/year.html")
    #expect(nowhere.status == 74 && nowhere.errors.contains("/nowhere/year.html cannot be written: No such file"))
    #expect(try seatctl("rollover", "--html", file, "--tenant", "nobody").status == 66)
  }

  @Test("progress fits a terminal's line, and is no data in a pipe")
  func progress() throws {
    let text = ProgressLine.text(done: 412_000, of: 1_000_000, secondsLeft: 24)
    #expect(text == "████████████░░░░░░░░░░░░░░░░░░ 41 %  412,000 of 1,000,000, 24 s left")
    #expect(text.count <= 80)
    #expect(ProgressLine.text(done: 5, of: 5, secondsLeft: 0).hasSuffix("100 %  5 of 5"))
    for json in [[], ["--json"]] {
      let result = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "verify"] + json)
      #expect(result.status == 0 && !result.output.contains("done"), "\(result)")
      #expect(!result.errors.contains("done"))
    }
  }
}
