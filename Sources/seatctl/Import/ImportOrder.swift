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

  static let words = ["--dry", "--skip-refused", "--again", "--ignore", "--actor"]

  static let usage = """
    seatctl import \(ImportKind.allCases.map(\.rawValue).joined(separator: "|")) FILE.csv \
    [--dry] [--skip-refused] [--again] [--ignore COLUMN,…] [--actor NAME] [--ARGUMENT VALUE …]
    """

  /// What `seatctl help import` says.
  static var manual: String {
    var lines = [usage, ""]
    for kind in ImportKind.allCases {
      let columns = kind.columns.map { column in
        column.isRequired && !(kind == .results && (ImportKind.namesAttempt + [.attempt]).contains(column.name))
          ? column.name.rawValue : "[\(column.name.rawValue)]"
      }
      lines.append("  \(kind.rawValue): \(columns.joined(separator: " "))")
    }
    return
      (lines + [
        "",
        "A result names its attempt, or school, candidate and test.",
        "The first line names the columns, in any order. A column that is the same in every row may be an option instead.",
        "Everything is rehearsed first, and every problem is told with its line; a file with a problem is not begun.",
        "The same row is never done twice, whatever else the file holds.",
        "",
        "  --dry            only rehearses",
        "  --skip-refused   does the rows that the ledger does not refuse",
        "  --again          does rows once more whose order was reversed or whose attempt is over",
        "  --ignore A,B     leaves columns out",
        "  --actor NAME     who asked, for the journal",
      ]).joined(separator: "\n")
  }

  init(_ words: inout ArraySlice<String>) throws(UsageError) {
    guard let word = words.popFirst() else { throw UsageError(Self.usage) }
    guard let kind = ImportKind(rawValue: word) else {
      let kinds = ImportKind.allCases.map(\.rawValue)
      let hint = Spelling.nearest(to: word, among: kinds).map { "did you mean \($0)?" }
      throw UsageError("import does not know \(word); \(hint ?? "it takes \(kinds.joined(separator: ", "))")")
    }
    self.kind = kind
    guard let file = words.popFirst(), file == "-" || !file.hasPrefix("-") else {
      throw UsageError("import \(word) needs a file: \(Self.usage)")
    }
    self.file = file
    while let word = words.first, word != "--json", !word.hasPrefix("--socket") { try take(word, &words) }
  }

  private mutating func take(_ word: String, _ words: inout ArraySlice<String>) throws(UsageError) {
    words.removeFirst()
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    func value() throws(UsageError) -> String {
      if parts.count > 1 { return parts[1] }
      guard let value = words.popFirst() else { throw UsageError("\(word) needs a value") }
      return value
    }
    switch parts[0] {
    case "--dry": isDry = true
    case "--skip-refused": skipsRefused = true
    case "--again": isAgain = true
    case "--actor": actor = try value()
    case "--ignore": ignored.formUnion(try value().split(separator: ",").map { ImportKind.word(String($0)) })
    default:
      guard parts[0].hasPrefix("--"), let name = ArgumentName(rawValue: String(parts[0].dropFirst(2))),
        kind.columns.contains(where: { $0.name == name })
      else {
        let known = Self.words + kind.columns.map { "--\($0.name.rawValue)" }
        let hint = Spelling.nearest(to: parts[0], among: known).map { "did you mean \($0)?" }
        throw UsageError(
          "import \(kind.rawValue) does not take \(parts[0]); \(hint ?? "it takes \(known.joined(separator: " "))")")
      }
      constants.append((name, try value()))
    }
  }
}
