// The same request twice (R22).

extension Kept {
  /// The first line of what is kept of a batch; no command is called so.
  static let batch = "batch"

  package var isBatch: Bool { request.hasPrefix("\(Self.batch)\n") }

  /// The first answer again to the same request of the same principal; a refusal to anything else (R22).
  func answer(to request: Request) -> Decision {
    let asked = request.canonical
    if principal != request.caller.principal { return .refused(mismatch("principal"), line: 0) }
    if !asked.utf8.elementsEqual(self.request.utf8) {
      return .refused(mismatch(Self.difference(asked, self.request)), line: 0)
    }
    return .replayed(answer.split(separator: "\n", omittingEmptySubsequences: false).map { Fields(stored: String($0)) })
  }

  func mismatch(_ field: String) -> Refusal {
    Refusal(.keyMismatch, nil, "this key was used for another request: \(field) differs; take a new key") {
      $0.add(.field, field)
    }
  }

  /// The name of the first field in which two requests differ, never its value.
  private static func difference(_ one: String, _ other: String) -> String {
    let ones = one.split(separator: "\n", omittingEmptySubsequences: false)
    let others = other.split(separator: "\n", omittingEmptySubsequences: false)
    guard (ones.first == batch[...]) == (others.first == batch[...]) else { return "command" }
    guard ones.count == others.count else { return "lines" }
    for (one, other) in zip(ones, others) where one != other {
      let (command, arguments) = parts(one)
      let (otherCommand, otherArguments) = parts(other)
      guard command == otherCommand else { return "command" }
      let names = Set(arguments.keys).union(otherArguments.keys).sorted()
      if let name = names.first(where: { arguments[$0] != otherArguments[$0] }) { return name }
    }
    return "command"
  }

  private static func parts(_ line: Substring) -> (command: Substring, arguments: [String: String]) {
    let command = line.prefix { $0 != " " }
    let arguments = Fields(stored: String(line.dropFirst(command.count + 1))).pairs
    return (command, Dictionary(arguments.map { ($0.name, $0.value) }) { first, _ in first })
  }
}
