import SeatClient
import SeatLedger

extension Statement {
  /// For a browser and its printer.
  var html: String {
    var page = HTMLPage(title: Self.title, owner: owner)
    page.add(facts: facts)
    page.add(heading: "Balances")
    let rows = summary.map { place, cells in
      [cells[0], place?.meaning ?? ""] + cells.dropFirst()
    }
    page.add(
      table: [
        ("", false), ("", false), ("Opening seats", true), ("Money", true), ("Change", true), ("Money", true),
        ("Closing seats", true), ("Money", true),
      ], rows: rows.dropLast(), totals: rows.suffix(1))
    page.add(heading: "Entries")
    if moving.isEmpty {
      page.add(paragraph: "No seat was moved in this period.")
    } else {
      page.add(
        table: [
          ("Date", false), ("Entry", true), ("Kind", false), ("Movement", false), ("Seats", true), ("Money", true),
          ("Available", true), ("Who and why", false),
        ],
        rows: moving.map { line in
          // A movement is read in one piece.
          cells(line, line.movement(namesSchool: scope.school == nil).replacing(" ", with: "\u{A0}")) + [
            whoAndWhy(line)
          ]
        })
    }
    for paragraph in [proof] + remarks { page.add(paragraph: paragraph) }
    page.add(signatures: Self.signatures)
    return page.text
  }
}
