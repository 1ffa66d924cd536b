import SeatLedger

/// `seatctl explain`: a rule by its number, or all of them by their titles.
enum Explanation {
  static let markdownWord = "--markdown"

  static func text(_ rule: Rule?) -> String {
    guard let rule else {
      return Rule.allCases.map { "\($0.name)\(String(repeating: " ", count: 4 - $0.name.count))\($0.text.title)" }
        .joined(separator: "\n")
    }
    let text = rule.text
    return """
      \(rule.name), \(text.title)

      \(Listing.wrapped(CommandLineText.sentence(text.says), columns))

      Source:  \(indented(text.source.text))
      Example: \(indented(CommandLineText.sentence(text.example)))
      """
  }

  /// Columns of a terminal that everybody has.
  private static let columns = 80

  /// Beneath a word of nine columns.
  private static func indented(_ text: String) -> String {
    Listing.wrapped(text, columns - 9).split(separator: "\n").joined(separator: "\n" + String(repeating: " ", count: 9))
  }
}
