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

  static let usage = """
    seatctl export \(ExportList.allCases.map(\.rawValue).joined(separator: "|")) \
    --format \(Format.allCases.map(\.rawValue).joined(separator: "|")) [--output FILE] [--ARGUMENT VALUE …]
    """

  /// What `seatctl help export` says.
  static let manual = """
    \(usage)

    The filters are those of the commands balance, statement, costs and attempts; --as-of and --known show the past.

      csv         one header line; no cell runs as a formula (this one, if no other is named)
      json        one array, an object a row
      xlsx        a workbook with dates, numbers and totals; needs --output
      hledger     a journal in seats and dollars, with what the ledger answers at each month's end as assertions
      beancount   the same for beancount

    A file appears when it is whole, or not at all.
    """

  init(_ words: inout ArraySlice<String>) throws(UsageError) {
    guard let word = words.popFirst() else { throw UsageError(Self.usage) }
    guard let list = ExportList(rawValue: word) else {
      let lists = ExportList.allCases.map(\.rawValue)
      let hint = Spelling.nearest(to: word, among: lists).map { "did you mean \($0)?" }
      throw UsageError("export does not know \(word); \(hint ?? "it takes \(lists.joined(separator: ", "))")")
    }
    self.list = list
    format = .csv
    while let word = words.first, word != "--json", !word.hasPrefix("--socket") { try take(word, &words) }
    if format == .xlsx, output == nil || output == "-" {
      throw UsageError("a workbook needs a file: --output \(list.rawValue).xlsx")
    }
    if format.isJournal { try requireWholeEntries() }
  }

  private mutating func take(_ word: String, _ words: inout ArraySlice<String>) throws(UsageError) {
    words.removeFirst()
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    func value() throws(UsageError) -> String {
      if parts.count > 1 { return parts[1] }
      guard let value = words.popFirst() else { throw UsageError("\(word) needs a value") }
      return value
    }
    let spec = CommandSpec(of: list.command)
    let name = String(parts[0].dropFirst(2))
    switch parts[0] {
    case "--format":
      let text = try value()
      guard let known = Format(rawValue: text) else {
        throw UsageError("--format takes \(Format.allCases.map(\.rawValue).joined(separator: ", ")), not \(text)")
      }
      format = known
    case "--output": output = try value()
    default:
      if parts[0].hasPrefix("--"), let argument = ArgumentName(rawValue: name), spec[argument] != nil {
        arguments.append((argument, try value()))
      } else if parts[0].hasPrefix("--"), let option = OptionName(rawValue: name), Self.horizon.contains(option),
        spec.options.contains(option)
      {
        options.append((option, try value()))
      } else {
        let known = ["--format", "--output"] + Self.words(of: spec)
        let hint = Spelling.nearest(to: parts[0], among: known).map { "did you mean \($0)?" }
        throw UsageError(
          "export \(list.rawValue) does not take \(parts[0]); \(hint ?? "it takes \(known.joined(separator: " "))")")
      }
    }
  }

  private static let horizon: Set<OptionName> = [.asOf, .known]

  private static func words(of spec: CommandSpec) -> [String] {
    (spec.arguments.map(\.name.rawValue) + spec.options.filter { horizon.contains($0) }.map(\.rawValue).sorted())
      .map { "--\($0)" }
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
