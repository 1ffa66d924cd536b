import SeatLedger

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
