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
    var words = OptionWords(words)
    if let word = try words.word() {
      if let own = OwnCommand(rawValue: word) {
        try take(own, &words)
      } else {
        try takeCommand(try Self.spec(word), &words)
      }
    }
    while let option = try words.option() {
      guard option.name == "version" else {
        throw UsageError("\(option.word) stands behind a command, which is missing")
      }
      action = .usage("seatctl \(Version.current)")
    }
    isJSON = words.isJSON
    if let socket = words.socket { door.socket = socket }
    if words.wantsHelp, case .standing = action { action = .help(nil) }
    // For a program the daemon's own answer, an object a line.
    if isJSON, !words.wantsHelp, case .help(let spec) = action, let help = CommandSpec.named(CommandName.help.rawValue)
    {
      action = .command(Order(spec: help, arguments: spec.map { [(.command, $0.name.rawValue)] } ?? []))
    }
  }

  private mutating func take(_ own: OwnCommand, _ words: inout OptionWords) throws(UsageError) {
    do throws(UsageError) {
      action = try Self.action(own, &words)
      if !words.wantsHelp, let word = try words.word() { throw UsageError("\(word) is one word too many") }
    } catch {
      // Whoever asks for help has not said everything yet.
      guard words.wantsHelp else { throw error }
    }
    if words.wantsHelp { action = .usage(own.manual) }
  }

  private static func action(_ own: OwnCommand, _ words: inout OptionWords) throws(UsageError) -> Action {
    switch own {
    case .help:
      var name = try words.word()
      if name == nil { name = try commandOption(&words) }
      guard let name else { return .help(nil) }
      if let own = OwnCommand(rawValue: name), CommandSpec.named(name) == nil { return .usage(own.manual) }
      return .help(try Self.spec(name))
    case .import: return .import(try ImportOrder(&words))
    case .export: return .export(try ExportOrder(&words))
    case .raw: return .raw
    case .manual: return .manual
    case .explain:
      guard let name = try words.word() else {
        guard let option = try words.option() else { return .explain(nil) }
        guard option.word == Explanation.markdownWord else {
          throw .unknown(option.word, of: own.rawValue, among: [Explanation.markdownWord])
        }
        return .rulePage
      }
      guard let rule = Rule(name) else {
        throw UsageError("there is no rule \(name); they are R1 to R\(Rule.allCases.count)")
      }
      return .explain(rule)
    case .completion:
      guard let shell = try words.word().flatMap(Completion.Shell.init(rawValue:)) else {
        throw UsageError(
          "completion takes one of \(own.words.joined(separator: ", ")), for example: seatctl completion bash")
      }
      return .completion(shell)
    }
  }

  /// `--command NAME`, as the protocol's `help` takes it.
  private static func commandOption(_ words: inout OptionWords) throws(UsageError) -> String? {
    guard let option = try words.option() else { return nil }
    guard option.name == ArgumentName.command.rawValue else {
      throw .unknown(option.word, of: OwnCommand.help.rawValue, among: ["--\(ArgumentName.command.rawValue)"])
    }
    return try words.value(of: option)
  }

  private static func spec(_ name: String) throws(UsageError) -> CommandSpec {
    guard let spec = CommandSpec.named(name) else {
      let all = CommandName.allCases.map(\.rawValue) + OwnCommand.allCases.map(\.rawValue)
      // Two words where there is a dot between them.
      let family = all.filter { $0.hasPrefix("\(name.lowercased()).") }
      let near = family.isEmpty ? [Spelling.nearest(to: name.lowercased(), among: all)].compactMap(\.self) : family
      let hint =
        near.isEmpty ? "seatctl help lists the commands" : "did you mean seatctl \(near.joined(separator: " or "))?"
      throw UsageError("there is no command \(name); \(hint)")
    }
    return spec
  }

  private mutating func takeCommand(_ spec: CommandSpec, _ words: inout OptionWords) throws(UsageError) {
    var order = Order(spec: spec)
    while true {
      if let word = try words.word() { throw Self.stray(word, spec) }
      guard let option = try words.option() else { break }
      let hint = "\n\(Order.example(spec))"
      if let argument = ArgumentName(rawValue: option.name), spec[argument] != nil {
        order.arguments.append((argument, try words.value(of: option, hint: hint)))
      } else if let name = OptionName(rawValue: option.name), spec.options.contains(name) {
        if name == .dry { try words.requireBare(option) }
        order.options.append((name, name == .dry ? nil : try words.value(of: option, hint: hint)))
      } else if let own = OwnOption(rawValue: option.name), Order.takes(own, spec) {
        if own.value == nil { try words.requireBare(option) }
        let text = own.value == nil ? "" : try words.value(of: option, hint: hint)
        if own == .format, OwnOption.Format(rawValue: text) == nil {
          throw UsageError("--format takes \(own.choices.joined(separator: " or ")), not \(text)")
        }
        order.own[own] = text
      } else {
        throw Self.stray(option.word, spec)
      }
    }
    if words.wantsHelp {
      action = .help(spec)
    } else {
      try order.check()
      action = .command(order)
    }
  }

  private static func stray(_ word: String, _ spec: CommandSpec) -> UsageError {
    .unknown(word, of: spec.name.rawValue, among: words(of: spec))
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
