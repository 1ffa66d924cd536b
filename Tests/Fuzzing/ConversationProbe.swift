import SeatLedger
import SeatProtocol
import SeatSession

/// Whatever a client sends, in whatever pieces, and in whatever order its requests are carried out: every line gets one
/// reply, in order and whole, events stand only between replies, and nothing grows past its bound.
struct ConversationProbe: ~Copyable {
  private var conversation = Conversation()
  /// What the client has sent.
  private var sent: [UInt8] = []
  /// Requests that were begun, by their tickets.
  private var underWay: [(ticket: Int, tag: String?)] = []
  private var received: [UInt8] = []
  private var notes = 0
  private var events = 0

  static func check(_ input: [UInt8]) throws(Broken) {
    var probe = ConversationProbe()
    var choices = Choices(input)
    while !choices.isEmpty { try probe.step(&choices) }
    try probe.end()
  }

  private mutating func step(_ choices: inout Choices) throws(Broken) {
    switch choices.below(12) {
    case 0, 1: receive(Self.line(&choices))
    case 2: receive(Array(choices.bytes(choices.below(64))))
    case 3: receive([UInt8](repeating: UInt8(ascii: "x"), count: choices.isRare() ? LineFramer.mostBytes : 100))
    case 4: for _ in 0..<(choices.isRare() ? Conversation.mostInFlight : 4) { receive(Array("@p ping\n".utf8)) }
    case 5: for _ in 0...choices.below(64) { _ = conversation.takeLine() }
    case 6: for _ in 0...choices.below(64) where !open(finishing: false) { break }
    case 7: putBack()
    case 8: finish(at: choices.below(max(1, min(underWay.count, 256))), rows: choices.below(3))
    case 9: note(at: choices.below(max(1, min(underWay.count, 256))))
    case 10: event()
    default: received += conversation.ready()
    }
    try require(conversation.inFlight <= Conversation.mostInFlight, "\(conversation.inFlight) requests in flight")
    try require(underWay.count <= conversation.inFlight, "\(underWay.count) under way of \(conversation.inFlight)")
    let (queued, isOpen) = (conversation.batch?.lines.count ?? 0, conversation.batch != nil)
    try require(!isOpen || queued <= BatchLimit.lines, "a batch of \(queued) lines")
  }

  // MARK: Events

  private mutating func receive(_ bytes: [UInt8]) {
    // Enough for more requests than may be in flight and for more than one line that is too long.
    guard sent.count < 1 << 15 else { return }
    sent += bytes
    bytes.withUnsafeBytes { conversation.receive($0) }
  }

  /// Begins the next request. Those of batches are answered at once, as the router does.
  private mutating func open(finishing: Bool) -> Bool {
    guard let (item, ticket) = conversation.open() else { return false }
    switch item {
    case .bad(let bad):
      conversation.spoilBatch(bad.refusal)
      conversation.finish(.refused(bad.refusal), for: ticket)
    case .line(let line):
      switch line.command.name {
      case .batchBegin:
        conversation.finish(conversation.begin(OpenBatch(of: Code(stored: "t"), options: line.options)), for: ticket)
      case .batchCommit, .batchAbort:
        conversation.endBatch()
        conversation.finish(.ok(), for: ticket)
      case _ where conversation.batch != nil: conversation.finish(conversation.queue(line), for: ticket)
      case _ where finishing: conversation.finish(.ok(), for: ticket)
      default: underWay.append((ticket, line.tag))
      }
    }
    return true
  }

  private mutating func putBack() {
    guard let (item, _) = conversation.open() else { return }
    conversation.close(item)
  }

  private mutating func finish(at index: Int, rows: Int) {
    guard underWay.indices.contains(index) else { return }
    let (ticket, _) = underWay.remove(at: index)
    conversation.finish(.ok(rows: Array(repeating: Fields(), count: rows), Fields()), for: ticket)
    // A second answer is nobody's.
    conversation.finish(.ok(), for: ticket)
  }

  private mutating func note(at index: Int) {
    guard underWay.indices.contains(index) else { return }
    notes += 1
    conversation.note(.note(Fields()), for: underWay[index].ticket)
  }

  private mutating func event() {
    events += 1
    conversation.add([Fields()], of: "watch", isJSON: false)
  }

  /// Lines that mean something, so that not all are refused.
  private static func line(_ choices: inout Choices) -> [UInt8] {
    let lines = [
      "ping", "@a ping", "@b balance tenant=t", "batch.begin tenant=t", "batch.commit", "@c batch.abort",
      "@d cancel attempt=1", "quit", "", "   ", "nonsense", "@e ping +json", "@ ping", "@f\tping",
    ]
    return Array("\(lines[choices.below(lines.count)])\(choices.flag() ? "\r" : "")\n".utf8)
  }

  // MARK: What must have come of it

  /// The client closes its side, all is carried out, and all it was told is held against what it sent.
  private mutating func end() throws(Broken) {
    conversation.endInput()
    var rounds = 0
    while !conversation.isOver {
      while conversation.takeLine() {}
      while open(finishing: true) {}
      while !underWay.isEmpty { finish(at: underWay.count - 1, rows: 0) }
      received += conversation.ready()
      rounds += 1
      try require(rounds <= 2 + sent.count / 100, "it does not come to its end")
    }
    received += conversation.ready()
    try require(conversation.isIdle && !conversation.hasEvents && conversation.ready().isEmpty, "something is left")
    try compare()
  }

  private func compare() throws(Broken) {
    try require(received.isEmpty || received.last == UInt8(ascii: "\n"), "the last line has no end")
    var expected = Self.replies(to: sent)[...]
    var (notes, events) = (0, 0)
    var isInReply = false
    for line in received.split(separator: UInt8(ascii: "\n")) {
      guard let read = ReplyLine(String(decoding: line, as: UTF8.self)) else { throw Broken("does not read") }
      guard read.kind != .event else {
        events += 1
        try require(!isInReply && read.tag == "watch", "an event inside a reply")
        continue
      }
      guard let next = expected.first else { throw Broken("an answer that nobody asked for") }
      try require(read.tag == next.tag, "an answer to \(read.tag ?? "-") where \(next.tag ?? "-") is due")
      if read.kind == .note { notes += 1 }
      isInReply = !read.kind.isFinal
      guard read.kind.isFinal else { continue }
      expected = expected.dropFirst()
      try next.code.map { code throws(Broken) in
        try require(read.kind == .error(code: code), "\(read.kind) where \(code) is due")
      }
    }
    try require(expected.isEmpty, "\(expected.count) requests without an answer")
    try require(!isInReply && notes == self.notes && events == self.events, "lines were lost")
  }

  /// The replies that a stream of bytes must get, worked out in the plainest way.
  private static func replies(to sent: [UInt8]) -> [(tag: String?, code: String?)] {
    var lines = sent.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let rest = lines.removeLast()
    var replies: [(String?, String?)] = []
    for line in lines {
      guard line.count < LineFramer.mostBytes else {
        replies.append((tag(of: line), ErrorCode.lineTooLong.rawValue))
        continue
      }
      do {
        if let request = try RequestParser.parse(line) { replies.append((request.tag, nil)) }
      } catch {
        replies.append((error.tag, error.refusal.code.rawValue))
      }
    }
    // Of a last line without an end only that it is too long is said, if it is.
    if rest.count >= LineFramer.mostBytes {
      replies.append((tag(of: rest), ErrorCode.lineTooLong.rawValue))
    } else if !rest.isEmpty {
      replies.append((tag(of: rest), ErrorCode.unterminatedLine.rawValue))
    }
    return replies
  }

  private static func tag(of line: ArraySlice<UInt8>) -> String? {
    let words = String(decoding: line, as: UTF8.self).utf8.split(
      separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: true)
    guard words.count == 2 || line.last == UInt8(ascii: " "), let word = words.first.flatMap({ String($0) }) else {
      return nil
    }
    guard word.utf8.first == UInt8(ascii: "@"), (2...33).contains(word.utf8.count) else { return nil }
    let isTag = word.utf8.dropFirst().allSatisfy {
      Character(Unicode.Scalar($0)).isASCII
        && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber || "_.-".utf8.contains($0))
    }
    return isTag ? String(word.dropFirst()) : nil
  }
}
