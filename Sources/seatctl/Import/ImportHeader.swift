import SeatClient
import SeatLedger
import SeatProtocol

/// Which column of a file means which argument.
struct ImportHeader {
  /// An argument a column of the file; `nil` for those that are left out.
  private(set) var columns: [CommandSpec.Argument?] = []
  private(set) var problems: [Problem] = []

  init(_ cells: [String], _ order: ImportOrder) {
    for (index, cell) in cells.enumerated() {
      let cell = cell.trimmed
      let column = order.kind.column(named: cell)
      if order.ignored.contains(ImportKind.word(cell)) {
        columns.append(nil)
      } else if cell.isEmpty {
        report("column \(index + 1) has no name; name it or delete it")
      } else if let column {
        take(column, named: cell, cells, order)
      } else {
        report(unknown: cell, order.kind)
      }
    }
    requireColumns(order)
  }

  private mutating func take(
    _ column: CommandSpec.Argument, named cell: String, _ cells: [String], _ order: ImportOrder
  ) {
    if let other = columns.firstIndex(where: { $0?.name == column.name }) {
      report("\(cells[other].trimmed) and \(cell) both mean \(column.name.rawValue); delete one, or --ignore it")
    }
    if order.constants.contains(where: { $0.name == column.name }) {
      report("\(column.name.rawValue) is a column of the file and --\(column.name.rawValue) was given, too; which?")
    }
    columns.append(column)
  }

  private mutating func report(_ message: String) {
    columns.append(nil)
    problems.append(Problem(line: 1, message: message))
  }

  private mutating func report(unknown cell: String, _ kind: ImportKind) {
    let names = kind.columns.map(\.name.rawValue)
    let near = Spelling.nearest(to: ImportKind.word(cell), among: names).map { "did you mean \($0)?" }
    let hint = near ?? "it has \(names.joined(separator: ", "))"
    report("\(kind.rawValue) have no column \"\(cell.prefix(40))\"; \(hint) (--ignore leaves a column out)")
  }

  private mutating func requireColumns(_ order: ImportOrder) {
    let given = Set(columns.compactMap { $0?.name } + order.constants.map(\.name))
    var missing = order.kind.missing(in: given)
    if order.kind == .results, !given.contains(.attempt), !given.isSuperset(of: ImportKind.namesAttempt) {
      missing.removeAll { $0 == .attempt || ImportKind.namesAttempt.contains($0) }
      problems.append(
        Problem(line: 1, message: "a result names its attempt: a column attempt, or school, candidate and test"))
    }
    for name in missing {
      let option = "--\(name.rawValue) gives every row the same"
      problems.append(Problem(line: 1, message: "the column \(name.rawValue) is missing; \(option)"))
    }
  }
}

extension String {
  /// Without spaces at its ends, those that nobody sees included.
  var trimmed: String {
    let scalars = unicodeScalars.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed()
    return String(String.UnicodeScalarView(scalars))
  }

  /// A space or something narrower inside that looks like none, or like any other.
  var invisible: Unicode.Scalar? { unicodeScalars.first { $0 != " " && Self.isBlank($0) } }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    // No-break and fixed spaces, those of no width, and the byte order mark.
    case " ", "\u{A0}", "\u{2000}"..."\u{200D}", "\u{202F}", "\u{2060}", "\u{3000}", "\u{FEFF}": true
    default: false
    }
  }
}
