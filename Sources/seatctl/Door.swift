import SeatClient
import SeatLedger
import SeatProtocol

/// The way to the daemon: its socket, and a token to speak by instead of as the system's user.
struct Door {
  var socket: String
  var token: String?

  func open() throws(Failure) -> ControlConnection {
    var connection = try openUnknown()
    if case .error(let code) = connection.greeting.kind { throw .refused(connection.greeting, code: code) }
    if let token {
      var request = RequestText(CommandName.auth.rawValue)
      request.add(ArgumentName.token.rawValue, token)
      _ = try connection.gather(request)
    }
    return connection
  }

  private func openUnknown() throws(Failure) -> ControlConnection {
    do throws(ControlConnectionError) {
      return try ControlConnection.open(socket)
    } catch {
      throw .connection(error)
    }
  }
}

/// Why there is no answer.
enum Failure: Error {
  case connection(ControlConnectionError)
  case refused(ReplyLine, code: String)
  case usage(UsageError)
  /// A report that does not add up, which is shown to nobody.
  case unsound(String)

  var status: ExitStatus {
    switch self {
    case .usage: .usage
    case .unsound: .internal
    case .connection(let error): ExitStatus(error)
    case .refused(let line, let code): ExitStatus(code: code, retry: line.value(.retry) ?? "no")
    }
  }
}

/// A whole reply.
struct Answer {
  var rows: [ReplyLine] = []
  /// What is told beside the rows.
  var notes: [ReplyLine] = []
  var end: ReplyLine

  /// Where a list goes on.
  var next: String? {
    guard end.body.hasPrefix("{") else { return end.value(.next) }
    guard let start = end.body.firstRange(of: "\"next\":\"")?.upperBound else { return nil }
    return String(end.body[start...].prefix { $0 != "\"" })
  }
}

extension ControlConnection {
  /// Asks, and follows a list to its end where that is wanted. Progress is shown as it comes.
  mutating func gather(_ request: RequestText, follows: Bool = false) throws(Failure) -> Answer {
    var rows: [ReplyLine] = []
    var notes: [ReplyLine] = []
    var after: String?
    while true {
      let page = try gatherPage(request.line + (after.map { " +after=\($0)" } ?? ""))
      rows += page.rows
      notes = page.notes
      after = follows ? page.next : nil
      if after == nil { return Answer(rows: rows, notes: notes, end: page.end) }
    }
  }

  private mutating func gatherPage(_ line: String) throws(Failure) -> Answer {
    var rows: [ReplyLine] = []
    var notes: [ReplyLine] = []
    let end: ReplyLine
    do throws(ControlConnectionError) {
      try send(line + "\n")
      end = try readToEnd(&rows, &notes)
    } catch {
      throw .connection(error)
    }
    if case .error(let code) = end.kind { throw .refused(end, code: code) }
    return Answer(rows: rows, notes: notes, end: end)
  }

  private mutating func readToEnd(
    _ rows: inout [ReplyLine], _ notes: inout [ReplyLine]
  ) throws(ControlConnectionError) -> ReplyLine {
    var progress = ProgressLine()
    defer { progress.clear() }
    while true {
      let line = try read()
      switch line.kind {
      case .data: rows.append(line)
      case .note where progress.show(line): continue
      case .note: notes.append(line)
      case .greeting, .event: break
      case .ok, .error: return line
      }
    }
  }
}
