import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Shows replies: a table on a terminal, TSV in a pipe, one JSON object a line where that was asked for.
struct Screen {
  let isTerminal: Bool
  let hasColour: Bool
  let isJSON: Bool

  init(isJSON: Bool, environment: [String: String]) {
    self.isJSON = isJSON
    isTerminal = isatty(STDOUT_FILENO) == 1
    hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Data goes to standard output, everything else to standard error.
  static func note(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  func show(rows: [ReplyLine], end: ReplyLine) {
    if isJSON {
      for line in rows.isEmpty ? [end] : rows { print(line.body) }
    } else if rows.first?.isForeign == true {
      for line in rows { print(line.body) }
    } else if rows.isEmpty {
      show(single: end.fields.pairs)
    } else {
      show(rows.map(\.fields.pairs), end.fields.pairs)
    }
  }

  /// A line of a watch, at once.
  func show(event line: ReplyLine) {
    var bytes = Array(line.body.utf8)
    if isJSON {
      bytes.removeAll()
      JSONLine.write(line.fields, into: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  private func show(single pairs: [(name: String, value: String)]) {
    guard !pairs.isEmpty else { return }
    guard isTerminal else {
      print(pairs.map(\.name).joined(separator: "\t"))
      print(pairs.map { Self.cell($0.value) }.joined(separator: "\t"))
      return
    }
    let width = pairs.map(\.name.count).max() ?? 0
    for (name, value) in pairs {
      print("\(bold(name))\(String(repeating: " ", count: width - name.count))  \(readable(name, value))")
    }
  }

  private func show(_ rows: [[(name: String, value: String)]], _ end: [(name: String, value: String)]) {
    var names: [String] = []
    for row in rows { for (name, _) in row where !names.contains(name) { names.append(name) } }
    let values = rows.map { row in Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first } }
    guard isTerminal else {
      print(names.joined(separator: "\t"))
      for row in values { print(names.map { Self.cell(row[$0] ?? "") }.joined(separator: "\t")) }
      return
    }
    // A column that says nothing in any row takes the room of one that does.
    let empty = names.filter { name in rows.count > 1 && values.allSatisfy { ["0", "", nil].contains($0[name]) } }
    let shown = names.filter { !empty.contains($0) }
    var table = Table(shown.map { name in (name, Self.isNumber(name, values.compactMap { $0[name] })) })
    for row in values { table.add(shown.map { readable($0, row[$0] ?? "") }) }
    let totals = Dictionary(end.map { ($0.name, $0.value) }) { first, _ in first }
    if rows.count > 1, shown.dropFirst().contains(where: { totals[$0] != nil }) {
      table.add(
        total: shown.enumerated().map { index, name in
          totals[name].map { readable(name, $0) } ?? (index == 0 ? "all" : "")
        })
    }
    print(table.text(emphasize: bold))
  }

  private static func isNumber(_ name: String, _ values: [String]) -> Bool {
    FieldName(rawValue: name)?.isNumber == true || (!values.isEmpty && values.allSatisfy { Money(anySum: $0) != nil })
  }

  /// Thousands apart, for counts and sums; names and numbers of things stay as they are.
  private func readable(_ name: String, _ value: String) -> String {
    switch FieldName(rawValue: name) {
    case .entry, .attempt, .approval, .seq, .hold, .line, .reverses: value
    case .cost: Table.grouped(value)
    case let field? where field.isNumber: Table.grouped(value)
    default: value
    }
  }

  /// Tabs and line ends would break a row.
  private static func cell(_ value: String) -> String {
    String(value.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }

  func show(_ error: ReplyLine, code: String) {
    let pairs = error.fields.pairs
    let message = pairs.first { $0.name == FieldName.msg.rawValue }?.value ?? code
    let rest = pairs.filter { $0.name != FieldName.msg.rawValue && $0.name != FieldName.retry.rawValue }
    let facts = ([code] + rest.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    Self.note("seatctl: \(message)\n         (\(facts))")
  }
}
