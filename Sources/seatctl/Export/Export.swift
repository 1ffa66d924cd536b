import SeatClient
import SeatLedger
import SeatProtocol

/// Writes a list to a file in a form that others read.
enum Export {
  static func run(_ order: ExportOrder, door: Door) -> ExitStatus {
    do throws(Failure) {
      var connection = try door.open()
      let order = try resolved(order, &connection)
      var output = try OutputFile.open(order.output)
      try write(order, &connection, &output)
      try output.finish()
      return .fine
    } catch {
      return Advice(door: door).refuse(error, nil)
    }
  }

  /// Years written out.
  private static func resolved(
    _ order: ExportOrder, _ connection: inout ControlConnection
  ) throws(Failure) -> ExportOrder {
    guard order.order.isRelative else { return order }
    let standpoint = try Standpoint.ask(&connection)
    guard let district = standpoint.district(order.order[.tenant]) else {
      throw .usage(UsageError("say which district's \(order.order.relativeWord) is meant: --tenant CODE"))
    }
    var resolved = order
    do throws(UsageError) {
      resolved.order = try order.order.resolved(today: standpoint.today(in: district))
    } catch {
      throw .usage(error)
    }
    return resolved
  }

  private static func write(
    _ order: ExportOrder, _ connection: inout ControlConnection, _ output: inout OutputFile
  ) throws(Failure) {
    let by = order.arguments.first { $0.name == .by }.flatMap { FieldName(rawValue: $0.value) }
    let columns = order.list.columns(by: by)
    switch order.format {
    case .csv: try write(CSVFormat(columns: columns), order, &connection, &output)
    case .json: try write(JSONFormat(), order, &connection, &output)
    case .xlsx: try write(WorkbookFormat(order.list.rawValue, columns), order, &connection, &output)
    case .hledger: try JournalExport(HledgerSyntax(), order).write(&connection, &output)
    case .beancount: try JournalExport(BeancountSyntax(), order).write(&connection, &output)
    }
  }

  private static func write<Format: RowFormat>(
    _ format: consuming Format, _ order: ExportOrder, _ connection: inout ControlConnection, _ output: inout OutputFile
  ) throws(Failure) {
    var request = RequestText(order.list.command.rawValue)
    for (name, value) in order.arguments { request.add(name.rawValue, value) }
    for (option, value) in order.options { request.add(option: option, value) }
    var format = format
    try format.begin(&output)
    try connection.pages(of: request) { page throws(Failure) in
      for row in page.rows { try format.add(row.fields, &output) }
    }
    try format.end(&output)
  }
}
