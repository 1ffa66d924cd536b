package import SeatLedger
internal import SeatProtocol

// Lines of watches, which come between replies.

extension Conversation {
  package mutating func add(_ lines: [Fields], of tag: String, isJSON: Bool) {
    let encoder = ReplyEncoder(tag: tag, isJSON: isJSON)
    var bytes: [UInt8] = []
    for line in lines { encoder.encode(.event(line), into: &bytes) }
    events.append((tag, bytes))
  }

  package mutating func dropEvents(of tag: String) { events.removeAll { $0.tag == tag } }

  package var hasEvents: Bool { !events.isEmpty }

  mutating func takeEvents(_ bytes: inout [UInt8]) {
    for event in events { bytes.append(contentsOf: event.bytes) }
    events.removeAll()
  }
}
