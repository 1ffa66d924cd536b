import SeatLedger
import SeatProtocol

/// A request of the protocol as words of the command line.
enum CommandLineText {
  /// `transfer from=a seats=2` becomes `seatctl transfer --from a --seats 2`.
  static func seatctl(_ request: String) -> String {
    let command = request.prefix { $0 != " " }
    let words = Fields(stored: String(request.dropFirst(command.count + 1))).pairs.map { name, value in
      "--\(name) \(quoted(value))"
    }
    return (["seatctl", String(command)] + words).joined(separator: " ")
  }

  /// A sentence that speaks of the protocol's words, for who types them into a shell: `say proctor=attested` becomes
  /// `say --proctor attested`, and `+dry` becomes `--dry`.
  static func sentence(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word($0) }.joined(separator: " ")
  }

  private static func word(_ word: Substring) -> String {
    let isOption = word.first == "+"
    let body = word.drop { $0 == "+" }
    let name = String(body.prefix { $0.isLetter || $0 == "-" })
    let rest = body.dropFirst(name.count)
    guard isOption ? OptionName(rawValue: name) != nil : rest.first == "=" && ArgumentName(rawValue: name) != nil else {
      return String(word)
    }
    let value = rest.drop { $0 == "=" }
    guard let first = value.first, first.isLetter || first.isNumber || "\"…'".contains(first) else {
      return "--\(name)\(value)"
    }
    return "--\(name) \(value)"
  }

  /// As a shell takes it for one word.
  static func quoted(_ value: String) -> String {
    let isPlain =
      !value.isEmpty
      && value.utf8.allSatisfy { byte in
        byte.isLetter || byte.isDigit || "-_./:,@%+=".utf8.contains(byte)
      }
    return isPlain
      ? value : "'\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }
}
