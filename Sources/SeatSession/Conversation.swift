internal import DequeModule
package import SeatProtocol

/// One client's requests and their replies, in order: a plain value that takes events and says what to do next. It does
/// no I/O, knows no clock and asks nobody. Nobody has two of one conversation, and nothing copies it for a look.
///
///     bytes ── receive ── takeLine ─┐                      ┌─ finish, note ── (whoever carries it out, in any order)
///                                   └─ backlog ── open ────┤
///     bytes ── ready ◄── replies, in the order of requests ┘◄─ add (events of watches, between replies)
package struct Conversation: ~Copyable, Sendable {
  /// Requests of one connection that may be unanswered; past that nothing more is read.
  package static let mostInFlight = 1_024

  /// Bytes of replies that wait for one in front of them, past which no further request is begun.
  static let mostUnsent = 1 << 20

  var framer = LineFramer()
  var isInputClosed = false
  private var replies: Deque<Slot> = []
  private var firstTicket = 0
  var backlog: Deque<Item> = []
  package internal(set) var batch: OpenBatch?
  /// Watches' lines that wait for the end of a reply.
  var events: [(tag: String, bytes: [UInt8])] = []
  /// The first reply has begun and is not at its end.
  private var isReplyOpen = false
  /// Bytes of replies that wait for the ones in front of them.
  private var unsent = 0

  /// A request's place among the replies.
  private struct Slot {
    let encoder: ReplyEncoder
    var bytes: [UInt8] = []
    var isFinished = false
  }

  package enum Item: Sendable {
    case line(RequestLine)
    case bad(BadLine)
  }

  package init() {}

  /// Requests that have come and are not answered.
  package var inFlight: Int { replies.count + backlog.count }

  package var isIdle: Bool { replies.isEmpty && backlog.isEmpty }

  package mutating func dropBacklog() { backlog.removeAll() }

  /// Takes the next request, if there is one and room for its reply, and opens a place for that.
  package mutating func open() -> (item: Item, ticket: Int)? {
    guard unsent < Self.mostUnsent, let item = backlog.popFirst() else { return nil }
    let encoder: ReplyEncoder
    switch item {
    case .line(let line): encoder = ReplyEncoder(tag: line.tag, isJSON: line.options.isJSON)
    case .bad(let bad): encoder = ReplyEncoder(tag: bad.tag)
    }
    replies.append(Slot(encoder: encoder))
    return (item, firstTicket + replies.count - 1)
  }

  /// Puts the request that was opened last back: its turn has not come yet.
  package mutating func close(_ item: Item) {
    replies.removeLast()
    backlog.prepend(item)
  }

  /// A line of a reply that goes on.
  package mutating func note(_ line: Reply.Line, for ticket: Int) {
    let index = ticket - firstTicket
    guard replies.indices.contains(index), !replies[index].isFinished else { return }
    let before = replies[index].bytes.count
    replies[index].encoder.encode(line, into: &replies[index].bytes)
    unsent += replies[index].bytes.count - before
  }

  package mutating func finish(_ reply: Reply, for ticket: Int) {
    let index = ticket - firstTicket
    guard replies.indices.contains(index), !replies[index].isFinished else { return }
    let before = replies[index].bytes.count
    replies[index].encoder.encode(reply, into: &replies[index].bytes)
    replies[index].isFinished = true
    unsent += replies[index].bytes.count - before
  }

  /// The bytes that can be sent now, in the order of the requests.
  package mutating func ready() -> [UInt8] {
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
}
