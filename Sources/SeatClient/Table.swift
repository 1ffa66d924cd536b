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

  /// - Parameter emphasize: how a header is set off where the reader's screen can.
  package func text(emphasize: (String) -> String = { $0 }) -> String {
    let all = [header] + rows + (total.map { [$0] } ?? [])
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * max(0, widths.count - 1))
    var lines = [emphasize(line(header, widths)), rule] + rows.map { line($0, widths) }
    if let total { lines += [rule, line(total, widths)] }
    return lines.joined(separator: "\n")
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    var cells = row.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
      return isNumber[column] ? padding + cell : cell + padding
    }
    while let last = cells.last, last.allSatisfy({ $0 == " " }), cells.count > 1 { cells.removeLast() }
    return cells.joined(separator: "  ")
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
