import SeatClient
import SeatLedger
import SeatProtocol

/// Plays the rounds of a year and shows what became of the seats.
struct YearPlay: ~Copyable {
  private let socket: String
  private let districts: [District]
  private var students: [[Student]]
  private var approvers: [String] = []
  private var clock: ControlConnection
  private let seed: UInt64
  /// Somebody else has added the districts and bought the seats.
  private let isBought: Bool
  private var commands = 0
  private let start = Driver<RoundScript>.now

  /// Connections at once: fewer than a user may have open.
  private static let connections = 64
  private static let depth = 64

  init(socket: String, districts: [District], seed: UInt64, isBought: Bool) throws {
    self.isBought = isBought
    self.socket = socket
    self.districts = districts
    self.seed = seed
    var random = SplitMix64(seed: seed)
    students = districts.map { Student.make(for: $0, &random) }
    clock = try ControlConnection.open(socket)
  }

  mutating func run() throws {
    let schools = districts.reduce(0) { $0 + $1.schools.count }
    let count = students.reduce(0) { $0 + $1.count }
    print(
      "\(Table.grouped(districts.count)) district\(districts.count == 1 ? "" : "s"), \(Table.grouped(schools)) schools, "
        + "\(Table.grouped(count)) students, one academic year\n")
    try buy()
    for (index, round) in Round.year.enumerated() { try play(round, seed: seed &+ UInt64(index) << 32) }
    try endYear()
    let seconds = Double(Driver<RoundScript>.now - start) / 1e6
    print(
      "\n\(Table.grouped(commands)) commands in \(Self.tenths(seconds)) s: "
        + "\(Table.grouped(Int(Double(commands) / seconds))) a second")
  }

  // MARK: July

  private static func request(_ line: String, name: String) -> String {
    var text = RequestText(line)
    text.add("name", name)
    return text.line
  }

  /// Schools are added and finance buys: a little more than last year's credentials, some of it from Perkins funds.
  private mutating func buy() throws {
    var random = SplitMix64(seed: seed &+ 7)
    var seats = 0
    let began = Driver<RoundScript>.now
    for district in districts {
      let tenant = "tenant=\(district.code)"
      if !isBought { _ = try ask(Self.request("tenant.add \(tenant) zone=America/New_York", name: district.name)) }
      for batch in district.schools.chunked(by: 200) {
        var lines = ["batch.begin \(tenant)"]
        for school in batch {
          if !isBought { lines.append(Self.request("school.add school=\(school.code)", name: school.name)) }
          guard school.credentials > 0 else { continue }
          lines.append("grant.add principal=token:approver role=approver school=\(school.code)")
          if isBought { continue }
          let wanted = max(1, school.credentials * Int.random(in: 97...116, using: &random) / 100)
          let perkins = wanted / 3
          let purchase = "purchase school=\(school.code) program=ase-entry-level unit-price=40.00"
          lines.append("\(purchase) seats=\(wanted - perkins) po=4500-\(school.code)")
          if perkins > 0 { lines.append("\(purchase) seats=\(perkins) fund=perkins po=4501-\(school.code)") }
          seats += wanted
        }
        for line in lines + ["batch.commit"] { _ = try ask(line) }
      }
      let token = try ask("token.issue \(tenant) name=approver").value(.token) ?? ""
      approvers.append("auth token=\(token)")
    }
    if !isBought { show("2024-07-01", "finance buys", "\(Table.grouped(seats)) seats", began) }
  }

  // MARK: The school year

  private mutating func play(_ round: Round, seed: UInt64) throws {
    _ = try ask("clock.set at=\(round.instant)")
    let began = Driver<RoundScript>.now
    var tally = RoundScript.Tally()
    for group in districts.indices.filter({ students[$0].contains(where: round.includes) }).chunked(
      by: Self.connections)
    {
      let scripts = group.map { index in
        let prologue: String? =
          if case .approvals = round.kind { approvers[index] } else { nil }
        return RoundScript(
          district: districts[index], students: students[index], round: round, seed: seed &+ UInt64(index),
          prologue: prologue)
      }
      var driver = try Driver(socket: socket, scripts: scripts, depth: Self.depth)
      defer { driver.close() }
      try driver.run()
      commands += driver.answered
      for (index, script) in zip(group, driver.scripts) {
        students[index] = script.students
        tally += script.tally
      }
    }
    show(String(round.instant.prefix(10)), round.title, tally.summary(of: round.kind), began)
  }

  // MARK: June 30

  private mutating func endYear() throws {
    _ = try ask("clock.set at=2025-06-30T23:59:50-04:00")
    print("\nJune 30, 23:59:50: what is there")
    print(try balances())
    let began = Driver<RoundScript>.now
    _ = try ask("clock.set at=2025-07-01T00:00:01-04:00")
    let report = try ask("rollover year=2024-2025")
    show("2025-07-01", "the year ends", "\(report.value(.pools) ?? "0") pools closed", began)
    print("\nJuly 1, 00:00:01: what is left")
    print(try balances())
    let idle = Int(report.value(.expiredIdle) ?? "") ?? 0
    let reserved = Int(report.value(.expiredReserved) ?? "") ?? 0
    print(
      """

      \(Table.grouped(idle)) seats expired unused and \(Table.grouped(reserved)) reserved but not started: \
      $\(Table.grouped(report.value(.cost) ?? "0.00")) is gone.
      """)
    let proof = try ask("verify")
    print(
      "verify: \(Table.grouped(Int(proof.value(.entries) ?? "") ?? 0)) journal entries, "
        + "\(proof.value(.differences) ?? "?") differences")
  }

  /// A row a school, or a row a district where there are several.
  private mutating func balances() throws -> String {
    let columns: [(String, FieldName)] = [
      ("bought", .purchased), ("available", .available), ("reserved", .reserved), ("used", .consumed),
      ("expired", .expired), ("3rd tries", .thirdTries),
    ]
    var table = Table(
      [(districts.count == 1 ? "school" : "district", false)] + columns.map { (title: $0.0, isNumber: true) })
    var total = [Int](repeating: 0, count: columns.count)
    func sums(_ lines: [ReplyLine]) -> [Int] {
      columns.map { column in lines.reduce(0) { $0 + (Int($1.value(column.1) ?? "") ?? 0) } }
    }
    for district in districts {
      var rows: [(String, [Int])] = []
      if districts.count == 1 {
        let lines = try read("balance tenant=\(district.code) +limit=1000").filter { $0.kind == .data }
        for school in district.schools {
          rows.append((school.name, sums(lines.filter { $0.value(.school) == school.code })))
        }
      } else {
        rows = [(district.name, sums([try ask("balance tenant=\(district.code) +limit=1")]))]
      }
      for (name, row) in rows where row[0] > 0 {
        table.add([Self.short(name)] + row.map(Table.grouped))
        total = zip(total, row).map { $0 + $1 }
      }
    }
    table.add(total: ["all"] + total.map(Table.grouped))
    return table.text()
  }

  // MARK: Asking and showing

  /// With all its numbers a row fits 80 columns.
  private static func short(_ name: String) -> String {
    name.count <= 21 ? name : "\(name.prefix(20))…"
  }

  private mutating func read(_ line: String) throws -> [ReplyLine] {
    commands += 1
    let reply = try clock.ask(line)
    guard let end = reply.last, end.kind == .ok else { throw YearError(line: line, answer: reply.last?.body ?? "") }
    return reply
  }

  private mutating func ask(_ line: String) throws -> ReplyLine {
    let reply = try read(line)
    return reply[reply.count - 1]
  }

  private func show(_ date: String, _ title: String, _ what: String, _ began: UInt64) {
    let seconds = Self.tenths(Double(Driver<RoundScript>.now - began) / 1e6)
    let padded = title + String(repeating: " ", count: max(0, 28 - title.count))
    print("\(date)  \(padded)\(what)  (\(seconds) s)")
  }

  private static func tenths(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

struct YearError: Error, CustomStringConvertible {
  let line: String
  let answer: String

  var description: String { "\(line): \(answer)" }
}

extension RoundScript.Tally {
  func summary(of kind: Round.Kind) -> String {
    let refused = refusals.sorted { $0.key < $1.key }.map { "\(Table.grouped($0.value)) \($0.key)" }
    let parts =
      switch kind {
      case .approvals: ["\(Table.grouped(approved)) approved"]
      case .absences: ["\(Table.grouped(absent)) reserved"]
      case .firstTries, .retests, .thirdTries:
        [
          "\(Table.grouped(reserved)) reserved", "\(Table.grouped(passed)) passed", "\(Table.grouped(failed)) failed",
          "\(Table.grouped(cancelled)) cancelled",
        ]
      }
    return (parts + refused).joined(separator: ", ")
  }
}

extension Array {
  func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
