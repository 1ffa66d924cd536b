internal import DequeModule
internal import LedgerStore
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// `verify`: proves the journals of one tenant or of all, while the next page and the tables are read.
package struct Verifying: Sendable {
  private let journal: ReadSession
  private let tables: ReadSession
  private let ledger: String
  private let metrics: Metrics
  private let turns = Turns()

  package init(conninfo: String, ledger: String, metrics: Metrics) {
    journal = .proofs("journal", conninfo)
    tables = .proofs("tables", conninfo)
    self.ledger = ledger
    self.metrics = metrics
  }

  /// A proof uses the whole machine while nobody else does. Beside live commands it takes a twentieth of the time, for it
  /// keeps two processors busy and their caches: after a page it waits nineteen times as long as the page took.
  private static let rest = 19

  /// Entries between two lines of progress.
  private static let stride: Int64 = 50_000

  func run(
    _ line: RequestLine, _ authorization: Authorization, _ note: @escaping @Sendable (Reply.Line) -> Void
  ) async throws -> Reply {
    await turns.enter()
    do {
      let reply = try await prove(line, authorization, note)
      await turns.leave()
      return reply
    } catch {
      await turns.leave()
      throw error
    }
  }

  /// A proof holds all books of a tenant in memory, so no more than two are made at a time. Who comes later waits, in
  /// order; no more can wait than there are connections.
  private actor Turns {
    private var free = 2
    private var waiting: Deque<CheckedContinuation<Void, Never>> = []

    func enter() async {
      if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    }

    func leave() {
      if let next = waiting.popFirst() { next.resume() } else { free += 1 }
    }
  }

  private func prove(
    _ line: RequestLine, _ authorization: Authorization, _ note: @escaping @Sendable (Reply.Line) -> Void
  ) async throws -> Reply {
    let noted = line.text(.head).flatMap(Self.head)
    if noted != nil, authorization.tenant == nil {
      throw Refusal.badValue("head", "head= is of one tenant; name it with tenant=")
    }
    var commands = metrics.commandCount
    let all = try await journal.ask(Proving.tenants)
    let tenants = authorization.tenant.map { code in all.filter { $0.code == code } } ?? all
    if let tenant = authorization.tenant, tenants.isEmpty {
      throw Refusal.noTenant(tenant)
    }
    let total = tenants.reduce(Int64(0)) { $0.cappedSum($1.last.value) }
    var (rows, entries, differences): ([Fields], Int64, Int64) = ([], 0, 0)
    var head: TenantLedger.Head?
    for tenant in tenants {
      let before = entries
      let isBusy = metrics.commandCount != commands
      commands = metrics.commandCount
      let proof = try await prove(tenant, noted: noted, isBusy: isBusy) { reached in
        note(Self.progress(of: tenant.code, done: before + reached.value, total: total))
      }
      entries += proof.entries
      differences += proof.differenceCount
      rows += proof.differences.map { difference in
        var fields = Fields()
        fields.add(.tenant, proof.tenant)
        fields.add(.difference, difference)
        return fields
      }
      head = proof.head
      if tenants.count > 1 { note(Self.progress(of: tenant.code, done: entries, total: total)) }
    }
    var end = Fields()
    end.add(.entries, entries)
    let only = tenants.count == 1 ? head : nil
    if let only { end.add(.head, "\(only.number):\(only.hash.hexadecimal)") }
    end.add(.differences, differences)
    if let only { end.add(.seq, only.number) }
    return .ok(rows: rows, end)
  }

  /// - Parameter isBusy: others have commands meanwhile, who would feel it if the tables were read beside the journal.
  private func prove(
    _ tenant: Proving.Tenant, noted: (number: EntryNumber, hash: EntryHash)?, isBusy: Bool,
    _ note: (_ reached: EntryNumber) -> Void
  ) async throws -> Verification {
    var proof = JournalProof(
      ledger: ledger, tenant: tenant.code, noted: noted, entries: tenant.last.value)
    if isBusy { try await prove(&proof, tenant.id, through: tenant.last, note) }
    async let tables = tables.ask(Proving.tables(of: tenant.id))
    if !isBusy { try await prove(&proof, tenant.id, through: tenant.last, note) }
    // What was posted since the tenants were listed.
    if let head = try await tables.head?.number { try await prove(&proof, tenant.id, through: head, note) }
    return try await proof.finish(tables)
  }

  /// Proves what follows, up to an entry.
  private func prove(
    _ proof: inout JournalProof, _ tenant: Int32, through last: EntryNumber, _ note: (_ reached: EntryNumber) -> Void
  ) async throws {
    var told = proof.reached
    guard told < last else { return }
    var page = try await read(of: tenant, from: EntryNumber(told.value + 1), through: last)
    while !page.entries.isEmpty || page.next != nil {
      let (begun, commands) = (ContinuousClock.now, metrics.commandCount)
      let next = page.next
      async let following = read(of: tenant, from: next, through: last)
      proof.take(page.entries)
      if proof.reached.value - told.value >= Self.stride, next != nil {
        told = proof.reached
        note(told)
      }
      page = try await following
      if metrics.commandCount != commands { try await Task.sleep(for: (ContinuousClock.now - begun) * Self.rest) }
    }
  }

  private func read(
    of tenant: Int32, from first: EntryNumber?, through last: EntryNumber
  ) async throws -> Proving.Page {
    guard let first else { return Proving.Page() }
    return try await journal.ask(Proving.page(of: tenant, from: first, through: last))
  }

  /// Entries of all journals that are to be proved; those that are posted meanwhile come on top.
  private static func progress(of tenant: TenantCode, done: Int64, total: Int64) -> Reply.Line {
    var fields = Fields()
    fields.add(.tenant, tenant)
    fields.add(.done, done)
    fields.add(.total, max(done, total))
    return .note(fields)
  }

  private static func head(_ text: String) -> (number: EntryNumber, hash: EntryHash)? {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 2, let number = Int64(parts[0]), let hash = EntryHash(hexadecimal: parts[1]) else {
      return nil
    }
    return (EntryNumber(number), hash)
  }
}
