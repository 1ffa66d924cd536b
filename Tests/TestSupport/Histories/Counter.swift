internal import LedgerServer
package import SeatLedger
internal import SeatProtocol

/// Where a history is played: something that answers the protocol's lines and has a clock that can be set.
package protocol Counter {
  mutating func ask(_ line: String) throws -> CounterAnswer
  /// Goes on to nine o'clock of a day.
  mutating func go(to day: CivilDate) throws
  /// Does what the daemon does by itself after midnight.
  mutating func rollOver() throws
}

/// An answer's fields by name, or the code of a refusal.
package enum CounterAnswer {
  case ok([String: String])
  case refused(String)

  package subscript(name: String) -> String? { if case .ok(let fields) = self { fields[name] } else { nil } }
}

/// The core alone: a tenant's ledger in memory.
package struct BookCounter: Counter {
  package private(set) var ledger: TenantLedger
  private var now: Instant
  private let catalogue: Catalogue
  package let zone: Zone

  package init(zone name: String, at day: CivilDate, _ program: Program, _ tests: [Test]) {
    zone = Zones.zone(named: name) ?? .utc
    var catalogue = Catalogue()
    catalogue.add(program)
    for test in tests { catalogue.add(test) }
    self.catalogue = catalogue
    ledger = TenantLedger(
      code: Code(stored: "t"), zone: zone,
      head: .init(
        number: EntryNumber(0), hash: .genesis(ledger: "test", tenant: Code(stored: "t")),
        recorded: Instant(microseconds: 0)))
    ledger.take(SchoolCode(stored: "s"))
    now = zone.start(of: day).adding(minutes: 540)
  }

  package mutating func go(to day: CivilDate) { now = zone.start(of: day).adding(minutes: 540) }

  package mutating func ask(_ line: String) throws -> CounterAnswer {
    do {
      guard let request = try RequestParser.parse(ArraySlice(line.utf8)),
        let command = try request.command(in: catalogue)
      else { return .refused("no command") }
      return run(command, by: request.options.actor ?? "uid:1")
    } catch let refusal as Refusal {
      return .refused(refusal.code.rawValue)
    } catch let bad as BadLine {
      return .refused(bad.refusal.code.rawValue)
    }
  }

  /// Every command is played in a batch first that is refused in the end: nothing of it may stay.
  private mutating func run(_ command: Command, by principal: String) -> CounterAnswer {
    let caller = Caller(principal: principal)
    let before = ledger.books
    let nobodys = Command.cancel(AttemptNumber(Int64.max), reason: nil)
    guard
      case .refused = ledger.decide(
        Request(lines: [.init(command), .init(nobodys)], caller: caller), at: now, in: catalogue)
    else { return .refused("a batch with an attempt that nobody reserved was not refused") }
    guard ledger.books == before else { return .refused("a refused batch has left something behind") }
    let request = Request(lines: [.init(command)], caller: caller)
    switch ledger.decide(request, at: now, in: catalogue) {
    case .done(let fields), .replayed(let fields):
      return .ok(Dictionary((fields.first?.pairs ?? []).map { ($0.name, $0.value) }) { first, _ in first })
    case .refused(let refusal, _): return .refused(refusal.code.rawValue)
    case .unfit(let lines): return .refused(lines.map(\.refusal.code.rawValue).joined(separator: " "))
    case .failed(let contradiction): return .refused("contradiction: \(contradiction.what)")
    }
  }

  package mutating func rollOver() throws {
    _ = try ledger.end(
      ledger.books.holds.keys.sorted(), ledger.books.pools.keys.sorted(), for: Caller(principal: "daemon"), at: now,
      in: catalogue)
  }
}
