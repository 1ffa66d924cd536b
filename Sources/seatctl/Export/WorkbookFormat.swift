import SeatClient
import SeatLedger
import SeatProtocol

/// A workbook of one sheet (ECMA-376, SpreadsheetML): dates are dates, numbers are numbers, texts are texts and never run,
/// the header stays in sight and the last row sums up.
struct WorkbookFormat: RowFormat {
  private let name: String
  private let columns: [ExportList.Column]
  private var archive = ZipArchive()
  private var row = 1
  private var sums: [Int64]

  /// Rows of a sheet, the header and the totals included.
  private static let mostRows = 1_048_576

  init(_ name: String, _ columns: [ExportList.Column]) {
    self.name = name
    self.columns = columns
    sums = columns.map { _ in 0 }
  }

  mutating func begin(_ output: inout OutputFile) throws(Failure) {
    for (path, text) in WorkbookParts.files(sheet: name) {
      try archive.begin(path, &output)
      try archive.write(text, &output)
      try archive.end(&output)
    }
    try archive.begin("xl/worksheets/sheet1.xml", &output)
    let widths = columns.enumerated().map { index, column in
      "<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(Self.width(column))\" customWidth=\"1\"/>"
    }
    let header = columns.enumerated().map { index, column in
      text(column.name.rawValue, index, WorkbookParts.Style.header)
    }
    try archive.write(
      WorkbookParts.sheetStart + "<cols>\(widths.joined())</cols><sheetData><row r=\"1\">\(header.joined())</row>\n",
      &output)
  }

  mutating func add(_ row: Fields, _ output: inout OutputFile) throws(Failure) {
    guard self.row < Self.mostRows - 1 else {
      throw .usage(
        UsageError("a sheet holds \(Self.mostRows) rows and there are more; take --format csv, or fewer of them"))
    }
    self.row += 1
    let values = row.values
    var cells: [String] = []
    for (index, column) in columns.enumerated() {
      guard let value = values[column.name.rawValue], !value.isEmpty else { continue }
      cells.append(cell(value, index, column))
    }
    try archive.write("<row r=\"\(self.row)\">\(cells.joined())</row>\n", &output)
  }

  mutating func end(_ output: inout OutputFile) throws(Failure) {
    let last = row
    if columns.contains(where: \.hasTotal), last > 1 {
      row += 1
      let cells = columns.indices.compactMap { total($0, last) }
      try archive.write("<row r=\"\(row)\">\(cells.joined())</row>\n", &output)
    }
    let area = "A1:\(Self.letters(columns.count - 1))\(last)"
    try archive.write("</sheetData><autoFilter ref=\"\(area)\"/>\(WorkbookParts.sheetEnd)", &output)
    try archive.end(&output)
    try archive.finish(&output)
  }

  // MARK: Cells

  private mutating func cell(_ value: String, _ index: Int, _ column: ExportList.Column) -> String {
    switch column.kind {
    case .text: break
    case .number, .count:
      guard let number = Int64(value) else { break }
      sums[index] += number
      return numeric(value, index, column.kind == .count ? .count : .plain)
    case .money:
      guard let money = Money(anySum: value) else { break }
      sums[index] += money.cents
      return numeric(value, index, .money)
    case .date, .moment:
      guard let (serial, isDay) = Self.serial(value) else { break }
      return numeric(serial, index, isDay ? .date : .instant)
    }
    let line = value.printable
    return text(line, index, Formula.begins(line) ? .quoted : .plain)
  }

  private func numeric(_ value: String, _ index: Int, _ style: WorkbookParts.Style) -> String {
    "<c r=\"\(Self.letters(index))\(row)\" s=\"\(style.rawValue)\"><v>\(value)</v></c>"
  }

  private func text(_ value: String, _ index: Int, _ style: WorkbookParts.Style) -> String {
    let place = "r=\"\(Self.letters(index))\(row)\" s=\"\(style.rawValue)\""
    return "<c \(place) t=\"inlineStr\"><is><t xml:space=\"preserve\">\(Self.escaped(value))</t></is></c>"
  }

  /// A formula, and what it comes to.
  private func total(_ index: Int, _ last: Int) -> String? {
    let column = columns[index]
    guard column.hasTotal else { return index == 0 ? text("all", index, .total) : nil }
    let letters = Self.letters(index)
    let style: WorkbookParts.Style = column.kind == .money ? .totalMoney : .totalCount
    let value = column.kind == .money ? Money(cents: sums[index]).description : String(sums[index])
    return
      "<c r=\"\(letters)\(row)\" s=\"\(style.rawValue)\"><f>SUM(\(letters)2:\(letters)\(last))</f><v>\(value)</v></c>"
  }

  /// `A` to `Z`, then `AA`.
  private static func letters(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
    return index < 26 ? letter : letters(index / 26 - 1) + letter
  }

  /// Days since 1899-12-30, as spreadsheets count; an instant by the clock on its wall.
  private static func serial(_ text: String) -> (String, isDay: Bool)? {
    guard let date = CivilDate(Array(text.utf8.prefix(10))[...]) else { return nil }
    let day = Int(date.day) + 25_569
    if text.utf8.count == 10 { return (String(day), true) }
    guard case .local(let time)? = Moment(String(text.prefix(19))) else { return nil }
    return ("\(Double(day) + Double(time.second) / 86_400)", false)
  }

  private static func width(_ column: ExportList.Column) -> Int {
    switch column.kind {
    case .text: [.from, .to, .reason].contains(column.name) ? 48 : max(12, column.name.rawValue.count + 4)
    case .count, .money, .number: max(11, column.name.rawValue.count + 4)
    case .date: 12
    case .moment: 20
    }
  }

  /// For XML, and for readers that take `_x003D_` for the character of that number.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.replacing(/_(?=x[0-9A-Fa-f]{4}_)/, with: "_x005F_").unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      // XML has no way to write these.
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
