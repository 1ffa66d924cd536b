internal import LedgerStore
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

/// `verify`: proves the journals of one tenant or of all, while the next page is read.
package struct Verifying: Sendable {
  private let journal: JournalReader
  private let ledger: String
  private let metrics: Metrics

  package init(journal: JournalReader, ledger: String, metrics: Metrics) {
    self.journal = journal
    self.ledger = ledger
    self.metrics = metrics
  }

  /// A proof uses the whole machine while nobody else does. Beside live commands it takes a tenth of the time: after a
  /// page it waits nine times as long as the page took.
  private static let rest = 9

  /// Entries between two lines of progress.
  private static let stride: Int64 = 50_000

  func run(
    _ line: RequestLine, _ authorization: Authorization, _ note: @escaping @Sendable (Reply.Line) -> Void
  ) async throws -> Reply {
    let noted = line.text(.head).flatMap(Self.head)
    if noted != nil, authorization.tenant == nil {
      throw Refusal.badValue("head", "head= is of one tenant; name it with tenant=")
    }
    let all = try await journal.tenants()
    let tenants = authorization.tenant.map { code in all.filter { $0.code == code } } ?? all
    if let tenant = authorization.tenant, tenants.isEmpty {
      throw Refusal.noTenant(tenant)
    }
    let total = tenants.reduce(0) { $0 + $1.last.value }
    var (rows, entries, differences): ([Fields], Int64, Int64) = ([], 0, 0)
    var head: TenantLedger.Head?
    for tenant in tenants {
      let before = entries
      let proof = try await prove(tenant, noted: noted) { reached in
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

  private func prove(
    _ tenant: Proving.Tenant, noted: (number: EntryNumber, hash: EntryHash)?,
    _ note: (_ reached: EntryNumber) -> Void
  ) async throws -> Verification {
    let tables = try await journal.tables(of: tenant.id)
    let last = tables.head?.number ?? EntryNumber(0)
    var proof = JournalProof(
      ledger: ledger, tenant: tenant.code, noted: noted, attempts: tables.attempts.count)
    var page = try await journal.entries(of: tenant.id, after: EntryNumber(0), through: last)
    var told: Int64 = 0
    while let end = page.last?.entry.number {
      let (begun, commands) = (ContinuousClock.now, metrics.commandCount)
      async let next = end < last ? journal.entries(of: tenant.id, after: end, through: last) : []
      proof.take(page)
      page = try await next
      if end.value - told >= Self.stride, end < last {
        told = end.value
        note(end)
      }
      if metrics.commandCount != commands { try await Task.sleep(for: (ContinuousClock.now - begun) * Self.rest) }
    }
    return proof.finish(tables)
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
