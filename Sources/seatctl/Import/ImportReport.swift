import SeatClient
import SeatLedger
import SeatProtocol

/// What a person or a script is shown of an import: a row a line of the file, and one sentence.
struct ImportReport {
  private let order: ImportOrder
  private let screen: Screen

  init(_ order: ImportOrder, _ screen: Screen) {
    self.order = order
    self.screen = screen
  }

  /// On a terminal only a roster is shown row by row: it says what each student cost.
  func show(_ batches: [ImportBatch]) {
    guard !screen.isForPeople || order.kind == .roster else { return }
    let rows = batches.flatMap { batch in
      zip(batch.rows, batch.answers).map { row, answer in (row.line, fields(row, answer, batch.state != .waiting)) }
    }.sorted { $0.0 < $1.0 }.map(\.1)
    if screen.isJSON {
      var bytes: [UInt8] = []
      for row in rows {
        JSONLine.write(row, into: &bytes)
        bytes.append(UInt8(ascii: "\n"))
      }
      Screen.write(String(decoding: bytes, as: UTF8.self))
    } else if screen.terminal.isTerminal, !rows.isEmpty {
      let totals = [(name: FieldName.seats.rawValue, value: String(sum(.seats, batches)))]
      Screen.write(Listing(rows.map(\.pairs), totals: totals, today: nil).text(on: screen.terminal))
    } else {
      Screen.write(Screen.separated(rows.map(\.pairs)))
    }
  }

  /// What the row says, then what the ledger answered. Numbers of a rehearsal are nobody's yet.
  private func fields(_ row: ImportRow, _ answer: Fields, _ isDone: Bool) -> Fields {
    var fields = Fields()
    fields.add(.line, row.line)
    if let tenant = row.tenant { fields.add(.tenant, tenant) }
    var names = Set([FieldName.line, .seq, .command, .replayed].map(\.rawValue))
    if !isDone { names.formUnion([FieldName.entry.rawValue, FieldName.attempt.rawValue]) }
    for name in shown {
      guard let value = row[name] else { continue }
      fields.add(name: name.rawValue, value: value)
      names.insert(name.rawValue)
    }
    for (name, value) in answer.pairs where !names.contains(name) { fields.add(name: name, value: value) }
    return fields
  }

  private var shown: [ArgumentName] {
    switch order.kind {
    case .schools: [.school, .name]
    case .purchases: [.school, .program, .seats, .fund, .po]
    case .roster: [.school, .candidate, .test]
    case .results: [.school, .candidate, .test, .attempt, .outcome]
    }
  }

  func summary(of batches: [ImportBatch]) -> String {
    let rows = batches.flatMap(\.rows)
    func count(_ number: Int, _ word: String) -> String { "\(Table.grouped(number)) \(word)\(number == 1 ? "" : "s")" }
    switch order.kind {
    case .schools: return count(rows.count, "school")
    case .purchases:
      let seats = rows.reduce(0) { $0 + (Int($1[.seats] ?? "") ?? 0) }
      return "\(count(rows.count, "purchase")) of \(count(seats, "seat"))"
    case .roster: return "\(count(rows.count, "reservation")), \(count(sum(.seats, batches), "seat")) taken"
    case .results:
      let passed = rows.count { $0[.outcome] == Outcome.pass.rawValue }
      return "\(count(rows.count, "result")), \(Table.grouped(passed)) passed"
    }
  }

  private func sum(_ name: FieldName, _ batches: [ImportBatch]) -> Int {
    batches.reduce(0) { sum, batch in
      batch.answers.reduce(sum) { $0 + (Int($1.pairs.first { $0.name == name.rawValue }?.value ?? "") ?? 0) }
    }
  }
}
