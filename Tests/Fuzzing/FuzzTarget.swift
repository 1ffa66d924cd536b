/// What takes any bytes whatever and must keep its promises. The same bodies run with every test on a few thousand inputs
/// and by hand under libFuzzer on millions (`Scripts/fuzz`).
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// Bytes are a client's line.
  case requests
  /// Bytes are turned into a reply.
  case replies
  /// Bytes are what happens on a connection, one event after the other.
  case conversations

  package func check(_ input: some RandomAccessCollection<UInt8>) throws(Broken) {
    switch self {
    case .requests: try RequestProbe.check(Array(input))
    case .replies: try ReplyProbe.check(Array(input))
    case .conversations: try ConversationProbe.check(Array(input))
    }
  }
}

/// A promise that an input has broken.
package struct Broken: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws(Broken) {
  if !condition { throw Broken(promise()) }
}
