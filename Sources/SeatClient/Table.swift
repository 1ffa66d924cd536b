/// Rows of text under a header, aligned: names to the left, numbers to the right.
package struct Table {
  private let header: [String]
  private let isNumber: [Bool]
  private var rows: [[String]] = []
  private var total: [String]?

  /// - Parameter columns: each with whether it holds numbers.
  package init(_ columns: [(title: String, isNumber: Bool)]) {
    header = columns.map(\.title)
    isNumber = columns.map(\.isNumber)
  }

  package mutating func add(_ row: [String]) { rows.append(row) }

  /// A last row under a rule of its own.
  package mutating func add(total row: [String]) { total = row }

  private static let gap = "  "

  private var widths: [Int] {
    let all = [header] + rows + (total.map { [$0] } ?? [])
    return header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  }

  /// How many columns of a terminal it takes.
  package var width: Int { widths.reduce(0, +) + Self.gap.count * max(0, header.count - 1) }

  /// - Parameters:
  ///   - emphasize: how a header is set off where the reader's screen can.
  ///   - paint: what is done with a cell of a row after it has got its width.
  package func text(
    emphasize: (String) -> String = { $0 },
    paint: (_ cell: String, _ row: Int, _ column: Int) -> String = { cell, _, _ in cell }
  ) -> String {
    let widths = widths
    let rule = String(repeating: "─", count: width)
    var lines = [emphasize(line(header, widths)), rule]
    for (index, row) in rows.enumerated() { lines.append(line(row, widths) { paint($0, index, $1) }) }
    if let total { lines += [rule, emphasize(line(total, widths))] }
    return lines.joined(separator: "\n")
  }

  private func line(
    _ row: [String], _ widths: [Int], paint: (_ cell: String, _ column: Int) -> String = { cell, _ in cell }
  ) -> String {
    var cells = row.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
      return isNumber[column] ? padding + cell : cell + padding
    }
    while let last = cells.last, last.allSatisfy({ $0 == " " }), cells.count > 1 { cells.removeLast() }
    if let last = cells.last { cells[cells.count - 1] = last.withoutTrailingSpaces }
    return cells.enumerated().map { column, cell in paint(cell, column) }.joined(separator: Self.gap)
  }

  /// `1,234,567` and `1,234.50`.
  package static func grouped(_ number: String) -> String {
    let sign = number.hasPrefix("-") ? "-" : ""
    let parts = number.dropFirst(sign.count).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = parts.first.map(String.init) ?? ""
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = String(digits.dropLast(3))
    }
    let places = parts.count > 1 ? ".\(parts[1])" : ""
    return sign + ([digits] + groups).joined(separator: ",") + places
  }

  package static func grouped(_ number: Int) -> String { grouped(String(number)) }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
