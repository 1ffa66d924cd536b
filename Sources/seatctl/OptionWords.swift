import SeatProtocol

/// The words of the command line, taken one by one. What every command understands is taken on the way, wherever it stands.
struct OptionWords {
  private var rest: ArraySlice<String>
  private(set) var isJSON = false
  private(set) var wantsHelp = false
  private(set) var socket: String?

  /// `--name` or `--name=value`.
  struct Option {
    let name: String
    fileprivate let attached: String?

    var word: String { "--\(name)" }
  }

  init(_ words: [String]) { rest = words[...] }

  /// The next word that is no option; `nil` where an option stands, or nothing. `-` is a word: standard input.
  mutating func word() throws(UsageError) -> String? {
    try takeCommon()
    guard let word = rest.first, !word.hasPrefix("-") || word == "-" else { return nil }
    return rest.popFirst()
  }

  /// The next option; `nil` at the end.
  mutating func option() throws(UsageError) -> Option? {
    try takeCommon()
    guard let word = rest.popFirst() else { return nil }
    guard word.hasPrefix("--"), word.count > 2 else { throw UsageError("\(word) is one word too many") }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return Option(name: String(parts[0]), attached: parts.count > 1 ? String(parts[1]) : nil)
  }

  mutating func value(of option: Option, hint: String = "") throws(UsageError) -> String {
    if let attached = option.attached { return attached }
    guard let value = rest.popFirst() else { throw UsageError("\(option.word) needs a value\(hint)") }
    return value
  }

  /// - Throws: for an option that is there or not, and was given a value.
  func requireBare(_ option: Option) throws(UsageError) {
    guard option.attached == nil else { throw UsageError("\(option.word) takes no value; leave it out to say no") }
  }

  private mutating func takeCommon() throws(UsageError) {
    while let word = rest.first {
      switch word {
      case "--json": isJSON = true
      case "--help", "-h":
        wantsHelp = true
        rest = []
        return
      case "--socket":
        guard let path = rest.dropFirst().first else { throw UsageError("--socket needs a path") }
        socket = path
        rest.removeFirst()
      case let word where word.hasPrefix("--socket="): socket = String(word.dropFirst(9))
      default: return
      }
      rest.removeFirst()
    }
  }
}

extension UsageError {
  /// A word that `subject` does not take.
  static func unknown(_ word: String, of subject: String, among known: [String]) -> UsageError {
    let dashed = word.hasPrefix("--") ? word : "--\(word)"
    let hint = Spelling.nearest(to: dashed, among: known).map { "did you mean \($0)?" }
    return UsageError("\(subject) does not take \(word); \(hint ?? "it takes \(known.joined(separator: " "))")")
  }

  /// A word that is none of those that can stand there.
  static func unknown(choice word: String, of subject: String, among known: [String]) -> UsageError {
    let hint = Spelling.nearest(to: word, among: known).map { "did you mean \($0)?" }
    return UsageError("\(subject) does not know \(word); \(hint ?? "it takes \(known.joined(separator: ", "))")")
  }
}
