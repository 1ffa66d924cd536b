import SeatLedger
import SeatProtocol

/// One command with its arguments as the command line gives them.
struct Order {
  let spec: CommandSpec
  var arguments: [(name: ArgumentName, value: String)] = []
  var options: [(name: OptionName, value: String?)] = []
  var own: [OwnOption: String] = [:]

  subscript(name: ArgumentName) -> String? { arguments.first { $0.name == name }?.value }

  func has(_ option: OptionName) -> Bool { options.contains { $0.name == option } }

  var request: RequestText {
    var request = RequestText(spec.name.rawValue)
    for (name, value) in arguments { request.add(name.rawValue, value) }
    for (option, value) in options { request.add(option: option, value) }
    return request
  }

  /// A command that reads a tenant's books can be shown again whenever they change.
  static func takes(_ option: OwnOption, _ spec: CommandSpec) -> Bool {
    switch option {
    case .watch: spec.scope == .tenant && (spec.effect == .list || spec.effect == .read)
    case .month, .format: spec.name == .statement
    case .html: spec.name == .rollover || spec.name == .rolloverReport
    case .compare: spec.name == .rollover
    }
  }

  /// The year or month that is named by what day it is, for a person.
  var relativeWord: String {
    own[.month].map { "\($0) month" }
      ?? arguments.first { spec[$0.name]?.type == .year && RelativeTime.words.contains($0.value) }.map {
        "\($0.value) year"
      } ?? "day"
  }

  /// What is missing, with a whole example to copy, or cannot be.
  func check() throws(UsageError) {
    try checkWords(arguments.map { ("--\($0.name.rawValue)", $0.value) })
    try checkWords(options.map { ("--\($0.name.rawValue)", $0.value ?? "") })
    if let since = self[.since], spec[.since]?.type.value(of: since) == nil {
      throw UsageError("--since takes \(spec[.since]?.type.expected ?? ""), not \(since)")
    }
    try Self.requireInOrder(from: self[.from].flatMap { CivilDate($0) }, to: self[.to].flatMap { CivilDate($0) })
    let missing = spec.arguments.filter { $0.isRequired && self[$0.name] == nil }
    guard !missing.isEmpty else { return }
    let names = missing.map { "--\($0.name.rawValue)" }
    throw UsageError("\(spec.name.rawValue) needs \(Self.listed(names))\n\(Self.example(spec))")
  }

  static func requireInOrder(from: CivilDate?, to: CivilDate?) throws(UsageError) {
    guard let from, let to, to < from else { return }
    throw UsageError("--from \(from) is after --to \(to); the first day comes first")
  }

  /// Each once, and of characters that a line can carry: what is not sent as it was given is not sent at all.
  private func checkWords(_ words: [(name: String, value: String)]) throws(UsageError) {
    var seen: Set<String> = []
    for (name, value) in words {
      guard seen.insert(name).inserted else { throw UsageError("\(name) is given twice; which one is meant?") }
      let isPlain = value.unicodeScalars.allSatisfy { !Fields.isUnprintable($0) || ["\n", "\r", "\t"].contains($0) }
      guard isPlain else { throw UsageError("\(name) holds a control character; write it without") }
    }
  }

  static func example(_ spec: CommandSpec) -> String {
    let words = spec.example.map { "--\($0.name.rawValue) \(CommandLineText.quoted($0.value))" }
    let month = takes(.month, spec) ? ["--month last"] : []
    return "for example: " + (["seatctl", spec.name.rawValue] + words + month).joined(separator: " ")
  }

  private static func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) and \(last)"
  }
}
