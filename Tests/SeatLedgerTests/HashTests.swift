import SeatLedger
import Testing

@Suite("Journal")
struct JournalTests {
  @Test("every change of any field changes the hash, and nothing is not the same as empty")
  func hashCoversEverything() {
    func entry(
      number: Int64 = 1, kind: Entry.Kind = .purchase, seats: Int64 = 1, cents: Int64 = 5, actor: String? = nil,
      reason: String? = nil, principal: String = "uid:1", recorded: Int64 = 2, kept: Kept? = nil
    ) -> Entry {
      Entry(
        number: EntryNumber(number), kind: kind, from: nil, to: .init(PoolNumber(1), .available),
        amount: Amount(seats: seats, cents: cents), attempt: nil, reverses: nil, effective: Instant(microseconds: 1),
        recorded: Instant(microseconds: recorded), principal: principal, actor: actor, reason: reason, detail: .none,
        kept: kept)
    }
    let genesis = EntryHash.genesis(ledger: "l", tenant: Code(stored: "t"))
    let entries = [
      entry(), entry(number: 2), entry(kind: .return), entry(seats: 2), entry(cents: 6), entry(actor: ""),
      entry(reason: ""), entry(actor: "", reason: ""), entry(principal: "uid:2"), entry(recorded: 3),
      entry(kept: Kept(key: "k", principal: "uid:1", request: "", answer: "")),
    ]
    let hashes = entries.map { genesis.chained(to: $0) }
    #expect(Set(hashes).count == hashes.count)
    #expect(EntryHash(hexadecimal: hashes[0].hexadecimal) == hashes[0])
  }

  @Test("what was posted rebuilds the books, bit for bit")
  func booksFollowFromEntries() throws {
    var desk = Desk()
    desk.buy(9)
    desk.fail("k1")
    desk.reserve("k2", on: "2024-09-01T10:00")
    desk.cancel(desk.reserve("k3")["attempt"])
    desk.go(to: "2025-07-01")
    desk.expireAll()
    var books = Books()
    for (entry, _) in desk.ledger.posted {
      let detail = try #require(Detail(kind: entry.kind, text: entry.detailText))
      #expect(detail == entry.detail)
      try books.apply(entry)
    }
    #expect(books.pools == desk.ledger.books.pools)
    #expect(books.attempts == desk.ledger.books.attempts)
    #expect(desk.ledger.posted.map(\.entry.number.value) == Array(1...Int64(desk.ledger.posted.count)))
  }
}
