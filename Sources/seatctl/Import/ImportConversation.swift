import SeatClient
import SeatLedger
import SeatProtocol

/// Speaks with the ledger about rows: whose they are already, what would become of them, and that they be done.
struct ImportConversation: ~Copyable {
  private let door: Door
  private let actor: String?
  private var connection: ControlConnection?

  init(door: Door, actor: String?) {
    self.door = door
    self.actor = actor
  }

  // MARK: What was done before

  enum Owner { case nobody, somebodyElse, ourselves }

  /// Whose work each row is already. What others have done is told to operators alone, with who did it.
  mutating func owners(of rows: [ImportRow]) throws(Failure) -> [Owner] {
    try lookUps(rows).map { answer in
      switch answer.end.kind {
      case .ok: answer.end.value(.principal) == nil ? .ourselves : .somebodyElse
      case .error(ErrorCode.keyMismatch.rawValue): .somebodyElse
      default: .nobody
      }
    }
  }

  /// What rows that were done before were answered with.
  mutating func lookUp(_ rows: [ImportRow]) throws(Failure) -> [Fields] { try lookUps(rows).map(\.end.fields) }

  private mutating func lookUps(_ rows: [ImportRow]) throws(Failure) -> [Answer] {
    try allAnswers(
      to: rows.map { row in
        var request = RequestText(CommandName.lookup.rawValue)
        if let tenant = row.tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
        request.add(ArgumentName.idem.rawValue, row.key)
        return request
      })
  }

  mutating func standpoint() throws(Failure) -> Standpoint {
    try trying { connection throws(Failure) in try Standpoint.ask(&connection) }
  }

  /// A list to its end.
  mutating func list(_ request: RequestText) throws(Failure) -> [Fields] {
    try trying { connection throws(Failure) in
      try connection.gather(request, follows: true).rows.map(\.fields)
    }
  }

  // MARK: What would be done

  /// What a batch would be answered with, or which of its rows would be refused and why, by their places.
  struct Rehearsal {
    var answers: [Fields] = []
    var refused: [Int: String] = [:]
  }

  /// - Parameter rows: of one district, no more than a batch takes.
  mutating func rehearse(_ rows: [ImportRow]) throws(Failure) -> Rehearsal {
    var rehearsal = Rehearsal()
    while true {
      let places = rows.indices.filter { rehearsal.refused[$0] == nil }
      guard let first = places.first else { return rehearsal }
      let begin = begin(rows[first].tenant)
      let lines = places.map { rows[$0].request.line }
      let reply = try trying { connection throws(Failure) in try Self.exchange(begin, lines, &connection) }
      for (line, error) in reply.spoilt { rehearsal.refused[places[line]] = error.reason }
      guard reply.spoilt.isEmpty else { continue }
      guard case .error = reply.answer.end.kind else {
        rehearsal.answers = reply.answer.rows.map(\.fields)
        return rehearsal
      }
      let notes = reply.answer.notes.filter { $0.value(.line) != nil && $0.value(.cause) != nil }
      for note in notes.isEmpty ? [reply.answer.end] : notes {
        guard let line = (note.value(.line) ?? note.value(.at)).flatMap({ Int($0) }), places.indices.contains(line - 1)
        else { throw .refusal(reply.answer.end) }
        rehearsal.refused[places[line - 1]] = note.reason
      }
      if !notes.isEmpty { return rehearsal }
    }
  }

  private func begin(_ tenant: String?) -> RequestText {
    var request = RequestText(CommandName.batchBegin.rawValue)
    if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    request.add(option: .dry)
    return request
  }

  private struct BatchReply {
    /// Lines that were refused as they came, by their places.
    var spoilt: [(line: Int, error: ReplyLine)] = []
    var answer: Answer
  }

  /// The lines follow only when the batch is open: without it each of them would be done by itself.
  private static func exchange(
    _ begin: RequestText, _ lines: [String], _ connection: inout ControlConnection
  ) throws(Failure) -> BatchReply {
    _ = try connection.gather(begin)
    do throws(ControlConnectionError) {
      try connection.send(lines.joined(separator: "\n") + "\n\(CommandName.batchCommit.rawValue)\n")
      var spoilt: [(Int, ReplyLine)] = []
      for place in lines.indices {
        let line = try connection.read()
        if case .error = line.kind { spoilt.append((place, line)) }
      }
      return BatchReply(spoilt: spoilt, answer: try connection.readAnswer())
    } catch {
      throw .connection(error)
    }
  }

  // MARK: Doing it

  /// Does each row by itself, under its key.
  ///
  /// - Returns: the last line of each row's answer, as far as there are answers, and why there are no more.
  mutating func perform(_ rows: [ImportRow]) -> (ends: [ReplyLine?], failure: Failure?) {
    let requests = rows.map { row in
      var request = row.request
      request.add(option: .idem, row.key)
      if let actor { request.add(option: .actor, actor) }
      return request
    }
    let (answers, failure) = answers(to: requests)
    return (answers.map { $0?.end }, failure)
  }

  // MARK: Many requests

  private mutating func allAnswers(to requests: [RequestText]) throws(Failure) -> [Answer] {
    let (answers, failure) = answers(to: requests)
    if let failure { throw failure }
    return answers.compactMap { $0 }
  }

  /// Sends no more than the daemon leaves unanswered before it reads a reply, and again what is worth it: reads, and
  /// changes under their keys.
  private mutating func answers(to requests: [RequestText]) -> (answers: [Answer?], failure: Failure?) {
    var answers = [Answer?](repeating: nil, count: requests.count)
    var waiting = Array(requests.indices)
    do throws(Failure) {
      try trying { connection throws(Failure) in
        do throws(ControlConnectionError) {
          try connection.send(waiting.map { requests[$0].line + "\n" }.joined())
          for place in waiting { answers[place] = try connection.readAnswer() }
        } catch {
          waiting.removeAll { answers[$0] != nil }
          throw .connection(error)
        }
        var passing: Failure?
        for place in waiting {
          guard let end = answers[place]?.end, case .error = end.kind else { continue }
          let refusal = Failure.refusal(end)
          guard refusal.status == .tryAgain else { continue }
          answers[place] = nil
          passing = refusal
        }
        waiting.removeAll { answers[$0] != nil }
        if let passing { throw passing }
      }
    } catch {
      return (answers, error)
    }
    return (answers, nil)
  }

  /// The connection is kept for as long as it is in order.
  private mutating func trying<Result>(
    _ work: (inout ControlConnection) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Persistence.trying { () throws(Failure) in
      var open = try opened()
      let result = try work(&open)
      connection = consume open
      return result
    }
  }

  private mutating func opened() throws(Failure) -> ControlConnection {
    if let open = connection.take() { return open }
    return try door.open()
  }
}

extension ReplyLine {
  /// Why a row is refused. The error of a batch begins with the place of the line in it, which is not its line in the file.
  var reason: String {
    let message = value(.msg) ?? body
    let bare = message.firstRange(of: ": ").map { String(message[$0.upperBound...]) }
    let text = value(.at) != nil && message.hasPrefix("line ") ? bare ?? message : message
    return value(.rule).map { "\(text) (\($0))" } ?? text
  }
}
