import SeatClient
import SeatLedger
import SeatProtocol

/// The rows of a file, and everything that is wrong with it as far as one can tell without the ledger.
struct ImportRows {
  private(set) var rows: [ImportRow] = []
  private(set) var problems: [Problem]

  init(_ file: CSVFile, _ order: ImportOrder) {
    problems = file.faults.map { Problem(line: $0.line, message: $0.message) }
    guard !file.header.isEmpty else { return }
    let header = ImportHeader(file.header, order)
    problems += header.problems
    guard header.problems.isEmpty else { return }
    var constants: [(name: ArgumentName, value: String)] = []
    for (name, value) in order.constants {
      guard let column = order.kind.columns.first(where: { $0.name == name }) else { continue }
      switch Cell.value(value, of: column) {
      case .success(let value): constants.append((name, value))
      case .failure(let fault): problems.append(Problem(line: 1, message: "--\(name.rawValue): \(fault.message)"))
      }
    }
    var seen: [String: Int] = [:]
    for record in file.records {
      guard let row = row(record, header, constants, order.kind) else { continue }
      let text = "\(row.tenant ?? "") \(row.canonical)"
      if let other = seen[text] {
        problems.append(
          Problem(line: row.line, message: "says the same as line \(other); \(order.kind.wayToTellApart)"))
      } else {
        seen[text] = row.line
        rows.append(row)
      }
    }
    problems.sort { $0.line < $1.line }
  }

  private mutating func row(
    _ record: CSVRecord, _ header: ImportHeader, _ constants: [(name: ArgumentName, value: String)], _ kind: ImportKind
  ) -> ImportRow? {
    var values = constants
    var isSound = true
    for (cell, column) in zip(record.cells, header.columns) {
      guard let column else { continue }
      let cell = cell.trimmed
      guard !cell.isEmpty else { continue }
      switch Cell.value(cell, of: column) {
      case .success(let value): values.append((column.name, value))
      case .failure(let fault):
        isSound = false
        problems.append(Problem(line: record.line, column: column.name.rawValue, message: fault.message))
      }
    }
    guard isSound else { return nil }
    let given = Set(values.map(\.name))
    let missing = kind.missing(in: given)
    for name in missing {
      problems.append(Problem(line: record.line, column: name.rawValue, message: "the value is missing"))
    }
    return missing.isEmpty ? ImportRow(kind: kind, line: record.line, values: values) : nil
  }
}
