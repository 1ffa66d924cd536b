import SeatClient
import SeatLedger
import SeatProtocol

/// Writes a list to a file in a form that others read.
enum Export {
  static func run(_ order: ExportOrder, door: Door) -> ExitStatus {
    do throws(ExportStop) {
      var reader = try ListReader.open(door)
      var output = try ExportOutput.open(order.output)
      do throws(ExportStop) {
        try write(order, &reader, &output)
      } catch {
        output.abandon()
        throw error
      }
      try output.finish()
      return .fine
    } catch {
      return Advice(door: door).refuse(error.failure, nil)
    }
  }

  private static func write(
    _ order: ExportOrder, _ reader: inout ListReader, _ output: inout ExportOutput
  ) throws(ExportStop) {
    let by = order.arguments.first { $0.name == .by }.flatMap { FieldName(rawValue: $0.value) }
    let columns = order.list.columns(by: by)
    switch order.format {
    case .csv: try write(CSVFormat(columns: columns), order, &reader, &output)
    case .json: try write(JSONFormat(), order, &reader, &output)
    case .xlsx: try write(WorkbookFormat(order.list.rawValue, columns), order, &reader, &output)
    case .hledger: try JournalExport(HledgerSyntax(), order).write(&reader, &output)
    case .beancount: try JournalExport(BeancountSyntax(), order).write(&reader, &output)
    }
  }

  private static func write<Format: RowFormat>(
    _ format: consuming Format, _ order: ExportOrder, _ reader: inout ListReader, _ output: inout ExportOutput
  ) throws(ExportStop) {
    var request = RequestText(order.list.command.rawValue)
    for (name, value) in order.arguments { request.add(name.rawValue, value) }
    for (option, value) in order.options { request.add(option: option, value) }
    var format = format
    var isBegun = false
    try reader.each(request.line) { row throws(ExportStop) in
      if !isBegun { try format.begin(&output) }
      isBegun = true
      try format.add(row, &output)
    }
    if !isBegun { try format.begin(&output) }
    try format.end(&output)
  }
}
