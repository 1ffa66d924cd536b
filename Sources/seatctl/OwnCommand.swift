import SeatLedger
import SeatProtocol

/// What seatctl does beside the protocol's commands.
enum OwnCommand: String, CaseIterable {
  case help, `import`, export, raw, explain, completion, manual

  /// One line for a person.
  var summary: String {
    switch self {
    case .help: "tells about the commands, or about one of them"
    case .import: "takes a CSV file of schools, purchases, a roster or results"
    case .export: "writes a list as CSV, JSON, a workbook or a journal"
    case .raw: "sends lines of the protocol as they are"
    case .explain: "prints a rule, its source and an example: explain R8"
    case .completion: "prints a completion script for bash, zsh or fish"
    case .manual: "prints the manual page, for man"
    }
  }

  /// What may follow it, for people and for completion.
  var words: [String] {
    switch self {
    case .raw, .manual: []
    case .help: CommandName.allCases.map(\.rawValue) + ["import", "export"]
    case .explain: Rule.allCases.map(\.name)
    case .import: ImportKind.allCases.map(\.rawValue)
    case .export: ExportList.allCases.map(\.rawValue)
    case .completion: Completion.Shell.allCases.map(\.rawValue)
    }
  }
}

extension OwnCommand {
  /// What stands behind it, in one line.
  var synopsis: String {
    let arguments =
      switch self {
      case .help: " [COMMAND]"
      case .import: " \(words.joined(separator: "|")) FILE.csv [--OPTION VALUE …]"
      case .export: " \(words.joined(separator: "|")) [--OPTION VALUE …]"
      case .explain: " [RULE]"
      case .completion: " \(words.joined(separator: "|"))"
      case .raw, .manual: ""
      }
    return "seatctl \(rawValue)\(arguments)"
  }

  /// Its options, for help, the manual page and completion.
  var entries: [Manual.Entry] {
    switch self {
    case .import:
      let columns = ImportKind.allCases.flatMap(\.columns)
      return ImportOrder.Option.allCases.map {
        Manual.Entry(name: $0.rawValue, meaning: $0.meaning, isRequired: false, value: $0.value)
      }
        + Manual.entries(of: columns).map {
          Manual.Entry(name: $0.name, meaning: $0.meaning, isRequired: false, value: $0.value, choices: $0.choices)
        }
    case .export:
      let specs = ExportList.allCases.map { CommandSpec(of: $0.command) }
      return ExportOrder.Option.allCases.map {
        Manual.Entry(name: $0.rawValue, meaning: $0.meaning, isRequired: false, value: $0.value, choices: $0.choices)
      } + Manual.entries(of: specs.flatMap(\.arguments)) + Manual.entries(of: ExportOrder.horizon)
    case .help, .raw, .explain, .completion, .manual: return []
    }
  }

  /// What there is to know beside the options, a paragraph each.
  var remarks: [String] {
    switch self {
    case .import:
      [
        "The first line of the file names the columns, in any order. A column that is the same in every row may be an option instead."
      ] + ImportKind.allCases.map { "A file of \($0.rawValue) has the columns \($0.columnList)." } + [
        "A result names its attempt, or school, candidate and test.",
        "Everything is rehearsed first, and every problem is told with its line; a file with a problem is not begun.",
        "The same row is never done twice, whatever else the file holds.",
      ]
    case .export:
      [
        "The filters are those of the commands balance, statement, costs and attempts.",
        "csv has one header line, and no cell of it runs as a formula. json is one array, an object a row.",
        "xlsx is a workbook with dates, numbers and totals; it needs --output.",
        "hledger and beancount are journals in seats and dollars for these programs, with what the ledger answers at each month's end as assertions.",
      ]
    case .help, .raw, .explain, .completion, .manual: []
    }
  }

  /// What `seatctl help import` says.
  var manual: String {
    let width = 80
    var paragraphs = [Listing.wrapped(synopsis, width), "\(summary.prefix(1).uppercased())\(summary.dropFirst())."]
    paragraphs += remarks.map { Listing.wrapped($0, width) }
    if !entries.isEmpty {
      paragraphs.append(Manual.lines(entries, width, marksOptional: false).joined(separator: "\n"))
    }
    return paragraphs.joined(separator: "\n\n")
  }
}

/// What seatctl adds to the protocol's options.
enum OwnOption: String, CaseIterable {
  case watch, month, format, html, compare

  /// How its value is written; `nil` where it takes none.
  var value: String? {
    switch self {
    case .watch: nil
    case .month: "yyyy-mm|this|last"
    case .format: Format.allCases.map(\.rawValue).joined(separator: "|")
    case .html, .compare: "file"
    }
  }

  var choices: [String] {
    switch self {
    case .watch, .html, .compare: []
    case .month: ["this", "last"]
    case .format: Format.allCases.map(\.rawValue)
    }
  }

  var meaning: String {
    switch self {
    case .watch: "shows it again whenever an entry has changed something"
    case .month: "a month like 2025-03, or this, last: its --from and --to"
    case .format: "a statement to be signed: text for a screen or a printer, html for a browser"
    case .html: "a file for the report as a page to print"
    case .compare: "a saved rehearsal, compared line by line; moves nothing"
    }
  }

  enum Format: String, CaseIterable { case text, html }
}
