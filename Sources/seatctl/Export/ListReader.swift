import SeatClient
import SeatLedger
import SeatProtocol

/// Follows lists from page to page to their ends.
struct ListReader: ~Copyable {
  private var connection: ControlConnection

  static func open(_ door: Door) throws(ExportStop) -> ListReader {
    do throws(Failure) { return ListReader(connection: try door.open()) } catch { throw .failure(error) }
  }

  /// - Returns: the fields of the line that ends the list.
  @discardableResult
  mutating func each(_ request: String, _ take: (Fields) throws(ExportStop) -> Void) throws(ExportStop) -> Fields {
    var after = ""
    while true {
      let reply = try ask("\(request) +limit=\(RequestLine.rows.upperBound)\(after)")
      for line in reply where line.kind == .data { try take(line.fields) }
      guard let end = reply.last else { return Fields() }
      guard let next = end.value(.next) else { return end.fields }
      after = " +after=\(next)"
    }
  }

  mutating func ask(_ line: String) throws(ExportStop) -> [ReplyLine] {
    let reply: [ReplyLine]
    do throws(ControlConnectionError) { reply = try connection.ask(line) } catch { throw .failure(.connection(error)) }
    if let end = reply.last, case .error = end.kind { throw .failure(.refusal(end)) }
    return reply
  }
}
