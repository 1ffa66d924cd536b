import Foundation
import SeatLedger
import TestSupport
import Testing

/// Random histories, decided by the core and by the naive model side by side.
@Suite("Histories")
struct HistoryTests {
  private static let zones = ["America/New_York", "America/Los_Angeles", "America/Phoenix"]

  /// - Returns: what the core and the model disagree about, and the lines that show it.
  private static func disagreement(
    _ steps: [History.Step], _ program: Program, zone: String
  ) -> (what: String, transcript: [String])? {
    var counter = BookCounter(zone: zone, at: History.firstDay, program, History.tests(of: program.code))
    var history = History(program, zone: counter.zone, from: History.firstDay)
    for step in steps {
      do {
        if let what = try history.play(step, at: &counter) ?? difference(history, counter.ledger.books) {
          return (what, history.transcript)
        }
      } catch {
        return ("\(error)", history.transcript)
      }
    }
    return nil
  }

  private static func difference(_ history: History, _ books: Books) -> String? {
    if let pool = books.pools.values.first(where: { !$0.balance.isSound }) {
      return "pool \(pool.number) does not add up"
    }
    return history.difference { expires, isSite, bucket in
      let pool = books.pools.values.first { $0.identity.expires == expires && ($0.identity.kind == .site) == isSite }
      guard let pool else { return nil }
      switch bucket {
      case "purchased": return Int(pool.balance.purchased.seats)
      case "uses": return Int(pool.uses)
      default: return Bucket(rawValue: bucket).map { Int(pool.balance[$0].seats) }
      }
    }
  }

  /// SEATLEDGER_HISTORIES plays more of them; SEATLEDGER_SEED plays one again.
  @Test("the core and the naive model agree on random histories", arguments: HistoryProgram.all.map(\.name))
  func agree(_ name: String) throws {
    let program = try #require(HistoryProgram.all.first { $0.name == name })
    let environment = ProcessInfo.processInfo.environment
    let only = environment["SEATLEDGER_SEED"].flatMap(UInt64.init)
    let count = environment["SEATLEDGER_HISTORIES"].flatMap(UInt64.init) ?? 60
    for seed in only.map({ $0...$0 }) ?? 1...count {
      let zone = Self.zones[Int(seed % 3)]
      let steps = History.steps(250, seed: seed)
      guard Self.disagreement(steps, program, zone: zone) != nil else { continue }
      let short = shrunk(steps) { Self.disagreement($0, program, zone: zone) != nil }
      let (what, transcript) = Self.disagreement(short, program, zone: zone) ?? ("", [])
      Issue.record("seed \(seed), \(program.code), \(zone): \(what)\n\(transcript.joined(separator: "\n"))")
      return
    }
  }
}

/// What happened may be told late; then the ledger must have been sound all the while, by what had happened as well as by
/// what was known.
@Suite("Both axes of time")
struct BothAxesTests {
  /// Seats in every bucket after each moment, in the order of what happened.
  ///
  /// - Returns: the first moment at which a bucket was short of a seat or a cent.
  private static func fault(_ entries: [Entry]) -> String? {
    var buckets: [Entry.Place: Amount] = [:]
    let moments = Dictionary(grouping: entries, by: \.effective).sorted { $0.key < $1.key }
    for (moment, entries) in moments {
      for entry in entries {
        if let from = entry.from { buckets[from, default: .none] -= entry.amount }
        if let to = entry.to { buckets[to, default: .none] += entry.amount }
      }
      if let wrong = buckets.first(where: { !$0.value.isSound }) {
        return "\(moment): \(wrong.key.bucket) of pool \(wrong.key.pool) has \(wrong.value)"
      }
    }
    return nil
  }

  /// A history in which reserves and starts are told late and at odd prices, too.
  private static func lines(_ seed: UInt64) -> [(days: Int, line: (CivilDate) -> String)] {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    return (0..<120).map { _ in
      let days = number(0...3) == 0 ? [1, 5, 30, 90][number(0...3)] : 0
      let (student, test, back, attempt) = (number(1...9), number(1...3), number(0...60), number(1...100))
      let (seats, price) = (number(1...3), number(0...9999))
      switch number(0...12) {
      case 0...1:
        return (
          days,
          { _ in
            "purchase school=s program=entry seats=\(seats) unit-price=\(price / 100).\(price % 100 / 10)\(price % 10)"
          }
        )
      case 2...6:
        return (days, { "reserve school=s candidate=k\(student) test=entry-t\(test) at=\($0 - back)T10:00" })
      case 7: return (days, { "start attempt=\(attempt) proctor=attested at=\($0 - back)T11:00" })
      case 8: return (days, { _ in "cancel attempt=\(attempt)" })
      case 9...10: return (days, { _ in "reverse entry=\(attempt) reason=oops" })
      case 11:
        return (days, { "hold school=s program=entry year=\(AcademicYear(containing: $0)) seats=1 until=\($0 + back)" })
      default: return (days, { _ in "rollover" })
      }
    }
  }

  private static func play(_ seed: UInt64) throws -> (what: String?, late: Int) {
    var counter = BookCounter(
      zone: "America/New_York", at: History.firstDay, HistoryProgram.entry, History.tests(of: HistoryProgram.entry.code)
    )
    var today = History.firstDay
    var late = 0
    for (days, line) in lines(seed) {
      if days > 0 {
        today = today + days
        counter.go(to: today)
      }
      let line = line(today)
      if line == "rollover" {
        try counter.rollOver()
      } else {
        switch try counter.ask(line) {
        case .refused(let code) where code.hasPrefix("contradiction"): return ("\(line): \(code)", late)
        case .refused: continue
        case .ok: late += line.hasPrefix("reserve") ? 1 : 0
        }
      }
      if let fault = fault(counter.ledger.posted.map(\.entry)) { return ("\(line): \(fault)", late) }
    }
    return (nil, late)
  }

  @Test("no bucket is ever short of a seat or a cent, by what had happened as well as by what was known")
  func sound() throws {
    var late = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      let (what, reserves) = try Self.play(seed)
      late += reserves
      if let what { Issue.record("seed \(seed): \(what)") }
    }
    #expect(late > 500, "reserves that were told late: \(late)")
  }
}
