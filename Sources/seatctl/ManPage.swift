import SeatLedger
import SeatProtocol

/// `seatctl(1)` in the language of man pages, read off the command table.
enum ManPage {
  static var text: String {
    var page = """
      .Dd November 22, 2026
      .Dt SEATCTL 1
      .Os Seatledger
      .Sh NAME
      .Nm seatctl
      .Nd the client of seatledgerd, which keeps the books of exam seats
      .Sh SYNOPSIS
      .Nm
      .Op Fl Fl socket Ar path
      .Op Fl Fl json
      .Op Ar command Op Fl Fl argument Ar value ...
      .Sh DESCRIPTION
      .Nm
      sends a command to
      .Xr seatledgerd 8
      and shows its answer: an aligned table on a terminal, tab-separated values under a header in a pipe.
      Data goes to standard output, everything else to standard error.
      Without a command it shows where things stand.
      .Pp
      What may be asked depends on who asks: the daemon knows the system's user at the other end of the socket and the
      grants that were given to that user.
      .Bl -tag -width Ds
      .It Fl Fl json
      One JSON object a line.
      .It Fl Fl socket Ar path
      Where the daemon listens.
      .El
      .Pp
      .Fl Fl tenant
      may be left out by those who belong to one district; an operator names it.
      A
      .Fl Fl year
      is written 2024-2025, or
      .Cm last ,
      .Cm this
      or
      .Cm next .
      Every change gets an idempotency key, which is shown on standard error and used again for every try.
      .Sh COMMANDS
      .Bl -tag -width Ds

      """
    for spec in CommandSpec.all where OwnCommand(rawValue: spec.name.rawValue) == nil { page += entry(of: spec) }
    for own in OwnCommand.allCases { page += entry(of: own) }
    page += """
      .El
      .Sh ENVIRONMENT
      .Bl -tag -width SEATLEDGER_SOCKET
      .It Ev SEATLEDGER_SOCKET
      Where the daemon listens.
      .It Ev SEATLEDGER_TOKEN
      A token to speak by instead of as the system's user.
      .It Ev NO_COLOR
      No colours, whatever it says.
      .It Ev COLUMNS
      How wide the screen is where the terminal does not tell.
      .El
      .Sh EXIT STATUS
      .Bl -tag -width Ds

      """
    for status in ExitStatus.allCases { page += ".It \(status.rawValue)\n\(sentence(status.meaning))\n" }
    page += """
      .El
      .Sh EXAMPLES
      Where the seats of last year went, school by school:
      .Pp
      .Dl seatctl balance --year last
      .Pp
      What money is where, by the fund that paid:
      .Pp
      .Dl seatctl costs --by fund
      .Pp
      A statement of the last month for a printer:
      .Pp
      .Dl seatctl statement --month last --format html > statement.html
      .Sh SEE ALSO
      .Xr seatledgerd 8

      """
    return page
  }

  private static func entry(of spec: CommandSpec) -> String {
    var text = ".It Cm \(escaped(spec.name.rawValue))\n\(sentence(spec.summary))\nFor: \(escaped(spec.roles)).\n"
    if let remark = spec.remark { text += paragraph(remark) }
    return text + list(of: Manual.entries(of: spec))
  }

  private static func entry(of own: OwnCommand) -> String {
    var arguments =
      own.words.count > mostWords ? " Ar word" : own.words.isEmpty ? "" : " Ar \(own.words.joined(separator: " | "))"
    if own == .import { arguments += " Ar file" }
    let remarks = own.remarks.map(paragraph).joined()
    return ".It Cm \(own.rawValue)\(arguments)\n\(sentence(own.summary))\n\(remarks)\(list(of: own.entries))"
  }

  /// More of them are told by another command.
  private static let mostWords = 5

  private static func list(of entries: [Manual.Entry]) -> String {
    guard !entries.isEmpty else { return "" }
    var text = ".Bl -tag -width Ds -compact\n"
    for entry in entries {
      let value = entry.value.map { " Ar \(escaped($0.split(separator: "|").joined(separator: " | ")))" } ?? ""
      let name = "Fl Fl \(escaped(entry.name))\(value)"
      text += ".It \(entry.isRequired ? name : "Op \(name)")\n\(sentence(entry.meaning))\n"
    }
    return text + ".El\n"
  }

  /// Each sentence on a line of its own.
  private static func paragraph(_ text: String) -> String {
    ".Pp\n" + text.split(separator: ". ").map { sentence(String($0)) }.joined(separator: "\n") + "\n"
  }

  private static func sentence(_ text: String) -> String {
    let begun = (text.first?.uppercased() ?? "") + text.dropFirst()
    return escaped(begun.hasSuffix(".") ? begun : "\(begun).")
  }

  /// Nothing that begins a line or stands in it is a request of the formatter.
  private static func escaped(_ text: String) -> String {
    var escaped = text.flatMap { character -> [Character] in
      switch character {
      case "\\": Array("\\e")
      case "-": Array("\\-")
      case "’", "'": Array("\\(aq")
      case "…": Array("...")
      default: [character]
      }
    }
    if escaped.first == "." { escaped.insert(contentsOf: "\\&", at: 0) }
    return String(escaped)
  }
}
