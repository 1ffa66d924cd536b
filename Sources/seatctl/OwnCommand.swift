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
    case .help, .raw, .manual, .explain: []
    case .import: ImportKind.allCases.map(\.rawValue)
    case .export: ExportList.allCases.map(\.rawValue)
    case .completion: Completion.Shell.allCases.map(\.rawValue)
    }
  }
}

extension OwnCommand {
  /// More than one line, for those that take more than a word.
  var usage: String? {
    switch self {
    case .import: ImportOrder.manual
    case .export: ExportOrder.manual
    case .help, .raw, .explain, .completion, .manual: nil
    }
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
