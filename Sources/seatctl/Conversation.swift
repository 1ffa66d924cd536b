import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Carries out one command: asks, follows a list to its end, and asks again with the same key where that is worth it.
struct Conversation {
  let socket: String
  let screen: Screen

  /// Tries of one command, the first included.
  private static let mostTries = 6

  func run(
    _ spec: CommandSpec, _ arguments: [(name: String, value: String)], _ options: [(OptionName, String?)]
  ) -> ExitStatus {
    var request = RequestText(spec.name.rawValue)
    for (name, value) in arguments { request.add(name, value) }
    for (option, value) in options { request.add(option: option, value) }
    if screen.isJSON { request.add(option: .json) }
    if spec.name == .watch {
      let since = arguments.first { $0.name == ArgumentName.since.rawValue }.flatMap { Int64($0.value) }
      return watch(arguments.filter { $0.name != ArgumentName.since.rawValue }, since: since)
    }
    let isDry = options.contains { $0.0 == .dry }
    if spec.options.contains(.idem), !isDry, !options.contains(where: { $0.0 == .idem }) {
      var keys = IdempotencyKeys()
      let key = keys.next()
      Screen.note("key \(key)")
      request.add(option: .idem, key)
    }
    let follows = spec.effect == .list && !options.contains { $0.0 == .limit }
    if follows { request.add(option: .limit, String(RequestLine.rows.upperBound)) }
    return ask(request, follows: follows)
  }

  /// Prints every entry as it comes, and goes on where it was when the daemon comes back, until it is interrupted.
  private func watch(_ arguments: [(name: String, value: String)], since first: Int64?) -> ExitStatus {
    var since = first
    var isFirst = true
    while true {
      var request = RequestText("@watch \(CommandName.watch.rawValue)")
      for (name, value) in arguments { request.add(name, value) }
      if let since { request.add(ArgumentName.since.rawValue, String(since)) }
      do throws(ControlConnectionError) {
        var connection = try ControlConnection.open(socket)
        if case .error(let code) = connection.greeting.kind { return refuse(connection.greeting, code, true) }
        try connection.send(request.line + "\n")
        while true {
          let line = try connection.read()
          switch line.kind {
          case .error(let code): return refuse(line, code, true)
          case .event where line.value(.seq) != nil:
            since = line.value(.seq).flatMap(Int64.init).map { $0 + 1 }
            screen.show(event: line)
          case .event:
            if line.value(.end) == "forbidden" { return refuse(line, ErrorCode.forbidden.rawValue, true) }
            since = line.value(.resume).flatMap(Int64.init) ?? since
            throw .closed
          case .ok:
            isFirst = false
            if since == nil { since = line.value(.seq).flatMap(Int64.init).map { $0 + 1 } }
          case .data, .note, .greeting: break
          }
        }
      } catch {
        if isFirst {
          Screen.note("seatctl: \(error)")
          return ExitStatus(error)
        }
        usleep(500_000)
      }
    }
  }

  /// Tries again, with a growing pause, what the daemon calls worth it.
  private func ask(_ request: RequestText, follows: Bool) -> ExitStatus {
    var status = ExitStatus.noDaemon
    for attempt in 1...Self.mostTries {
      do throws(ControlConnectionError) {
        status = try askOnce(request, follows: follows, isLastTry: attempt == Self.mostTries)
      } catch {
        status = ExitStatus(error)
        if status != .tryAgain || attempt == Self.mostTries {
          Screen.note("seatctl: \(error)")
          return status
        }
      }
      guard status == .tryAgain, attempt < Self.mostTries else { return status }
      usleep(useconds_t(100_000 << attempt))
    }
    return status
  }

  private func askOnce(
    _ request: RequestText, follows: Bool, isLastTry: Bool
  ) throws(ControlConnectionError) -> ExitStatus {
    var connection = try ControlConnection.open(socket)
    if case .error(let code) = connection.greeting.kind { return refuse(connection.greeting, code, isLastTry) }
    var rows: [ReplyLine] = []
    var after: String?
    while true {
      var line = request.line
      if let after { line += " +after=\(after)" }
      try connection.send(line + "\n")
      let end = try read(&connection, &rows)
      if case .error(let code) = end.kind { return refuse(end, code, isLastTry) }
      after = follows ? Self.next(end) : nil
      if after == nil {
        screen.show(rows: rows, end: end)
        if !follows, let cursor = Self.next(end) { Screen.note("there is more: --after \(cursor)") }
        return .fine
      }
    }
  }

  /// - Returns: the line that ends the reply.
  private func read(
    _ connection: inout ControlConnection, _ rows: inout [ReplyLine]
  ) throws(ControlConnectionError) -> ReplyLine {
    while true {
      let line = try connection.read()
      switch line.kind {
      case .data: rows.append(line)
      case .note where line.value(.done) != nil: Screen.note(line.body)
      case .note: rows.append(line)
      case .greeting, .event: break
      case .ok, .error: return line
      }
    }
  }

  private func refuse(_ line: ReplyLine, _ code: String, _ isLastTry: Bool) -> ExitStatus {
    let status = ExitStatus(code: code, retry: line.value(.retry) ?? "no")
    if status != .tryAgain || isLastTry { screen.show(line, code: code) }
    return status
  }

  private static func next(_ end: ReplyLine) -> String? {
    guard end.body.hasPrefix("{") else { return end.value(.next) }
    guard let start = end.body.firstRange(of: "\"next\":\"")?.upperBound else { return nil }
    return String(end.body[start...].prefix { $0 != "\"" })
  }
}
