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

extension Failure {
  static func refusal(_ end: ReplyLine) -> Failure {
    guard case .error(let code) = end.kind else { return .unsound(end.body) }
    return .refused(end, code: code)
  }

  /// As the daemon says it.
  static func noDistrict(_ code: String) -> Failure {
    guard let line = ReplyLine("ERR notfound.tenant retry=no msg=\"no tenant \(code); tenant.list shows the tenants\"")
    else { return .unsound("no tenant \(code)") }
    return .refused(line, code: ErrorCode.noTenant.rawValue)
  }

  var message: String {
    switch self {
    case .connection(let error): "\(error)"
    case .refused(let line, let code): line.value(.msg) ?? code
    case .usage(let error): error.message
    case .unsound(let what): what
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
    let answer: Answer
    do throws(ControlConnectionError) {
      try send(line + "\n")
      answer = try readAnswer()
    } catch {
      throw .connection(error)
    }
    if case .error(let code) = answer.end.kind { throw .refused(answer.end, code: code) }
    return answer
  }

  /// The next reply to its end, which may be an error.
  mutating func readAnswer() throws(ControlConnectionError) -> Answer {
    var rows: [ReplyLine] = []
    var notes: [ReplyLine] = []
    var progress = ProgressLine()
    defer { progress.clear() }
    while true {
      let line = try read()
      switch line.kind {
      case .data: rows.append(line)
      case .note where progress.show(line): continue
      case .note: notes.append(line)
      case .greeting, .event: break
      case .ok, .error: return Answer(rows: rows, notes: notes, end: line)
      }
    }
  }
}
