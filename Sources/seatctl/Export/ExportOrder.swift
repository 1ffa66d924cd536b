import SeatLedger
import SeatProtocol

/// What the words behind `seatctl export` ask for.
struct ExportOrder {
  let list: ExportList
  private(set) var format: Format
  /// `nil` is standard output.
  private(set) var output: String?
  private(set) var arguments: [(name: ArgumentName, value: String)] = []
  private(set) var options: [(name: OptionName, value: String)] = []

  enum Format: String, CaseIterable {
    case csv, json, hledger, beancount, xlsx

    /// Somebody else's bookkeeping, which needs whole entries.
    var isJournal: Bool { self == .hledger || self == .beancount }
  }

  enum Option: String, CaseIterable {
    case format, output

    var value: String {
      switch self {
      case .format: Format.allCases.map(\.rawValue).joined(separator: "|")
      case .output: "file"
      }
    }

    var choices: [String] {
      switch self {
      case .format: Format.allCases.map(\.rawValue)
      case .output: []
      }
    }

    var meaning: String {
      switch self {
      case .format: "what the file's name ends with, or csv"
      case .output: "a file that appears when it is whole, or not at all; - is standard output"
      }
    }
  }

  init(_ words: inout OptionWords) throws(UsageError) {
    guard let word = try words.word() else { throw UsageError("say what to export: \(OwnCommand.export.synopsis)") }
    guard let list = ExportList(rawValue: word) else {
      throw .unknown(choice: word, of: "export", among: ExportList.allCases.map(\.rawValue))
    }
    self.list = list
    format = .csv
    var named = false
    while true {
      if let word = try words.word() { throw unknown(word) }
      guard let option = try words.option() else { break }
      named = named || option.name == Option.format.rawValue
      try take(option, &words)
    }
    guard !words.wantsHelp else { return }
    try takeSuffix(isFormatNamed: named)
    if format == .xlsx, output == nil || output == "-" {
      throw UsageError("a workbook needs a file: --output \(list.rawValue).xlsx")
    }
    if format.isJournal { try requireWholeEntries() }
    try Order.requireInOrder(from: day(.from), to: day(.to))
  }

  private func day(_ name: ArgumentName) -> CivilDate? {
    arguments.first { $0.name == name }.flatMap { CivilDate($0.value) }
  }

  /// A file's name says what is in it to whoever opens it.
  private mutating func takeSuffix(isFormatNamed: Bool) throws(UsageError) {
    guard let parts = output?.split(separator: "."), parts.count > 1, let suffix = parts.last.map(String.init) else {
      return
    }
    if let known = Format(rawValue: suffix.lowercased()) {
      guard !isFormatNamed || known == format else {
        throw UsageError("--output ends with .\(suffix), --format says \(format.rawValue); leave one of them out")
      }
      format = known
    } else if ["xls", "ods", "pdf", "html", "doc", "docx"].contains(suffix.lowercased()) {
      throw UsageError("export writes \(Option.format.choices.joined(separator: ", ")), not \(suffix)")
    }
  }

  private mutating func take(_ option: OptionWords.Option, _ words: inout OptionWords) throws(UsageError) {
    let spec = CommandSpec(of: list.command)
    if let own = Option(rawValue: option.name) {
      let text = try words.value(of: option)
      switch own {
      case .output: output = text
      case .format:
        guard let known = Format(rawValue: text) else {
          throw UsageError("--format takes \(own.choices.joined(separator: ", ")), not \(text)")
        }
        format = known
      }
    } else if let argument = ArgumentName(rawValue: option.name), spec[argument] != nil {
      arguments.append((argument, try words.value(of: option)))
    } else if let name = OptionName(rawValue: option.name), Self.horizon.contains(name), spec.options.contains(name) {
      options.append((name, try words.value(of: option)))
    } else {
      throw unknown(option.word)
    }
  }

  /// The options of the protocol that say as of when a list is told.
  static let horizon: Set<OptionName> = [.asOf, .known]

  private func unknown(_ word: String) -> UsageError {
    let spec = CommandSpec(of: list.command)
    let names =
      Option.allCases.map(\.rawValue) + spec.arguments.map(\.name.rawValue)
      + spec.options.filter { Self.horizon.contains($0) }.map(\.rawValue).sorted()
    return .unknown(word, of: "export \(list.rawValue)", among: names.map { "--\($0)" })
  }

  /// The command whose list is exported.
  var order: Order {
    get {
      Order(spec: CommandSpec(of: list.command), arguments: arguments, options: options.map { ($0.name, $0.value) })
    }
    set { arguments = newValue.arguments }
  }

  private func requireWholeEntries() throws(UsageError) {
    guard list != .attempts else {
      throw UsageError("attempts are no postings; export statement --format \(format.rawValue) has what they cost")
    }
    if let name = arguments.first(where: { [.from, .to, .by].contains($0.name) })?.name.rawValue {
      throw UsageError("a journal holds the whole history, without --\(name); \(format.rawValue) itself filters it")
    }
  }
}
