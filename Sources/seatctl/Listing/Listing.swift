import SeatProtocol
import SeatClient
import SeatLedger

/// Rows of a reply as a person reads them on a terminal of some width: what all rows share stands above the table, what
/// none has is left out, titles are shortened and columns left out where there is no room, and where even that does not
/// help every row becomes a block of its own.
struct Listing {
  let names: [String]
  let rows: [[String: String]]
  let totals: [String: String]
  let meaning: Meaning

  /// A column that says nothing in any row takes the room of one that does.
  private let empty: Set<String>
  /// Columns that say the same in every row.
  private let shared: [String]

  /// - Parameter totals: what the last row shows under a column's name; nothing else does.
  init(
    _ pairs: [[(name: String, value: String)]], totals: [(name: String, value: String)] = [], today: CivilDate? = nil
  ) {
    var names: [String] = []
    for row in pairs { for (name, _) in row where !names.contains(name) { names.append(name) } }
    let rows = pairs.map { row in Dictionary(row.map { ($0.name, $0.value.printable) }) { first, _ in first } }
    self.names = names
    self.rows = rows
    self.totals = Dictionary(totals.map { ($0.name, $0.value) }) { first, _ in first }
    meaning = Meaning(today: today)
    guard rows.count > 1 else {
      (empty, shared) = ([], [])
      return
    }
    let silent = Set(names.filter { name in rows.allSatisfy { ["0", "0.00", "", nil].contains($0[name]) } })
    empty = silent
    shared = names.dropFirst().filter { name in
      !silent.contains(name) && !Self.isNumber(name, rows) && Set(rows.map { $0[name] ?? "" }).count == 1
    }
  }

  func text(on terminal: Terminal) -> String {
    guard !rows.isEmpty else { return "" }
    if rows.count == 1 {
      let line = table(names)
      return line.table.width <= terminal.width && names.count < Self.mostInOneRow
        ? [line.text(terminal), commands].joined() : blocks(on: terminal)
    }
    let named = names.filter { !empty.contains($0) && !shared.contains($0) && $0 != FieldName.command.rawValue }
    guard let (fitted, left) = fit(named, terminal.width) else { return blocks(on: terminal) }
    var parts: [String] = []
    if !shared.isEmpty { parts.append(caption(terminal) + "\n") }
    parts.append(fitted.text(terminal))
    if !left.isEmpty {
      let columns = left.joined(separator: ", ")
      parts.append(terminal.dim(Self.wrapped("not shown for want of room: \(columns)", terminal.width)))
    }
    return parts.joined(separator: "\n") + commands
  }

  /// A single row of more fields reads better name by name.
  private static let mostInOneRow = 7

  // MARK: Fitting

  private func fit(_ named: [String], _ width: Int) -> (Fitted, left: [String])? {
    // The longest titles are shortened first, those that belong together at once.
    var short: Set<String> = []
    for length in [Int.max, 12, 8, 0] {
      short = Set(named.filter { $0.count > length && FieldName(rawValue: $0)?.short != nil })
      let fitted = table(named, short: short)
      if fitted.table.width <= width { return (fitted, []) }
    }
    var shown = named
    var left: [String] = []
    var candidates = FieldName.leastTelling.map(\.rawValue).filter(named.dropFirst().contains)
    while true {
      let fitted = table(shown, short: short)
      let excess = fitted.table.width - width
      if excess <= 0 { return refilled(named, shown, left, short, width) }
      // A long text may lose its end before a column goes; a name may not.
      if let cut = cuttable(shown, excess) { return (table(shown, short: short, cut: cut), left) }
      guard let next = candidates.first else { return nil }
      candidates.removeFirst()
      shown.removeAll { $0 == next }
      left.append(next)
    }
  }

  /// What was left out and has room beside the others after all comes back, the most telling first.
  private func refilled(
    _ named: [String], _ shown: [String], _ left: [String], _ short: Set<String>, _ width: Int
  ) -> (Fitted, left: [String]) {
    var (shown, left) = (Set(shown), left)
    func fitted(_ shown: Set<String>) -> Fitted { table(named.filter(shown.contains), short: short) }
    for name in left.reversed() where fitted(shown.union([name])).table.width <= width {
      shown.insert(name)
      left.removeAll { $0 == name }
    }
    return (fitted(shown), left)
  }

  /// The free text that is long enough to be cut by so much.
  private func cuttable(_ shown: [String], _ excess: Int) -> (name: String, width: Int)? {
    for name in shown where FieldName(rawValue: name)?.isFreeText == true {
      let width = rows.map { $0[name]?.count ?? 0 }.max() ?? 0
      if width - excess >= Self.leastOfText { return (name, width - excess) }
    }
    return nil
  }

  private static let leastOfText = 12

  private struct Fitted {
    let table: Table
    let signals: [[Signal?]]

    func text(_ terminal: Terminal) -> String {
      table.text(emphasize: terminal.bold) { cell, row, column in terminal.paint(cell, signals[row][column]) }
    }
  }

  private func table(_ shown: [String], short: Set<String> = [], cut: (name: String, width: Int)? = nil) -> Fitted {
    var table = Table(
      shown.map { name in
        (short.contains(name) ? FieldName(rawValue: name)?.short ?? name : name, Self.isNumber(name, rows))
      })
    for row in rows {
      table.add(
        shown.map { name in
          let text = Self.readable(name, row[name] ?? "")
          return name == cut?.name ? text.cut(to: cut?.width ?? 0) : text
        })
    }
    if rows.count > 1, shown.dropFirst().contains(where: { totals[$0] != nil }) {
      table.add(
        total: shown.enumerated().map { index, name in
          totals[name].map { Self.readable(name, $0) } ?? (index == 0 ? "all" : "")
        })
    }
    return Fitted(
      table: table, signals: rows.map { row in shown.map { meaning.signal($0, row[$0] ?? "", in: row) } })
  }

  private func caption(_ terminal: Terminal) -> String {
    let facts = shared.map { name in
      let raw = rows[0][name] ?? ""
      let value = Self.readable(name, raw)
      let left = name == FieldName.expires.rawValue ? meaning.daysLeft(raw).map { " (\($0) days left)" } ?? "" : ""
      let signal = meaning.signal(name, raw, in: [:])
      return (plain: "\(name) \(value)\(left)", shown: "\(name) \(terminal.paint(value + left, signal))")
    }
    var lines = [""]
    var width = 0
    for (plain, shown) in facts {
      if width > 0, width + 3 + plain.count > terminal.width {
        lines.append("")
        width = 0
      }
      lines[lines.count - 1] += (width > 0 ? " · " : "") + shown
      width += plain.count + (width > 0 ? 3 : 0)
    }
    return lines.joined(separator: "\n")
  }

  /// Requests that a report proposes, ready to be run.
  private var commands: String {
    let lines = rows.compactMap { $0[FieldName.command.rawValue] }.map(CommandLineText.seatctl)
    return lines.isEmpty || isHelp
      ? "" : "\n\n" + lines.joined(separator: "\n")
  }

  /// There `command` is what is explained, not what is proposed.
  private var isHelp: Bool { names.contains(FieldName.summary.rawValue) }

  // MARK: Blocks

  private func blocks(on terminal: Terminal) -> String {
    let names = names.filter { $0 != FieldName.command.rawValue || isHelp }
    let width = names.map(\.count).max() ?? 0
    return rows.map { row in
      names.filter { rows.count == 1 || !["0", "0.00", "", nil].contains(row[$0]) }.compactMap { name in
        row[name].map { value in
          let shown = Self.readable(name, value)
          let lines = Self.wrapped(shown, max(20, terminal.width - width - 2)).split(
            separator: "\n", omittingEmptySubsequences: false)
          return "\(terminal.bold(name.padded(to: width)))  "
            + lines.map { terminal.paint(String($0), meaning.signal(name, value, in: row)) }.joined(
              separator: "\n" + String(repeating: " ", count: width + 2))
        }
      }.joined(separator: "\n")
    }.joined(separator: "\n\n") + commands
  }

  // MARK: Values

  private static func isNumber(_ name: String, _ rows: [[String: String]]) -> Bool {
    let values = rows.compactMap { $0[name] }.filter { !$0.isEmpty }
    if FieldName(rawValue: name)?.isNumber == true { return true }
    let isDifference = name == FieldName.difference.rawValue
    return !values.isEmpty && values.allSatisfy { Money(anySum: $0) != nil || (isDifference && Int64($0) != nil) }
  }

  /// Thousands apart, for counts and sums; names and numbers of things stay as they are.
  static func readable(_ name: String, _ value: String) -> String {
    switch FieldName(rawValue: name) {
    case .entry, .attempt, .approval, .seq, .hold, .line, .reverses: value
    case .on, .started, .effective, .recorded: clockTime(value)
    case .entries where value.contains(","): value.split(separator: ",").joined(separator: ", ")
    case let field? where field.isNumber || field.isMoney:
      // A number may be told by a word, such as unlimited.
      Int64(value) != nil || Money(anySum: value) != nil ? Table.grouped(value) : value
    default: value
    }
  }

  /// `2025-02-05T09:00:00-05:00` as the clock on the wall shows it; a date stays one.
  private static func clockTime(_ value: String) -> String {
    guard case .instant? = Moment(value) else { return value }
    return "\(value.prefix(10)) \(value.dropFirst(11).prefix(5))"
  }

  static func wrapped(_ text: String, _ width: Int) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Listing {
  /// Notes beneath a table: sentences as they are, the others as a table of their own.
  static func remarks(_ notes: [ReplyLine], on terminal: Terminal) -> [String] {
    let sentences = notes.compactMap { $0.value(.why) }.map {
      "\n" + terminal.dim(wrapped($0.printable, terminal.width))
    }
    let rows = notes.filter { $0.value(.why) == nil }.map(\.fields.pairs)
    guard let names = rows.first?.map(\.name) else { return sentences }
    var table = Table(names.map { ($0, isNumber($0, rows.map { row in Dictionary(row) { first, _ in first } })) })
    for row in rows { table.add(row.map { readable($0.name, $0.value.printable) }) }
    return sentences + ["\nThe same forecast in past years, and what did expire idle:", table.text()]
  }
}
