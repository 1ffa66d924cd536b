import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Sends batches over one connection, and again over another one where that is worth it.
struct BatchConversation: ~Copyable {
  private let door: Door
  private let kind: ImportKind
  private let actor: String?
  private var connection: ControlConnection?

  /// Tries of one batch, the first included.
  private static let mostTries = 6

  init(door: Door, kind: ImportKind, actor: String?) {
    self.door = door
    self.kind = kind
    self.actor = actor
  }

  /// What a batch would be answered with, or which of its rows would be refused and why, by their places.
  struct Rehearsal {
    var answers: [Fields] = []
    var refused: [Int: String] = [:]
  }

  mutating func rehearse(_ batch: ImportBatch) throws(Failure) -> Rehearsal {
    var rehearsal = Rehearsal()
    while true {
      let places = batch.rows.indices.filter { rehearsal.refused[$0] == nil }
      guard !places.isEmpty else { return rehearsal }
      let kind = kind
      let lines = places.map { batch.rows[$0].request(kind) }
      let begin = begin(batch, .dry)
      let reply = try trying { connection throws(Failure) in try Self.exchange(begin, lines, &connection) }
      for (line, error) in reply.spoilt { rehearsal.refused[places[line]] = Self.reason(error) }
      guard reply.spoilt.isEmpty else { continue }
      guard case .error = reply.end.kind else {
        rehearsal.answers = reply.rows.map(\.fields)
        return rehearsal
      }
      let notes = reply.notes.filter { $0.value(.line) != nil && $0.value(.cause) != nil }
      for note in notes.isEmpty ? [reply.end] : notes {
        guard let line = (note.value(.line) ?? note.value(.at)).flatMap({ Int($0) }), places.indices.contains(line - 1)
        else { throw .refusal(reply.end) }
        rehearsal.refused[places[line - 1]] = Self.reason(note)
      }
      if !notes.isEmpty { return rehearsal }
    }
  }

  /// What an earlier import of the same rows was answered with; `nil` where there was none.
  mutating func lookUp(_ batch: ImportBatch) throws(Failure) -> [Fields]? {
    var request = RequestText(CommandName.lookup.rawValue)
    if let tenant = batch.tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    request.add(ArgumentName.idem.rawValue, batch.key)
    let line = request.line
    do throws(Failure) {
      let reply = try trying { connection throws(Failure) in try Self.ask(line, &connection) }
      let rows = reply.filter { $0.kind == .data }
      // What one line was answered with stands in the last line.
      return (rows.isEmpty ? Array(reply.suffix(1)) : rows).map(\.fields)
    } catch {
      if case .refused(_, ErrorCode.noKey.rawValue) = error { return nil }
      throw error
    }
  }

  mutating func commit(_ batch: ImportBatch) throws(Failure) -> [Fields] {
    let kind = kind
    let lines = batch.rows.map { $0.request(kind) }
    let begin = begin(batch, .idem, batch.key)
    let reply = try trying { connection throws(Failure) in
      let reply = try Self.exchange(begin, lines, &connection)
      if case .error = reply.end.kind { throw .refusal(reply.end) }
      return reply
    }
    return reply.rows.map(\.fields)
  }

  /// All rows of a list.
  mutating func list(_ request: String) throws(Failure) -> (rows: [Fields], end: Fields) {
    var rows: [Fields] = []
    var after = ""
    while true {
      let line = "\(request) +limit=\(RequestLine.rows.upperBound)\(after)"
      let reply = try trying { connection throws(Failure) in try Self.ask(line, &connection) }
      rows += reply.filter { $0.kind == .data }.map(\.fields)
      guard let end = reply.last, let next = end.value(.next) else { return (rows, reply.last?.fields ?? Fields()) }
      after = " +after=\(next)"
    }
  }

  // MARK: One try

  private func begin(_ batch: ImportBatch, _ option: OptionName, _ value: String? = nil) -> String {
    var request = RequestText(CommandName.batchBegin.rawValue)
    if let tenant = batch.tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    request.add(option: option, value)
    if let actor { request.add(option: .actor, actor) }
    return request.line
  }

  private struct Reply {
    /// Lines that were refused as they came, by their places.
    var spoilt: [(line: Int, error: ReplyLine)] = []
    var rows: [ReplyLine] = []
    var notes: [ReplyLine] = []
    var end: ReplyLine
  }

  /// The lines follow only when the batch is open: without it each of them would be done by itself.
  private static func exchange(
    _ begin: String, _ lines: [String], _ connection: inout ControlConnection
  ) throws(Failure) -> Reply {
    _ = try ask(begin, &connection)
    do throws(ControlConnectionError) {
      try connection.send(lines.joined(separator: "\n") + "\n\(CommandName.batchCommit.rawValue)\n")
      var spoilt: [(Int, ReplyLine)] = []
      for place in lines.indices {
        let line = try connection.read()
        if case .error = line.kind { spoilt.append((place, line)) }
      }
      var (rows, notes): ([ReplyLine], [ReplyLine]) = ([], [])
      while true {
        let line = try connection.read()
        switch line.kind {
        case .data: rows.append(line)
        case .note: notes.append(line)
        case .greeting, .event: break
        case .ok, .error: return Reply(spoilt: spoilt, rows: rows, notes: notes, end: line)
        }
      }
    } catch {
      throw .connection(error)
    }
  }

  private static func ask(_ line: String, _ connection: inout ControlConnection) throws(Failure) -> [ReplyLine] {
    let reply: [ReplyLine]
    do throws(ControlConnectionError) { reply = try connection.ask(line) } catch { throw .connection(error) }
    if let end = reply.last, case .error = end.kind { throw .refusal(end) }
    return reply
  }

  /// Tries again, with a growing pause, what the daemon calls worth it. A batch has its key, so nothing is done twice.
  private mutating func trying<Answer>(
    _ work: (inout ControlConnection) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    var tries = 1
    while true {
      do throws(Failure) {
        var open = try opened()
        let answer = try work(&open)
        connection = consume open
        return answer
      } catch {
        guard error.status == .tryAgain, tries < Self.mostTries else { throw error }
        usleep(useconds_t(100_000 << tries))
        tries += 1
      }
    }
  }

  private mutating func opened() throws(Failure) -> ControlConnection {
    if let open = connection.take() { return open }
    return try door.open()
  }

  private static func reason(_ line: ReplyLine) -> String {
    let message = line.value(.msg) ?? line.body
    // The error of a batch begins with the place of the line in it, which is not its line in the file.
    let bare = message.firstRange(of: ": ").map { String(message[$0.upperBound...]) }
    let text = line.value(.at) != nil && message.hasPrefix("line ") ? bare ?? message : message
    return line.value(.rule).map { "\(text) (\($0))" } ?? text
  }
}

extension Failure {
  static func refusal(_ end: ReplyLine) -> Failure {
    guard case .error(let code) = end.kind else { return .unsound(end.body) }
    return .refused(end, code: code)
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
