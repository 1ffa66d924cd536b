/// What seatctl does beside the protocol's commands.
enum OwnCommand: String, CaseIterable {
  case help, raw, explain, completion, manual

  /// One line for a person.
  var summary: String {
    switch self {
    case .help: "tells about the commands, or about one of them"
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
    case .completion: Completion.Shell.allCases.map(\.rawValue)
    }
  }
}

/// What seatctl adds to the protocol's options.
enum OwnOption: String, CaseIterable {
  case watch, month, format

  /// How its value is written; `nil` where it takes none.
  var value: String? {
    switch self {
    case .watch: nil
    case .month: "2025-03, this or last"
    case .format: Format.allCases.map(\.rawValue).joined(separator: " or ")
    }
  }

  var choices: [String] {
    switch self {
    case .watch: []
    case .month: ["this", "last"]
    case .format: Format.allCases.map(\.rawValue)
    }
  }

  var meaning: String {
    switch self {
    case .watch: "shows it again whenever an entry has changed something"
    case .month: "from and to of one month"
    case .format: "a statement to be signed, for a printer or for a browser"
    }
  }

  enum Format: String, CaseIterable { case text, html }
}
