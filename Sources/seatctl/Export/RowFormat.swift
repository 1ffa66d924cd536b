import SeatClient
import SeatLedger
import SeatProtocol

/// How rows of a list are written to a file.
protocol RowFormat: ~Copyable {
  mutating func begin(_ output: inout OutputFile) throws(Failure)
  mutating func add(_ row: Fields, _ output: inout OutputFile) throws(Failure)
  mutating func end(_ output: inout OutputFile) throws(Failure)
}

/// RFC 4180, with the columns' names in the first line.
struct CSVFormat: RowFormat {
  let columns: [ExportList.Column]

  func begin(_ output: inout OutputFile) throws(Failure) {
    try output.write(columns.map(\.name.rawValue).joined(separator: ",") + "\r\n")
  }

  func add(_ row: Fields, _ output: inout OutputFile) throws(Failure) {
    let values = row.values
    let cells = columns.map { Self.cell(values[$0.name.rawValue] ?? "", $0.kind) }
    try output.write(cells.joined(separator: ",") + "\r\n")
  }

  func end(_: inout OutputFile) throws(Failure) {}

  /// An apostrophe in front tells a spreadsheet to take a text for a text. Only numbers may begin with a minus. What some
  /// spreadsheet may be told to take for a separator stands in quotes, so that no part of a text becomes a cell.
  static func cell(_ value: String, _ kind: ExportList.Column.Kind) -> String {
    let isNumber = (kind == .count || kind == .money) && (Int64(value) != nil || Money(anySum: value) != nil)
    if isNumber { return value }
    let text = value.printable
    let safe = Formula.begins(value) || Formula.begins(text.trimmed) ? "'\(text)" : text
    guard safe.contains(where: { ",;|\"".contains($0) }) else { return safe }
    return "\"\(safe.replacing("\"", with: "\"\""))\""
  }
}

/// One JSON array, an object a line.
struct JSONFormat: RowFormat {
  private var isFirst = true

  func begin(_ output: inout OutputFile) throws(Failure) { try output.write("[") }

  mutating func add(_ row: Fields, _ output: inout OutputFile) throws(Failure) {
    var bytes = Array((isFirst ? "\n" : ",\n").utf8)
    isFirst = false
    JSONLine.write(row, into: &bytes)
    try output.write(bytes)
  }

  func end(_ output: inout OutputFile) throws(Failure) { try output.write("\n]\n") }
}
