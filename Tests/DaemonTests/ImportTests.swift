import Foundation
import TestSupport
import Testing

/// Files as people save them, told to `seatctl import`.
@Suite("Import")
struct ImportTests {
  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2025-03-03T09:00:00-05:00")
    try daemon.ask("tenant.add tenant=t name=T zone=America/New_York")
    try daemon.ask("school.add tenant=t school=apex name=Apex")
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=3 unit-price=40.00")
  }

  private func `import`(_ kind: String, _ text: String, _ more: [String] = []) throws -> Told {
    try `import`(kind, Array(text.utf8), more)
  }

  private func `import`(_ kind: String, _ bytes: [UInt8], _ more: [String] = []) throws -> Told {
    let file = "\(daemon.directory)/file.csv"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let result = try run(
      TestDaemon.program("seatctl"), ["--socket", daemon.socket, "import", kind, file, "--tenant", "t"] + more)
    return Told(
      status: result.status, rows: result.output.split(separator: "\n").dropFirst().map(String.init),
      errors: result.errors.replacingOccurrences(of: file, with: "file"))
  }

  struct Told {
    let status: Int32
    /// Tab-separated, without their header.
    let rows: [String]
    let errors: String
  }

  /// The journal's end: what has not changed it has changed nothing.
  private func head() throws -> String { try daemon.ask("verify tenant=t") }

  @Test("schools, purchases, a roster and its results, in any order of columns and by the names that people use")
  func term() throws {
    let schools = try `import`("schools", "\u{FEFF}School Name,School Code\r\n\"Cary \"\"East\"\", High\",CARY\r\n")
    #expect(schools.status == 0 && schools.rows == ["2\tt\tcary\tCary \"East\", High"])
    let bought = try `import`(
      "purchases", "PO #,Quantity,unit_price,School,Fund\n4500,2,40.00,cary,perkins\n",
      ["--program", "ase-entry-level"])
    #expect(bought.status == 0 && bought.rows.count == 1 && bought.errors == "1 purchase of 2 seats\n")

    let roster = try `import`(
      "roster", "student,test\nk1,brakes\nk2,brakes\nk1,suspension-steering\n", ["--school", "cary"])
    #expect(roster.errors == "3 reservations, 2 seats taken\n")
    #expect(roster.rows.map { $0.split(separator: "\t")[7] } == ["1", "1", "0"], "what each student cost")
    for attempt in try attempts() { try daemon.ask("start tenant=t attempt=\(attempt) proctor=attested") }
    let numbers = try attempts()
    let results = try `import`(
      "results",
      "attempt,school,candidate,test,outcome\n,cary,k1,brakes,Pass\n\(numbers.count > 1 ? numbers[1] : ""),,,,fail\n")
    #expect(results.status == 0 && results.errors == "2 results, 1 passed\n", "\(results)")
    #expect(try head().contains("differences=0"))
  }

  private func attempts() throws -> [String] {
    try daemon.talk(["attempts tenant=t"]).compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("attempt=") }.map { String($0.dropFirst(8)) }
    }
  }

  @Test("a roster says of every student why not, and reserves for nobody; --skip-refused reserves for the others")
  func refusals() throws {
    let roster = "candidate,test\nk1,brakes\nk2,nothing\nk3,brakes\nk4,brakes\nk5,brakes\nk6,brakes\n"
    let before = try head()
    let refused = try `import`("roster", roster, ["--school", "apex"])
    #expect(refused.status == 65 && refused.rows.isEmpty)
    #expect(refused.errors.split(separator: "\n").count == 4)
    #expect(refused.errors.contains("file:3: no test nothing"))
    #expect(refused.errors.contains("file:6: apex has no seat left") && refused.errors.contains("file:7: apex has no"))
    #expect(try head() == before)

    let rehearsed = try `import`("roster", roster, ["--school", "apex", "--skip-refused", "--dry"])
    #expect(rehearsed.rows.count == 3)
    #expect(try head() == before)

    let done = try `import`("roster", roster, ["--school", "apex", "--skip-refused"])
    #expect(done.status == 0 && done.rows.count == 3 && done.errors.contains("3 lines were left out"))
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=9 unit-price=40.00")
    let rest = try `import`("roster", roster, ["--school", "apex", "--skip-refused"])
    #expect(rest.rows.map { $0.split(separator: "\t")[0] } == ["6", "7"], "those who were left out for want of seats")
  }

  @Test("the same file again does nothing twice, in whatever order its columns are")
  func repetition() throws {
    let first = try `import`("purchases", "school,seats,program,unit-price\napex,2,ase-entry-level,40.00\n")
    let before = try head()
    let again = try `import`("purchases", "unit-price,school,program,seats\r\n40.00,apex,ase-entry-level,2\r\n")
    #expect(first.rows.count == 1 && again.rows == first.rows, "\(first) \(again)")
    #expect(again.errors.contains("an earlier import has done it"))
    #expect(try head() == before)
  }

  @Test("what was interrupted between two batches is finished by the same command")
  func interruption() throws {
    let schools = (1...2_300).map { "s\($0),School \($0)\n" }
    // The first thousand rows of a file are its first batch, so a file of just those is the same batch.
    let half = try `import`("schools", "school,name\n" + schools.prefix(1_000).joined())
    #expect(half.status == 0)
    let whole = try `import`("schools", "school,name\n" + schools.joined())
    #expect(whole.status == 0 && whole.rows.count == 2_300, "\(whole.errors)")
    #expect(try daemon.talk(["school.list tenant=t +limit=1000 +after=s998"]).count < 1_000)
  }

  @Test("a class that is larger than a batch is counted over all of its batches")
  func largeClass() throws {
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=1497 unit-price=40.00")
    let before = try head()
    let names = (1...1_501).map { "k\($0)x,brakes\n" }
    let much = try `import`("roster", "candidate,test\n" + names.joined(), ["--school", "apex"])
    #expect(much.status == 65 && much.errors.contains("apex needs 1501 seats for the rows of this file and has 1500"))
    #expect(try head() == before)
    let enough = try `import`("roster", "candidate,test\n" + names.dropLast().joined(), ["--school", "apex"])
    #expect(enough.status == 0 && enough.rows.count == 1_500)
  }

  // MARK: Broken files

  /// A file's bytes, and what is said about which line of it.
  struct Broken: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var kind = "purchases"
    let bytes: [UInt8]
    let says: [String]

    init(_ name: String, kind: String = "purchases", _ text: String, _ says: String...) {
      (testDescription, self.kind, bytes, self.says) = (name, kind, Array(text.utf8), says)
    }

    init(_ name: String, bytes: [UInt8], _ says: String) {
      (testDescription, self.bytes, self.says) = (name, bytes, [says])
    }
  }

  private static let header = "school,program,seats,unit-price,po,on\n"
  private static let good = "apex,ase-entry-level,1,40.00,a,2025-03-01\n"

  static let broken: [Broken] = [
    // What the file is
    Broken("empty", "", "file:1: the file is empty"),
    Broken("a header alone", header, "file:2: there is no row"),
    Broken(
      "UTF-16", bytes: [0xFF, 0xFE] + header.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
      "file:1: the file is UTF-16"),
    Broken(
      "UTF-16 without its mark", bytes: header.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
      "file:1: the file is UTF-16"),
    Broken("Windows-1252", bytes: Array((header + good).utf8) + [0x43, 0xE9, 0x0A], "file:3: not UTF-8"),
    Broken(
      "a workbook", bytes: Array("PK\u{3}\u{4}".utf8) + [20, 0, 6, 0], "file:1: the file is a spreadsheet itself"),
    Broken("a compressed file", bytes: [0x1F, 0x8B, 8, 0], "file:1: the file is compressed"),
    Broken("a NUL", header + "apex,ase-\0entry-level,1,40.00,a,\n", "file:2: a control character (byte 0)"),
    Broken("old Macintosh's line ends", header.replacing("\n", with: "\r") + "apex\r", "file:1: the lines end in bare"),
    Broken("semicolons", "school;program;seats\napex;p;1\n", "file:1: the columns are separated by semicolons"),
    Broken("tabs", "school\tprogram\tseats\napex\tp\t1\n", "file:1: the columns are separated by tabs"),
    Broken("a spreadsheet's remark", "sep=,\n" + header + good, "file:1: sep= is"),
    // Its form
    Broken(
      "a quote that is never closed", header + good + "apex,\"ase-entry-level,1,40.00,a,\n" + good,
      "file:3: a quote is opened here"),
    Broken(
      "a quote inside a bare value", header + "apex,ase-entry-level,1,40.00,12\" bench,\n",
      "file:2: a quote inside a value"),
    Broken(
      "text behind a closing quote", header + "apex,\"ase\"-entry-level,1,40.00,a,\n",
      "file:2: text behind a closing quote"),
    Broken(
      "a space before a quote", header + "apex, \"ase-entry-level\",1,40.00,a,\n", "file:2: a quote inside a value"),
    Broken("too few cells", header + good + "apex,ase-entry-level,1\n", "file:3: 3 cells where the header has 6"),
    Broken(
      "too many cells", header + "apex,ase-entry-level,1,000,40.00,a,\n", "file:2: 7 cells where the header has 6"),
    Broken("an empty line", header + "\n" + good, "file:2: the line is empty"),
    Broken("a row of nothing", header + good + ",,,,,\n", "file:3: the row holds no value"),
    Broken(
      "a value over a line end", header + "apex,ase-entry-level,1,40.00,\"a\nb\",\n",
      "file:2: po: the value goes on over a line end"),
    // Its columns
    Broken(
      "a missing column", "school,program,unit-price\napex,ase-entry-level,40.00\n",
      "file:1: the column seats is missing"),
    Broken(
      "a misspelt column", header.replacing("seats", with: "seets") + good,
      "file:1: purchases have no column \"seets\"; did you mean seats?"),
    Broken("a column twice", header.replacing("po", with: "seats") + good, "file:1: seats and seats both mean seats"),
    Broken(
      "two names of one column", header.replacing("po", with: "Quantity") + good,
      "file:1: seats and Quantity both mean seats"),
    Broken("a column without a name", header.replacing("po", with: "") + good, "file:1: column 5 has no name"),
    // Its values
    Broken(
      "a value that is missing", header + "apex,ase-entry-level,,40.00,a,\n", "file:2: seats: the value is missing"),
    Broken(
      "American dates", header + "apex,ase-entry-level,1,40.00,a,02/28/2025\napex,ase-entry-level,1,40.00,b,3/1/25\n",
      "file:2: on: \"02/28/2025\" is not a date like 2025-06-30; write 2025-02-28",
      "file:3: on: \"3/1/25\" is not a date like 2025-06-30; write 2025-03-01 for the American order, 2025-01-03 for"),
    Broken("a day as a spreadsheet counts it", header + "apex,ase-entry-level,1,40.00,a,45717\n", "write 2025-03-01"),
    Broken(
      "a day that there is not", header + "apex,ase-entry-level,1,40.00,a,2025-02-29\n",
      "file:2: on: \"2025-02-29\" is not a date"),
    Broken(
      "thousands apart", header + "apex,ase-entry-level,\"1,000\",40.00,a,\n", "file:2: seats: \"1,000\" is not",
      "write 1000"),
    Broken(
      "dollars", header + "apex,ase-entry-level,1,\"$1,040\",a,\n", "file:2: unit-price: \"$1,040\" is not",
      "write 1040.00"),
    Broken(
      "half a seat", header + "apex,ase-entry-level,1.5,40.00,a,\n", "file:2: seats: \"1.5\" is not a whole number"),
    Broken("a negative number", header + "apex,ase-entry-level,-1,40.00,a,\n", "file:2: seats: \"-1\" begins with -"),
    Broken(
      "a formula", header + "apex,ase-entry-level,1,40.00,\"=HYPERLINK(\"\"x\"\")\",\n",
      "file:2: po: \"=HYPERLINK(\"x\")\" begins with ="),
    Broken(
      "a formula by another sign", header + "apex,ase-entry-level,1,40.00,@SUM(A1),\n",
      "file:2: po: \"@SUM(A1)\" begins with @"),
    Broken(
      "a formula's error", header + "apex,ase-entry-level,1,40.00,#REF!,\n",
      "file:2: po: #REF! is a spreadsheet's error"),
    Broken(
      "a rounded number", header + "apex,ase-entry-level,1,40.00,4.5E+09,\n", "file:2: po: \"4.5E+09\" is a long number"
    ),
    Broken("a row twice", header + good + good, "file:3: says the same as line 2"),
    Broken("an unknown school", header + good + good.replacing("apex", with: "cary"), "file:3: no school cary"),
    Broken("an unknown program", header + good.replacing("entry", with: "entree"), "file:2: no program"),
    Broken(
      "a year in short", "school,program,seats,unit-price,year\napex,ase-entry-level,1,40.00,2024-25\n",
      "file:2: year: \"2024-25\" is not an academic year like 2024-2025; write 2024-2025"),
    Broken(
      "a name where a token belongs", kind: "roster", "candidate,school,test\njane.doe,apex,brakes\n",
      "file:2: candidate: looks like a person's name (R30)"),
    Broken(
      "a social security number", kind: "roster", "candidate,school,test\n123-45-6789,apex,brakes\n",
      "file:2: candidate: looks like a social security number"),
    Broken(
      "a student twice", kind: "roster",
      "candidate,school,test,on\nk1,apex,brakes,2025-03-04\nk1,apex,brakes,2025-03-05\n",
      "file:3: attempt 1 of brakes is not completed yet (R6)"),
    Broken(
      "a result of nobody", kind: "results", "school,candidate,test,outcome\napex,k9,brakes,pass\n",
      "file:2: no attempt of this candidate at brakes has started"),
    Broken(
      "a result without its attempt", kind: "results", "candidate,outcome\nk9,pass\n",
      "file:1: a result names its attempt"),
    Broken(
      "an outcome in other words", kind: "results", "attempt,outcome\n7,passed\n",
      "file:2: outcome: \"passed\" is not one of pass, fail, incomplete; write pass"),
    Broken(
      "a school that is there", kind: "schools", "school,name\ncary,Cary\napex,Apex\n",
      "file:3: school apex exists already"),
    Broken(
      "several faults", header + "apex,ase-entry-level,0,40,a,\ncary,ase-entry-level,1,40.00,b,\napex,x,1,40.00,c,\n",
      "file:2: seats:", "file:2: unit-price:", "file:3: no school cary", "file:4: no program"),
  ]

  @Test("a broken file is told its fault with its line, and nothing is done", arguments: broken)
  func brokenFile(_ file: Broken) throws {
    let before = try head()
    let told = try `import`(file.kind, file.bytes)
    #expect(told.status == 65 && told.rows.isEmpty)
    for part in file.says { #expect(told.errors.contains(part), "\(told.errors)") }
    #expect(told.errors.hasSuffix("nothing was imported\n") || told.errors.hasSuffix("does the other lines)\n"))
    #expect(!told.errors.contains("jane") && !told.errors.contains("6789"), "nobody's name is repeated")
    #expect(try head() == before)
  }

  @Test("what is no file and what is no kind of file")
  func usage() throws {
    func status(_ words: String...) throws -> Int32 {
      try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "import"] + words).status
    }
    #expect(try status("pupils", "x.csv") == 64)
    #expect(try status("schools") == 64)
    #expect(try status("schools", "/nonexistent.csv", "--tenant", "t") == 66)
    #expect(try status("purchases", "x.csv", "--skip-refused") == 64)
  }
}
