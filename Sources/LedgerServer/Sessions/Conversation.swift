internal import DequeModule
internal import SeatLedger
internal import SeatProtocol

/// One client's requests and their replies, in order: a plain value that takes events and says what to do next.
struct Conversation {
  /// Requests of one connection that may be unanswered; past that nothing more is read.
  static let mostInFlight = 1_024

  private var replies: Deque<Slot> = []
  private var firstTicket = 0
  private(set) var backlog: Deque<Item> = []
  private(set) var batch: OpenBatch?
  /// Watches' lines that wait for the end of a reply.
  private var events: [(tag: String, bytes: [UInt8])] = []
  /// The first reply has begun and is not at its end.
  private var isReplyOpen = false
  /// Bytes of replies that wait for the ones in front of them.
  private(set) var unsent = 0

  /// Bytes of replies past which no further request is begun: a client that asks and does not read costs no more.
  static let mostUnsent = 1 << 20

  /// Lists of one connection that are read at once: each may hold a thousand rows.
  static let mostReads = 16

  /// A request's place among the replies.
  private struct Slot {
    let encoder: ReplyEncoder
    var bytes: [UInt8] = []
    var isFinished = false
  }

  enum Item {
    case line(RequestLine)
    case bad(BadLine)
  }

  /// Lines that were queued since `batch.begin`.
  struct OpenBatch {
    let tenant: TenantCode
    let options: RequestLine.Options
    var lines: [RequestLine] = []
    var bytes = 0
    /// Lines that came, bad ones included.
    var count = 0
    /// The first bad line and its place, from 0: the batch can only be dropped.
    var spoiltBy: (place: Int, refusal: Refusal)?

    static let mostLines = 1_000
    static let mostBytes = 1 << 20
  }

  var inFlight: Int { replies.count + backlog.count }

  var isIdle: Bool { replies.isEmpty && backlog.isEmpty }

  mutating func take(_ item: Item) { backlog.append(item) }

  mutating func dropBacklog() -> [Item] {
    defer { backlog.removeAll() }
    return Array(backlog)
  }

  /// Takes the next request, if its turn has come, and opens a place for its reply.
  mutating func open() -> (item: Item, ticket: Int)? {
    guard let item = backlog.popFirst() else { return nil }
    let encoder: ReplyEncoder
    switch item {
    case .line(let line): encoder = ReplyEncoder(tag: line.tag, isJSON: line.options.isJSON)
    case .bad(let bad): encoder = ReplyEncoder(tag: bad.tag)
    }
    replies.append(Slot(encoder: encoder))
    return (item, firstTicket + replies.count - 1)
  }

  /// Puts a request back: its turn has not come yet.
  mutating func close(_ item: Item) {
    replies.removeLast()
    backlog.prepend(item)
  }

  /// A line of a reply that goes on.
  mutating func note(_ line: Reply.Line, for ticket: Int) {
    let index = ticket - firstTicket
    guard replies.indices.contains(index) else { return }
    let before = replies[index].bytes.count
    replies[index].encoder.encode(line, into: &replies[index].bytes)
    unsent += replies[index].bytes.count - before
  }

  mutating func finish(_ reply: Reply, for ticket: Int) {
    let index = ticket - firstTicket
    guard replies.indices.contains(index) else { return }
    let before = replies[index].bytes.count
    replies[index].encoder.encode(reply, into: &replies[index].bytes)
    replies[index].isFinished = true
    unsent += replies[index].bytes.count - before
  }

  /// The bytes that can be sent now, in the order of the requests.
  mutating func ready() -> [UInt8] {
    var bytes: [UInt8] = []
    if !isReplyOpen { takeEvents(&bytes) }
    while let first = replies.first {
      if bytes.isEmpty { bytes = first.bytes } else { bytes.append(contentsOf: first.bytes) }
      unsent -= first.bytes.count
      guard first.isFinished else {
        isReplyOpen = isReplyOpen || !first.bytes.isEmpty
        replies[0].bytes.removeAll()
        break
      }
      replies.removeFirst()
      firstTicket += 1
      isReplyOpen = false
      takeEvents(&bytes)
    }
    return bytes
  }

  private mutating func takeEvents(_ bytes: inout [UInt8]) {
    for event in events { bytes.append(contentsOf: event.bytes) }
    events.removeAll()
  }
}

// MARK: - Watches

extension Conversation {
  /// Lines of a watch, which come between replies.
  mutating func add(_ lines: [Fields], of tag: String, isJSON: Bool) {
    let encoder = ReplyEncoder(tag: tag, isJSON: isJSON)
    var bytes: [UInt8] = []
    for line in lines { encoder.encode(.event(line), into: &bytes) }
    events.append((tag, bytes))
  }

  mutating func dropEvents(of tag: String) { events.removeAll { $0.tag == tag } }

  var hasEvents: Bool { !events.isEmpty }
}

// MARK: - Batches

extension Conversation {
  mutating func beginBatch(_ line: RequestLine, tenant: TenantCode) -> Reply {
    guard batch == nil else {
      return .refused(Refusal(.batchAlreadyOpen, nil, "a batch is open already; batch.commit or batch.abort ends it"))
    }
    batch = OpenBatch(tenant: tenant, options: line.options)
    return .ok()
  }

  /// Queues a line that its principal may send, or spoils the batch with it.
  mutating func queue(_ line: RequestLine) -> Reply {
    guard let open = batch else {
      return .refused(Refusal(.batchNotOpen, nil, "no batch is open; batch.begin opens one"))
    }
    let bytes = line.arguments.reduce(line.command.name.rawValue.utf8.count) {
      $0 + $1.name.rawValue.utf8.count + $1.text.utf8.count + 2
    }
    if let refusal = refusal(of: line, bytes: bytes, in: open) {
      spoilBatch(refusal)
      return .refused(refusal)
    }
    batch?.lines.append(line)
    batch?.bytes += bytes
    batch?.count += 1
    var fields = Fields()
    fields.add(.queued, open.lines.count + 1)
    return .ok(fields)
  }

  private func refusal(of line: RequestLine, bytes: Int, in open: OpenBatch) -> Refusal? {
    guard open.lines.count < OpenBatch.mostLines, open.bytes + bytes <= OpenBatch.mostBytes else {
      return Refusal(.batchTooLong, nil, "a batch holds at most \(OpenBatch.mostLines) lines and 1 MiB")
    }
    guard line.command.effect == .change, line.command.name != .batchBegin else {
      return .badValue("command", "a batch holds changes only; \(line.command.name.rawValue) is none")
    }
    if line.command.name == .tokenIssue {
      return .badValue("command", "token.issue shows a secret, which a batch has no place for; send it by itself")
    }
    if line.options.key != nil { return .badValue("+idem", "one key covers all lines: give it to batch.begin") }
    if line.options.isDry { return .badValue("+dry", "give +dry to batch.begin") }
    if let tenant: TenantCode = line.code(.tenant), tenant != open.tenant {
      return .badValue("tenant", "a batch is of one tenant; this one is of \(open.tenant)")
    }
    return nil
  }

  mutating func spoilBatch(_ refusal: Refusal) {
    guard let open = batch else { return }
    if open.spoiltBy == nil { batch?.spoiltBy = (open.count, refusal) }
    batch?.count += 1
  }

  @discardableResult
  mutating func endBatch() -> OpenBatch? {
    defer { batch = nil }
    return batch
  }
}
