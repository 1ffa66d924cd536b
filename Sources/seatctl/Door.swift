import Glibc
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
  /// What was asked for cannot be written: where, and why.
  case output(String, Int32)

  var status: ExitStatus {
    switch self {
    case .usage: .usage
    case .unsound: .internal
    case .output: .unwritable
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
    guard let line = ReplyLine("ERR notfound.tenant retry=no msg=\"no tenant \(code) here; whoami shows yours\"")
    else { return .unsound("no tenant \(code)") }
    return .refused(line, code: ErrorCode.noTenant.rawValue)
  }

  var message: String {
    switch self {
    case .connection(let error): "\(error)"
    case .refused(let line, let code): line.value(.msg) ?? code
    case .usage(let error): error.message
    case .unsound(let what): what
    case .output(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
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
  var next: String? { ReplyValues(end)[.next] }
}

extension ControlConnection {
  /// Asks, and follows a list to its end where that is wanted. Progress is shown as it comes.
  mutating func gather(_ request: RequestText, follows: Bool = false) throws(Failure) -> Answer {
    guard follows else { return try gatherPage(request.line) }
    var all: Answer?
    try pages(of: request) { page throws(Failure) in
      all = Answer(rows: (all?.rows ?? []) + page.rows, notes: page.notes, end: page.end)
    }
    guard let all else { throw .unsound("the list has no page") }
    return all
  }

  /// Follows a list to its end, in as few pages as there can be. All of them show the journal as it stood for the first
  /// one, where the command can be asked for that.
  mutating func pages(of request: RequestText, take: (Answer) throws(Failure) -> Void) throws(Failure) {
    var request = request
    request.add(option: .limit, String(RequestLine.rows.upperBound))
    var page = try gatherPage(request.line)
    if request.canBeDated, let seq = ReplyValues(page.end)[.seq], seq != "0" { request.add(option: .known, seq) }
    try take(page)
    while let next = page.next {
      page = try gatherPage("\(request.line) +after=\(next)")
      try take(page)
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

extension RequestText {
  /// Whether it can say, and does not say yet, at which entry of the journal it is asked.
  fileprivate var canBeDated: Bool {
    let words = line.split(separator: " ")
    let command = words.first { !$0.hasPrefix("@") }.flatMap { CommandSpec.named(String($0)) }
    return command?.options.contains(.known) == true
      && !words.contains { $0.hasPrefix("+\(OptionName.known.rawValue)=") }
  }
}
