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
    #expect(schools.status == 0 && schools.rows == ["2\tt\tcary\tCary \"East\", High\tno"])
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
    let fresh = rest.rows.filter { $0.hasSuffix("\tno") }
    #expect(fresh.map { $0.split(separator: "\t")[0] } == ["6", "7"], "those who were left out for want of seats")
  }

  @Test("the same file again does nothing twice, in whatever order its columns and rows are, and tells what stands")
  func repetition() throws {
    let first = try `import`("purchases", "school,seats,program,unit-price\napex,2,ase-entry-level,40.00\n")
    let before = try head()
    let again = try `import`(
      "purchases", "unit-price,school,program,seats,fund\r\n40.00,apex,ase-entry-level,2,general\r\n")
    #expect(first.rows.count == 1 && first.rows[0].hasSuffix("\tno"))
    #expect(again.rows.map { $0.dropLast(3) } == first.rows.map { $0.dropLast(2) }, "\(first) \(again)")
    #expect(
      again.errors == "1 purchase of 2 seats; an earlier import has done it all as entry 2, nothing was changed\n")
    #expect(try head() == before)
  }

  @Test("a file that is sorted anew, extended or put right books what is new, and nothing twice")
  func growing() throws {
    let header = "school,program,seats,unit-price,po\n"
    let (one, two) = ("apex,ase-entry-level,10,40.00,4501\n", "apex,ase-entry-level,20,40.00,4502\n")
    #expect(try `import`("purchases", header + one + two).status == 0)
    #expect(try purchased() == 33)
    let grown = try `import`("purchases", header + "apex,ase-entry-level,5,40.00,4503\n" + two + one)
    #expect(grown.status == 0 && grown.errors.contains("2 lines of it done before as entries 2 to 3"), "\(grown)")
    #expect(grown.rows.map { $0.split(separator: "\t").last } == ["no", "yes", "yes"])
    #expect(try purchased() == 38)

    // A number that was mistyped is put right by reversing the entry, never by booking the order once more.
    let corrected = header + two.replacing("20", with: "25") + one
    let before = try head()
    let refused = try `import`("purchases", corrected)
    #expect(refused.status == 65 && refused.errors.contains("file:2: PO 4502 of apex is booked already, as entry 3"))
    #expect(refused.errors.contains("20 seats, 800.00") && refused.errors.contains("reverse entry 3 first"))
    #expect(try head() == before)
    try daemon.ask("reverse tenant=t entry=3 reason=mistyped")
    #expect(try `import`("purchases", corrected).status == 0)
    #expect(try purchased() == 43)

    // Another delivery of the same order has an invoice of its own.
    let delivery = "school,program,seats,unit-price,po,invoice\napex,ase-entry-level,10,40.00,4501,b2\n"
    #expect(try `import`("purchases", delivery).status == 0)
    #expect(try purchased() == 53)
  }

  private func purchased() throws -> Int? {
    let end = try daemon.ask("balance tenant=t school=apex +limit=1")
    return end.split(separator: " ").first { $0.hasPrefix("purchased=") }.flatMap { Int($0.dropFirst(10)) }
  }

  @Test("an order that was reversed since is told, and booked once more with --again, that once")
  func reversed() throws {
    let file = "school,program,seats,unit-price,po\napex,ase-entry-level,10,40.00,4501\n"
    #expect(try `import`("purchases", file).status == 0)
    try daemon.ask("reverse tenant=t entry=2 reason=wrong")
    let told = try `import`("purchases", file)
    #expect(told.status == 0)
    #expect(
      told.errors.contains(
        "file:2: an earlier import booked this on 2025-03-03 as entry 2, which entry 3 has reversed; --again"))
    #expect(try purchased() == 3)
    #expect(try `import`("purchases", file, ["--again"]).status == 0)
    #expect(
      try `import`("purchases", file, ["--again"]).errors.contains("an earlier import has done it all as entry 4"))
    #expect(try purchased() == 13)
  }

  @Test("a result that names an attempt and a student of another one is refused")
  func disagreement() throws {
    #expect(try `import`("roster", "candidate,test\nk1,brakes\nk2,brakes\n", ["--school", "apex"]).status == 0)
    let numbers = try attempts()
    for attempt in numbers { try daemon.ask("start tenant=t attempt=\(attempt) proctor=attested") }
    let before = try head()
    for (row, says) in [
      ("apex,k2,brakes", "attempt \(numbers[0]) is another candidate's"),
      ("apex,k1,suspension-steering", "attempt \(numbers[0]) is one at brakes, not at suspension-steering"),
      ("district,k1,brakes", "attempt \(numbers[0]) is one of school apex, not of district"),
    ] {
      let told = try `import`("results", "attempt,school,candidate,test,outcome\n\(numbers[0]),\(row),pass\n")
      #expect(told.status == 65 && told.errors.contains("file:2: \(says)"), "\(told.errors)")
    }
    #expect(try head() == before)
    let agreed = try `import`(
      "results", "attempt,school,candidate,test,outcome\n\(numbers[0]),apex,k1,brakes,pass\n")
    #expect(agreed.status == 0 && agreed.rows.count == 1)
  }

  @Test("a retest's results are posted though the file says what the first one said; its roster waits for --again")
  func retest() throws {
    let roster = "candidate,test\nk1,brakes\n"
    let results = "school,candidate,test,outcome\napex,k1,brakes,fail\n"
    #expect(try `import`("roster", roster, ["--school", "apex"]).status == 0)
    try daemon.ask("start tenant=t attempt=2 proctor=attested")
    #expect(try `import`("results", results).errors == "1 result, 0 passed\n")
    try daemon.ask("clock.set at=2025-04-10T09:00:00-04:00")
    let told = try `import`("roster", roster, ["--school", "apex"])
    #expect(told.status == 0 && told.errors.contains("file:2: an earlier import reserved attempt 2 for this"))
    #expect(told.errors.contains("which is failed by now; --again does it once more"))
    #expect(try attempts().count == 1)
    #expect(try `import`("roster", roster, ["--school", "apex", "--again"]).status == 0)
    #expect(try `import`("roster", roster, ["--school", "apex", "--again"]).errors.contains("has done it all"))
    let second = try attempts()[1]
    try daemon.ask("start tenant=t attempt=\(second) proctor=attested")
    let posted = try `import`("results", results)
    #expect(posted.status == 0 && posted.errors == "1 result, 0 passed\n", "\(posted)")
    #expect(posted.rows.first?.contains("\t\(second)\t") == true)
    #expect(try `import`("results", results).errors.contains("an earlier import has done it all"))
  }

  @Test("a file that somebody else has imported is done already")
  func anotherUser() throws {
    let file = "school,program,seats,unit-price\napex,ase-entry-level,10,40.00\n"
    #expect(try `import`("purchases", file).status == 0)
    let before = try head()
    let issued = try daemon.ask("token.issue tenant=t name=desk")
    let token = issued.split(separator: " ").first { $0.hasPrefix("token=") }?.dropFirst(6) ?? ""
    try daemon.ask("grant.add tenant=t principal=token:desk role=finance")
    let told = try run(
      "/usr/bin/env",
      ["SEATLEDGER_TOKEN=\(token)", TestDaemon.program("seatctl"), "--socket", daemon.socket, "import", "purchases"]
        + ["\(daemon.directory)/file.csv"])
    #expect(told.status == 0, "\(told.errors)")
    #expect(told.errors == "1 purchase of 10 seats; another user has imported it already, nothing was changed\n")
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

  @Test("a class that is larger than a batch is counted over all of its batches, program by program")
  func largeClass() throws {
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=1497 unit-price=40.00")
    // Seats of another program and of another year help nobody here.
    try daemon.ask("purchase tenant=t school=apex program=ase-professional seats=90 unit-price=40.00")
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level year=2025-2026 seats=90 unit-price=40.00")
    let before = try head()
    let names = (1...1_501).map { "k\($0)x,brakes\n" }
    let much = try `import`("roster", "candidate,test\n" + names.joined(), ["--school", "apex"])
    #expect(
      much.status == 65
        && much.errors.contains("apex needs 1501 seats of ase-entry-level for the rows of this file and has 1500"),
      "\(much.errors)")
    #expect(try head() == before)
    let enough = try `import`("roster", "candidate,test\n" + names.dropLast().joined(), ["--school", "apex"])
    #expect(enough.status == 0 && enough.rows.count == 1_500)
  }

  @Test("a row that is refused after its rehearsal is told by its line, and what stands before it is done")
  func refusedInTheEnd() throws {
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=1500 unit-price=40.00")
    let held = try daemon.ask(
      "hold tenant=t school=apex program=ase-entry-level year=2024-2025 seats=1000 until=2025-06-01")
    let hold = held.split(separator: " ").first { $0.hasPrefix("hold=") }.map { String($0.dropFirst(5)) } ?? ""
    let rows = (1...1_001).map { "k\($0)x,brakes\n" }
    let told = try `import`("roster", "candidate,test\n" + rows.joined(), ["--school", "apex", "--hold", hold])
    #expect(told.status == 65 && told.rows.count == 1_000)
    #expect(told.errors.contains("file:1002: ") && told.errors.contains("(R28)"), "\(told.errors)")
    #expect(told.errors.contains("since the rehearsal: line 1002 is not done"), "\(told.errors)")
  }

  @Test("a student whose rows stand far apart in a large class takes one seat")
  func farApart() throws {
    try daemon.ask("purchase tenant=t school=apex program=ase-entry-level seats=697 unit-price=40.00")
    let class700 = (1...700).map { "k\($0)x" }
    let rows = class700.map { "\($0),brakes\n" } + class700.map { "\($0),suspension-steering\n" }
    let told = try `import`("roster", "candidate,test\n" + rows.joined(), ["--school", "apex"])
    #expect(told.status == 0 && told.errors == "1,400 reservations, 700 seats taken\n", "\(told.errors.prefix(400))")
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
      "a comma before the cents",
      header + "apex,ase-entry-level,1,\"40,00\",a,\napex,ase-entry-level,1,\"1 000,5\",b,\n",
      "file:2: unit-price: \"40,00\" is not", "write 40.00", "write 1000.50"),
    Broken(
      "a day with its hour, as spreadsheets write it", kind: "roster",
      "candidate,school,test,on\nk1,apex,brakes,2025-03-04 09:00\nk2,apex,brakes,3/14/2025 1:05 PM\n",
      "write 2025-03-04T09:00",
      "write 2025-03-14T13:05"),
    Broken(
      "half a seat", header + "apex,ase-entry-level,1.5,40.00,a,\n", "file:2: seats: \"1.5\" is not a whole number"),
    Broken("a negative number", header + "apex,ase-entry-level,-1,40.00,a,\n", "file:2: seats: \"-1\" is negative"),
    Broken(
      "less than nothing, as accountants write it", header + "apex,ase-entry-level,1,(40.00),a,\n",
      "file:2: unit-price: \"(40.00)\" is not", "brackets mean less than nothing"),
    Broken(
      "another currency", header + "apex,ase-entry-level,1,£40.00,a,\n", "file:2: unit-price: \"£40.00\" is not",
      "write the amount in dollars"),
    Broken(
      "a month by its name",
      header + "apex,ase-entry-level,1,40.00,a,1-Feb-25\napex,ase-entry-level,1,40.00,b,\"Feb 1, 2025\"\n",
      "file:2: on: \"1-Feb-25\" is not a date like 2025-06-30; write 2025-02-01",
      "file:3: on: \"Feb 1, 2025\" is not a date like 2025-06-30; write 2025-02-01"),
    Broken(
      "a space of no width", header + "ap\u{200B}ex,ase-entry-level,1,40.00,a,\n",
      "file:2: school: an invisible character (U+200B) inside the value"),
    Broken(
      "a district that there is not", "tenant,school,program,seats,unit-price\nnowhere,apex,ase-entry-level,1,40.00\n",
      "file:1: tenant is a column of the file and --tenant was given, too"),
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
      "a result of a test that there is not", kind: "results",
      "school,candidate,test,outcome\napex,k9,breaks,pass\nnowhere,k9,brakes,pass\n",
      "file:2: no test breaks; test.list shows the tests", "file:3: no school nowhere here; school.list shows"),
    Broken(
      "a result whose student is missing", kind: "results", "school,candidate,test,outcome\napex,,brakes,pass\n",
      "file:2: candidate: the value is missing"),
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

  @Test("one clear line about a file that is separated by something else")
  func separator() throws {
    let told = try `import`("purchases", "school;program;seats\napex;p;1\n")
    #expect(told.errors.split(separator: "\n").count == 2, "\(told.errors)")
  }

  @Test("what nobody sees at the ends of a cell is no part of it; a year may be this one; a district must be named")
  func surroundings() throws {
    let told = try `import`(
      "purchases", "school,program,seats,unit-price\n\u{A0}apex\u{200B},ase-entry-level,2,40.00 \n", ["--year", "this"])
    #expect(told.status == 0 && told.rows.first?.contains("2025-06-30") == true, "\(told)")
    let file = "\(daemon.directory)/file.csv"
    let nobodys = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "import", "purchases", file])
    #expect(nobodys.status == 64 && nobodys.errors.contains("--tenant CODE, or a column tenant"), "\(nobodys.errors)")
    try Data("tenant,school,name\nt,bx,B\nnowhere,cx,C\n".utf8).write(to: URL(fileURLWithPath: file))
    let strange = try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "import", "schools", file])
    #expect(strange.status == 65 && strange.errors.contains("file.csv:3: tenant: no district nowhere"))
    let unreadable = try run(TestDaemon.program("seatctl"), ["import", "schools", daemon.directory])
    #expect(unreadable.status == 66 && unreadable.errors.contains("cannot be read: Is a directory"))
  }

  @Test("what is no file and what is no kind of file")
  func usage() throws {
    func status(_ words: String...) throws -> Int32 {
      try run(TestDaemon.program("seatctl"), ["--socket", daemon.socket, "import"] + words).status
    }
    #expect(try status("pupils", "x.csv") == 64)
    #expect(try status("schools") == 64)
    #expect(try status("schools", "/nonexistent.csv", "--tenant", "t") == 66)
    #expect(try status("purchases", "x.csv", "--skip") == 64)
  }
}
