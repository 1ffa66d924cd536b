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

      \(wrapped(text.says))

      Source:  \(wrapped(text.source.text, indent: 9))
      Example: \(wrapped(text.example, indent: 9))
      """
  }

  /// Columns of a terminal that everybody has.
  private static let columns = 80

  private static func wrapped(_ text: String, indent: Int = 0) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if indent + line.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
