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
  func show(_ rows: [ImportRow]) {
    guard !screen.isForPeople || order.kind == .roster else { return }
    let shown = rows.sorted { $0.line < $1.line }.map(fields)
    if screen.isJSON {
      var bytes: [UInt8] = []
      for row in shown {
        JSONLine.write(row, into: &bytes)
        bytes.append(UInt8(ascii: "\n"))
      }
      Screen.write(String(decoding: bytes, as: UTF8.self))
    } else if screen.terminal.isTerminal, !rows.isEmpty {
      let totals = [(name: FieldName.seats.rawValue, value: String(seats(rows)))]
      Screen.write(Listing(shown.map(\.pairs), totals: totals, today: nil).text(on: screen.terminal))
    } else {
      Screen.write(Screen.separated(shown.map(\.pairs)))
    }
  }

  /// What the row says, then what the ledger answered. Numbers of a rehearsal are nobody's yet.
  private func fields(_ row: ImportRow) -> Fields {
    var fields = Fields()
    fields.add(.line, row.line)
    if let tenant = row.tenant { fields.add(.tenant, tenant) }
    var names = Set([FieldName.line, .seq, .command, .replayed].map(\.rawValue))
    // A result has no number of its own, and may have to be undone by that of its entry.
    if order.kind == .results, row.state != .waiting { names.remove(FieldName.seq.rawValue) }
    if row.state == .waiting { names.formUnion([FieldName.entry.rawValue, FieldName.attempt.rawValue]) }
    for name in named {
      guard let value = row[name] else { continue }
      fields.add(name: name.rawValue, value: value)
      names.insert(name.rawValue)
    }
    for (name, value) in row.answer.pairs where !names.contains(name) { fields.add(name: name, value: value) }
    fields.add(.replayed, row.state == .doneEarlier || row.state == .doneByAnother)
    return fields
  }

  private var named: [ArgumentName] {
    switch order.kind {
    case .schools: [.school, .name]
    case .purchases: [.school, .program, .seats, .fund, .po]
    case .roster: [.school, .candidate, .test]
    case .results: [.school, .candidate, .test, .attempt, .outcome]
    }
  }

  /// What the rows come to, and what of it was done before.
  func summary(of rows: [ImportRow]) -> String {
    let earlier = rows.filter { $0.state == .doneEarlier }
    let foreign = rows.count { $0.state == .doneByAnother }
    if !rows.isEmpty, earlier.count == rows.count {
      return "\(contents(rows)); an earlier import has done it all\(place(of: earlier)), nothing was changed"
    }
    if !rows.isEmpty, foreign == rows.count {
      return "\(contents(rows)); another user has imported it already, nothing was changed"
    }
    var text = contents(rows)
    if !earlier.isEmpty {
      text += "; \(Self.count(earlier.count, "line")) of it done before\(place(of: earlier))"
    }
    if foreign > 0 { text += "; \(Self.count(foreign, "line")) of it done by another user before" }
    return text
  }

  private func contents(_ rows: [ImportRow]) -> String {
    switch order.kind {
    case .schools: return Self.count(rows.count, "school")
    case .purchases:
      let seats = rows.reduce(0) { $0 + (Int($1[.seats] ?? "") ?? 0) }
      return "\(Self.count(rows.count, "purchase")) of \(Self.count(seats, "seat"))"
    case .roster: return "\(Self.count(rows.count, "reservation")), \(Self.count(seats(rows), "seat")) taken"
    case .results:
      let passed = rows.count { $0[.outcome] == Outcome.pass.rawValue }
      return "\(Self.count(rows.count, "result")), \(Table.grouped(passed)) passed"
    }
  }

  /// ` as entry 7`, ` as entries 7 to 12`: where the journal tells it.
  private func place(of rows: [ImportRow]) -> String {
    let (name, one, several): (FieldName, String, String) =
      order.kind == .roster ? (.attempt, "attempt", "attempts") : (.entry, "entry", "entries")
    let numbers = rows.compactMap { $0.answer[name].flatMap { Int64($0) } }
    guard let first = numbers.min(), let last = numbers.max() else { return "" }
    return first == last ? " as \(one) \(first)" : " as \(several) \(first) to \(last)"
  }

  private static func count(_ number: Int, _ word: String) -> String {
    "\(Table.grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  private func seats(_ rows: [ImportRow]) -> Int {
    rows.reduce(0) { $0 + ($1.answer[.seats].flatMap { Int($0) } ?? 0) }
  }
}
