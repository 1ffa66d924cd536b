internal import SeatLedger
internal import SeatProtocol

/// The watches of one connection, by their tags.
struct ConnectionWatches {
  private var open: [String: Open] = [:]
  /// Those whose events are on their way to the client, by their numbers.
  private var unread: Set<Int> = []

  struct Open {
    let number: Int
    let isJSON: Bool
  }

  /// A client that wants more opens another connection.
  private static let most = 16

  var numbers: [Int] { open.values.map(\.number) }

  var hasUnread: Bool { !unread.isEmpty }

  /// The watch of this tag, if it is the one of this number still: what was on its way when it ended is nobody's any more.
  func open(_ tag: String, _ number: Int) -> Open? { open[tag].flatMap { $0.number == number ? $0 : nil } }

  /// Why a watch cannot begin.
  func obstacle(to line: RequestLine) -> Refusal? {
    guard line.command.name == .watch, let tag = line.tag else { return nil }
    if open[tag] != nil {
      return .badValue("tag", "this connection watches under @\(tag) already; unwatch tag=\(tag) ends it")
    }
    guard open.count >= Self.most else { return nil }
    return .badValue(
      "tag", "a connection has at most \(Self.most) watches; unwatch one or open another connection")
  }

  mutating func begin(_ tag: String, _ watch: Open) { open[tag] = watch }

  /// - Returns: the watch that has ended; `nil` where there is none of this tag.
  mutating func end(_ tag: String) -> Open? {
    let ended = open.removeValue(forKey: tag)
    if let ended { unread.remove(ended.number) }
    return ended
  }

  mutating func endAll() -> [String: Open] {
    defer { self = ConnectionWatches() }
    return open
  }

  mutating func deliver(_ number: Int) { unread.insert(number) }

  /// - Returns: the watches whose events the client has taken.
  mutating func acknowledge() -> Set<Int> {
    defer { unread.removeAll() }
    return unread
  }
}
