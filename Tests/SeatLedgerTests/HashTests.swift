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
        detailText: nil, kept: kept)
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

  @Test("golden: the layout of what is hashed never changes under its version")
  func golden() {
    let genesis = EntryHash.genesis(ledger: "ledger", tenant: Code(stored: "920"))
    #expect(genesis.hexadecimal == "8b84cb5c4c7ee5ce26937b8c4035d25158e567470e1cf90f7c8984776c7efd88")
    let purchase = Entry(
      number: EntryNumber(1), kind: .purchase, from: nil, to: .init(PoolNumber(1), .available),
      amount: Amount(seats: 40, cents: 160_000), attempt: nil, reverses: nil,
      effective: Instant(microseconds: 1_722_517_200_000_000), recorded: Instant(microseconds: 1_722_517_200_000_001),
      principal: "uid:1001", actor: "Jo", reason: nil, detail: .opens(nil, po: "4500123"),
      detailText: "po=4500123",
      kept: Kept(key: "k", principal: "uid:1001", request: "purchase seats=40", answer: "entry=1"))
    let first = genesis.chained(to: purchase)
    #expect(first.hexadecimal == "bbe1a3cca510c800c9717aadf9ad4dc45947ab09fa7d905eecdb90eb1bf46cf5")
    let start = Entry(
      number: EntryNumber(2), kind: .start, from: .init(PoolNumber(1), .reserved), to: .init(PoolNumber(1), .consumed),
      amount: Amount(seats: 1, cents: 4_000), attempt: AttemptNumber(2), reverses: nil,
      effective: Instant(microseconds: -1), recorded: Instant(microseconds: 1_722_517_200_000_002), principal: "uid:0",
      actor: nil, reason: "", detail: .start(AcademicYear(start: 2024), minutes: 60),
      detailText: "minutes=60 year=2024", kept: nil)
    #expect(first.chained(to: start).hexadecimal == "21aa7b4957aacc11ff07ee14f239b6a8d97f73048ec5918f0924f10af31b76b5")
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
