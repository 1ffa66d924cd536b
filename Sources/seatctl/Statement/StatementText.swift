import SeatClient
import SeatLedger

extension Statement {
  func text(_ format: OwnOption.Format, on terminal: Terminal) -> String {
    switch format {
    case .text: text(on: terminal)
    case .html: html
    }
  }

  /// What is signed.
  static let title = "Seat statement"
  static let signatures = ["Prepared by", "Approved by"]

  var owner: String { "\(district.name) (\(district.code))" }

  var facts: [(name: String, value: String)] {
    [
      ("Period", period.text), ("Shown", scope.text),
      (
        "Journal",
        "as it stood at entry \(Table.grouped(String(known))), printed \(made.prefix(10)) \(made.dropFirst(11).prefix(5))"
      ),
    ]
  }

  /// Title, then seats and money at the opening, their change and at the close.
  var summary: [(place: Balances.Place?, cells: [String])] {
    let change = change
    func cells(_ title: String, _ amounts: [Amount]) -> [String] {
      [title]
        + amounts.flatMap { [Table.grouped(String($0.seats)), Table.grouped(Money(cents: $0.cents).description)] }
    }
    return Balances.Place.allCases.map { place in
      (place, cells(place.title, [opening[place], change[place], closing[place]]))
    } + [(nil, cells("All", [opening.total, change.total, closing.total]))]
  }

  /// The entries that moved seats: the others, such as results, change no balance.
  var moving: [StatementLine] { lines.filter { $0.amount != .none } }

  /// What the figures do not say by themselves.
  var remarks: [String] {
    var remarks: [String] = []
    if expiring > 0 {
      remarks.append("Seats that expire at the end of \(period.to): \(Table.grouped(String(expiring))).")
    }
    switch period.rest {
    case .nothing: break
    case .latePostings:
      remarks.append("The year is over. Until it is sealed, what happened in it can still be posted late.")
    case .everything:
      remarks.append("This period is not over: what happens until the end of \(period.to) is missing.")
    }
    return remarks
  }

  var proof: String {
    let silent = lines.count - moving.count
    let unlisted =
      switch silent {
      case 0: ""
      case 1: " One entry that moved no seat is not listed."
      default: " \(Table.grouped(silent)) entries that moved no seat are not listed."
      }
    return "The opening balance and the entries listed (\(Table.grouped(moving.count))) add up to the closing balance, "
      + "line by line, in seats and in money.\(unlisted)"
  }

  /// For a screen or a printer of fixed letters.
  private func text(on terminal: Terminal) -> String {
    let head = "\(terminal.bold(Self.title.uppercased()))\n\(owner)\n"
    let facts = facts.map { name, value in
      "\(name.padded(to: 9))\(Listing.wrapped(value, terminal.width - 9).replacingLines(with: "\n         "))"
    }
    return [
      head, facts.joined(separator: "\n"), "", balances(terminal), "", entries(terminal), "",
      ([proof] + remarks).map { Listing.wrapped($0, terminal.width) }.joined(separator: "\n"), "", "",
      signatureLines(terminal.width),
    ].joined(separator: "\n")
  }

  private func balances(_ terminal: Terminal) -> String {
    var table = Table(
      [
        ("", false), ("opening", true), ("money", true), ("change", true), ("money", true), ("closing", true),
        ("money", true),
      ])
    for (place, cells) in summary {
      if place == nil { table.add(total: cells) } else { table.add(cells) }
    }
    return table.text(emphasize: terminal.bold)
  }

  /// From here on an entry fits on one line.
  private static let wide = 120

  private func entries(_ terminal: Terminal) -> String {
    guard !moving.isEmpty else { return "No seat was moved in this period." }
    return terminal.width >= Self.wide ? wideEntries(terminal) : narrowEntries(terminal)
  }

  private var namesSchool: Bool { scope.school == nil }

  private func wideEntries(_ terminal: Terminal) -> String {
    let columns = [
      ("date", false), ("entry", true), ("kind", false), ("movement", false), ("seats", true), ("money", true),
      ("available", true), ("who and why", false),
    ]
    func row(_ line: StatementLine, _ last: String) -> [String] {
      cells(line, line.movement(namesSchool: namesSchool)) + [last]
    }
    var bare = Table(columns)
    for line in moving { bare.add(row(line, "")) }
    let room = max(20, terminal.width - bare.width + "who and why".count)
    var table = Table(columns)
    for line in moving {
      let words = Listing.wrapped(whoAndWhy(line), room).split(separator: "\n", omittingEmptySubsequences: false)
      table.add(row(line, words.first.map(String.init) ?? ""))
      for more in words.dropFirst() {
        table.add(Array(repeating: "", count: columns.count - 1) + [String(more)])
      }
    }
    return table.text(emphasize: terminal.bold)
  }

  /// The numbers on one line, the words on the next.
  private func narrowEntries(_ terminal: Terminal) -> String {
    var table = Table([
      ("date", false), ("entry", true), ("kind", false), ("seats", true), ("money", true), ("available", true),
    ])
    for line in moving {
      let cells = cells(line, "")
      table.add(Array(cells[..<3] + cells[4...]))
    }
    let rows = table.text(emphasize: terminal.bold).split(separator: "\n", omittingEmptySubsequences: false)
    let indent = String(repeating: " ", count: 12)
    var text = rows.prefix(2).map(String.init)
    for (row, line) in zip(rows.dropFirst(2), moving) {
      text.append(String(row))
      let words = [line.movement(namesSchool: namesSchool), whoAndWhy(line)].filter { !$0.isEmpty }.joined(
        separator: "; ")
      text.append(
        terminal.dim(indent + Listing.wrapped(words, terminal.width - indent.count).replacingLines(with: "\n" + indent))
      )
    }
    return text.joined(separator: "\n")
  }

  func cells(_ line: StatementLine, _ movement: String) -> [String] {
    [
      String(line.effective.prefix(10)), String(line.entry), line.kind, movement,
      Table.grouped(String(line.amount.seats)), Table.grouped(Money(cents: line.amount.cents).description),
      Table.grouped(String(line.available.seats)),
    ]
  }

  func whoAndWhy(_ line: StatementLine) -> String { line.why.isEmpty ? line.who : "\(line.who): \(line.why)" }

  private func signatureLines(_ width: Int) -> String {
    let line = String(repeating: "_", count: min(44, width - 24))
    return Self.signatures.map { "\($0.padded(to: 12)) \(line)  \(String(repeating: "_", count: 10))" }
      .joined(separator: "\n\n\n") + "\n" + "".padded(to: 13) + "".padded(to: line.count + 2) + "date"
  }
}

extension String {
  fileprivate func replacingLines(with separator: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: separator)
  }
}
