import SeatLedger
import SeatProtocol
import Testing

@testable import seatctl

/// How rows are laid out: plain values in, text out.
@Suite("Listings")
struct ListingTests {
  private static let today = CivilDate("2025-03-05")

  private static func pools(_ rows: (school: String, available: Int)...) -> [[(name: String, value: String)]] {
    rows.map { row in
      [
        ("school", row.school), ("program", "ase-entry-level"), ("year", "2024-2025"), ("kind", "seats"),
        ("fund", "perkins"), ("expires", "2025-06-30"), ("purchased", "1200"), ("transferred-in", "0"),
        ("transferred-out", "0"), ("returned", "0"), ("available", String(row.available)), ("held", "0"),
        ("reserved", "30"), ("consumed", String(1170 - row.available)),
      ]
    }
  }

  private func shown(
    _ rows: [[(name: String, value: String)]], totals: [(name: String, value: String)] = [], width: Int,
    colour: Bool = false
  ) -> String {
    Listing(rows, totals: totals, today: Self.today).text(
      on: Terminal(isTerminal: true, hasColour: colour, width: width))
  }

  @Test("what all rows share stands above, what none has is left out; thousands apart, numbers to the right, totals")
  func table() {
    let text = shown(
      Self.pools(("apex", 970), ("cary", 0)), totals: [("purchased", "2400"), ("available", "970")], width: 80)
    #expect(
      text == """
        program ase-entry-level · year 2024-2025 · kind seats · fund perkins
        expires 2025-06-30 (118 days left)

        school  purchased  available  reserved  consumed
        ────────────────────────────────────────────────
        apex        1,200        970        30       200
        cary        1,200          0        30     1,170
        ────────────────────────────────────────────────
        all         2,400        970
        """)
  }

  @Test("a column that was left out and has room after all comes back")
  func refilled() {
    let rows = ["k1", "k2"].map { candidate in
      [
        ("attempt", "7"), ("candidate", candidate), ("state", candidate == "k1" ? "reserved" : "passed"),
        ("on", candidate), ("started", String(repeating: candidate, count: 3)),
        ("reason", String(repeating: candidate, count: 40)), ("note", String(repeating: candidate, count: 6)),
      ]
    }
    // `started` goes before the long reason does, and has room once that is gone.
    let text = shown(rows, width: 56)
    #expect(text.hasPrefix("attempt  candidate  state     on  started  note"), "\(text)")
    #expect(text.contains("not shown for want of room: reason"), "\(text)")
  }

  @Test("a narrower terminal shortens titles, then leaves columns out and says so, then shows blocks")
  func narrow() {
    let rows = Self.pools(("apex", 970), ("cary", 0))
    #expect(shown(rows, width: 44).contains("school  purch.  avail."))
    let cut = shown(rows, width: 36)
    #expect(cut.contains("school  purch.  avail.") && cut.contains("not shown for want of room: reserved"))
    let blocks = shown(rows, width: 14)
    #expect(blocks.contains("school           apex\n") && blocks.contains("\n\nschool           cary\n"))
    for width in [36, 44, 60, 80, 140] {
      #expect(shown(rows, width: width).split(separator: "\n").allSatisfy { $0.count <= width }, "\(width)")
    }
  }

  @Test("numbers that are told by words, and the numbers of things, stay as they are")
  func words() {
    let shown = [("paid-retests", "unlimited"), ("attempt", "12345"), ("entries", "5,6"), ("seats", "12345")]
    #expect(shown.map { Listing.readable($0.0, $0.1) } == ["unlimited", "12345", "5, 6", "12,345"])
    #expect(Listing.readable("on", "2025-02-05T09:00:00-05:00") == "2025-02-05 09:00")
    #expect(Listing.readable("on", "2025-02-05") == "2025-02-05")
  }

  @Test("free text loses its end before a column goes")
  func freeText() {
    let rows = (1...2).map { index in
      [
        (name: "entry", value: "\(index)"), ("reason", String(repeating: "because \(index) ", count: 12)),
        ("balance", "\(index)000"),
      ]
    }
    let text = shown(rows, width: 60)
    #expect(text.contains("…") && text.contains("balance") && text.contains("2,000"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
  }

  @Test("colours say something: no seats left, few left, the year's end; none without colour")
  func colours() {
    let rows = Self.pools(("apex", 970), ("cary", 0), ("enloe", 100))
    let text = shown(rows, width: 80, colour: true)
    #expect(text.contains("\u{1B}[1;31m        0\u{1B}[0m") && text.contains("\u{1B}[35m      100\u{1B}[0m"))
    #expect(!text.contains("m      970"), "enough is nothing to see")
    #expect(!shown(rows, width: 80).contains("\u{1B}"))
    for (today, signal) in [
      ("2025-06-29", Signal.gone), ("2025-05-15", .soon), ("2025-03-01", nil), ("2025-07-01", nil),
    ] {
      #expect(Meaning(today: CivilDate(today)).signal("expires", "2025-06-30", in: [:]) == signal, "\(today)")
    }
  }

  @Test("a report's commands come ready to be run")
  func commands() {
    let rows = ["cary", "enloe"].map { to in
      [
        (name: "to", value: to), ("seats", "2"),
        ("command", "transfer tenant=d from=apex to=\(to) seats=2 fund=\"a b\""),
      ]
    }
    let text = shown(rows, width: 40)
    #expect(
      text.hasSuffix(
        "\n\nseatctl transfer --tenant d --from apex --to cary --seats 2 --fund 'a b'\n"
          + "seatctl transfer --tenant d --from apex --to enloe --seats 2 --fund 'a b'"))
  }

  @Test(
    "years and months as people name them",
    arguments: [
      ("2025-06-30", "2024-2025", "2023-2024", "2025-2026"), ("2025-07-01", "2025-2026", "2024-2025", "2026-2027"),
    ])
  func years(_ today: String, _ this: String, _ last: String, _ next: String) throws {
    let today = try #require(CivilDate(today))
    #expect(RelativeTime.year("this", today: today)?.description == this)
    #expect(RelativeTime.year("last", today: today)?.description == last)
    #expect(RelativeTime.year("next", today: today)?.description == next)
    #expect(RelativeTime.year("2024", today: today) == nil)
  }

  @Test(
    "months",
    arguments: [
      ("this", "2024-02-01", "2024-02-29"), ("last", "2024-01-01", "2024-01-31"),
      ("2023-12", "2023-12-01", "2023-12-31"),
    ])
  func months(_ text: String, _ first: String, _ last: String) throws {
    let today = try #require(CivilDate("2024-02-17"))
    let month = try #require(RelativeTime.month(text, today: today))
    #expect(month.first.description == first && month.last.description == last)
    #expect(RelativeTime.month("2023-13", today: month.first) == nil)
  }

  @Test("every command has a whole example that its own parser takes")
  func examples() throws {
    for spec in CommandSpec.all where spec.name != .watch {
      let words = [spec.name.rawValue] + spec.example.flatMap { ["--\($0.name.rawValue)", $0.value] }
      guard OwnCommand(rawValue: spec.name.rawValue) == nil else { continue }
      _ = try Invocation(words, environment: [:])
      var line = spec.name.rawValue
      for (name, value) in spec.example {
        var fields = Fields()
        fields.add(name: name.rawValue, value: value)
        line += " \(fields.string)"
      }
      #expect(throws: Never.self, "\(line)") { try RequestParser.parse(Array(line.utf8)[...]) }
    }
  }
}
