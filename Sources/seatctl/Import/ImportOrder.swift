import SeatLedger
import SeatProtocol

/// What the words behind `seatctl import` ask for.
struct ImportOrder {
  let kind: ImportKind
  /// `-` is standard input.
  let file: String
  /// Values that hold for every row of a file that has no such column.
  private(set) var constants: [(name: ArgumentName, value: String)] = []
  /// Columns of the file that are left out.
  private(set) var ignored: Set<String> = []
  private(set) var isDry = false
  /// Rows that the ledger refuses are left out, and the others are done.
  private(set) var skipsRefused = false
  /// Rows whose order was reversed, or whose attempt is over, are done once more.
  private(set) var isAgain = false
  private(set) var actor: String?

  /// What an import takes beside the columns of its file.
  enum Option: String, CaseIterable {
    case dry, again, ignore, actor
    case skipRefused = "skip-refused"

    var value: String? {
      switch self {
      case .dry, .again, .skipRefused: nil
      case .ignore: "column,..."
      case .actor: "text"
      }
    }

    var meaning: String {
      switch self {
      case .dry: "only rehearses"
      case .again: "does rows once more whose order was reversed or whose attempt is over"
      case .ignore: "leaves columns of the file out"
      case .actor: "who asked, for the journal"
      case .skipRefused: "does the rows that the ledger does not refuse"
      }
    }
  }

  init(_ words: inout OptionWords) throws(UsageError) {
    let kinds = ImportKind.allCases.map(\.rawValue)
    guard let word = try words.word() else { throw UsageError("say what to import: \(OwnCommand.import.synopsis)") }
    guard let kind = ImportKind(rawValue: word) else { throw .unknown(choice: word, of: "import", among: kinds) }
    self.kind = kind
    guard let file = try words.word() else {
      throw UsageError("import \(word) needs a file: \(OwnCommand.import.synopsis)")
    }
    self.file = file
    while true {
      if let word = try words.word() { throw unknown(word) }
      guard let option = try words.option() else { break }
      try take(option, &words)
    }
  }

  private mutating func take(_ option: OptionWords.Option, _ words: inout OptionWords) throws(UsageError) {
    guard let own = Option(rawValue: option.name) else {
      guard let name = ArgumentName(rawValue: option.name), kind.columns.contains(where: { $0.name == name }) else {
        throw unknown(option.word)
      }
      constants.append((name, try words.value(of: option)))
      return
    }
    if own.value == nil { try words.requireBare(option) }
    switch own {
    case .dry: isDry = true
    case .again: isAgain = true
    case .skipRefused: skipsRefused = true
    case .actor: actor = try words.value(of: option)
    case .ignore:
      ignored.formUnion(try words.value(of: option).split(separator: ",").map { ImportKind.word(String($0)) })
    }
  }

  private func unknown(_ word: String) -> UsageError {
    .unknown(
      word, of: "import \(kind.rawValue)",
      among: Option.allCases.map { "--\($0.rawValue)" } + kind.columns.map { "--\($0.name.rawValue)" })
  }
}

extension ImportOrder {
  /// Whether somebody must say what day it is before its options mean something.
  var isRelative: Bool { constants.contains { isRelativeYear($0.name, $0.value) } }

  /// The same with years written out.
  func resolved(today: CivilDate) -> ImportOrder {
    var order = self
    order.constants = constants.map { name, value in
      let year = isRelativeYear(name, value) ? RelativeTime.year(value, today: today) : nil
      return (name, year?.description ?? value)
    }
    return order
  }

  private func isRelativeYear(_ name: ArgumentName, _ value: String) -> Bool {
    name == .year && RelativeTime.words.contains(value)
  }
}
