import SeatClient
import SeatLedger
import SeatProtocol

/// What the words on the command line ask for.
struct Invocation {
  var door: Door
  var isJSON = false
  var action = Action.standing

  enum Action {
    /// `seatctl` alone.
    case standing
    case help(CommandSpec?)
    case raw
    case explain(Rule?)
    /// All rules as the documentation shows them.
    case rulePage
    case completion(Completion.Shell)
    case manual
    case `import`(ImportOrder)
    case export(ExportOrder)
    /// How one of seatctl's own commands is used.
    case usage(String)
    case command(Order)
  }

  init(_ words: [String], environment: [String: String]) throws(UsageError) {
    door = Door(
      socket: environment["SEATLEDGER_SOCKET"] ?? ControlConnection.standardPath, token: environment["SEATLEDGER_TOKEN"]
    )
    var rest = words[...]
    try takeOwnOptions(&rest)
    if let word = rest.popFirst() {
      if let own = OwnCommand(rawValue: word) {
        try take(own, &rest)
      } else {
        try takeCommand(try Self.spec(word), &rest)
      }
      try takeOwnOptions(&rest)
    }
    if let word = rest.first { throw UsageError("\(word) is one word too many") }
  }

  private mutating func take(_ own: OwnCommand, _ rest: inout ArraySlice<String>) throws(UsageError) {
    switch own {
    case .help:
      let name = rest.popFirst()
      if let usage = name.flatMap(OwnCommand.init(rawValue:))?.usage {
        action = .usage(usage)
        break
      }
      action = .help(try name.map { name throws(UsageError) in try Self.spec(name) })
    case .import, .export:
      if let usage = own.usage, rest.contains(where: { $0 == "--help" || $0 == "-h" }) {
        (action, rest) = (.usage(usage), [])
      } else {
        action = own == .import ? .import(try ImportOrder(&rest)) : .export(try ExportOrder(&rest))
      }
    case .raw: action = .raw
    case .manual: action = .manual
    case .explain:
      guard let name = rest.popFirst() else {
        action = .explain(nil)
        break
      }
      if name == Explanation.markdownWord {
        action = .rulePage
      } else if let rule = Rule(name) {
        action = .explain(rule)
      } else {
        throw UsageError("there is no rule \(name); they are R1 to R\(Rule.allCases.count)")
      }
    case .completion:
      guard let shell = rest.popFirst().flatMap(Completion.Shell.init(rawValue:)) else {
        throw UsageError(
          "completion takes one of \(OwnCommand.completion.words.joined(separator: ", ")), "
            + "for example: seatctl completion bash")
      }
      action = .completion(shell)
    }
  }

  private static func spec(_ name: String) throws(UsageError) -> CommandSpec {
    guard let spec = CommandSpec.named(name) else {
      let near = Spelling.nearest(
        to: name, among: CommandName.allCases.map(\.rawValue) + OwnCommand.allCases.map(\.rawValue))
      let hint = near.map { "did you mean seatctl \($0)?" } ?? "seatctl help lists the commands"
      throw UsageError("there is no command \(name); \(hint)")
    }
    return spec
  }

  private mutating func takeOwnOptions(_ rest: inout ArraySlice<String>) throws(UsageError) {
    while let word = rest.first {
      switch word {
      case "--json": isJSON = true
      case "--help", "-h":
        action = .help(nil)
        rest = []
        return
      case "--socket":
        guard let path = rest.dropFirst().first else { throw UsageError("--socket needs a path") }
        door.socket = path
        rest.removeFirst()
      case let word where word.hasPrefix("--socket="): door.socket = String(word.dropFirst(9))
      default: return
      }
      rest.removeFirst()
    }
  }

  private mutating func takeCommand(_ spec: CommandSpec, _ rest: inout ArraySlice<String>) throws(UsageError) {
    var order = Order(spec: spec)
    while let word = rest.first {
      if word == "--help" || word == "-h" {
        action = .help(spec)
        rest = []
        return
      }
      let before = rest.count
      try takeOwnOptions(&rest)
      if rest.count < before { continue }
      rest.removeFirst()
      guard word.hasPrefix("--") else { throw Self.stray(word, spec) }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      let name = parts[0]
      func value() throws(UsageError) -> String {
        if parts.count > 1 { return parts[1] }
        guard let value = rest.popFirst() else {
          throw UsageError("--\(name) needs a value\n\(Order.example(spec))")
        }
        return value
      }
      if let argument = ArgumentName(rawValue: name), spec[argument] != nil {
        order.arguments.append((argument, try value()))
      } else if let option = OptionName(rawValue: name), spec.options.contains(option) {
        order.options.append((option, option == .dry ? nil : try value()))
      } else if let option = OwnOption(rawValue: name), Order.takes(option, spec) {
        let text = option.value == nil ? "" : try value()
        if option == .format, OwnOption.Format(rawValue: text) == nil {
          throw UsageError("--format takes \(option.choices.joined(separator: " or ")), not \(text)")
        }
        order.own[option] = text
      } else {
        throw Self.stray("--\(name)", spec)
      }
    }
    try order.check()
    action = .command(order)
  }

  private static func stray(_ word: String, _ spec: CommandSpec) -> UsageError {
    let known = Self.words(of: spec)
    let dashed = word.hasPrefix("--") ? word : "--\(word)"
    let hint = Spelling.nearest(to: dashed, among: known).map { "did you mean \($0)?" }
    return UsageError(
      "\(spec.name.rawValue) does not take \(word); \(hint ?? "it takes \(known.joined(separator: " "))")")
  }

  /// The options that a command takes on the command line.
  static func words(of spec: CommandSpec) -> [String] {
    let names =
      spec.arguments.map(\.name.rawValue) + spec.options.filter { $0 != .json }.map(\.rawValue).sorted()
      + OwnOption.allCases.filter { Order.takes($0, spec) }.map(\.rawValue)
    return names.map { "--\($0)" }
  }
}

struct UsageError: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
