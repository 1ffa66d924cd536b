internal import LedgerStore
package import Logging
internal import Postgres

/// One libpq session that reads who may do what, with every request anew: all who ask while one question is under way
/// are answered by the next one, and many connections of one principal by one line of it.
package actor GrantReader {
  private let executor: BlockingExecutor
  private var link: Link
  private var groups = SystemGroups()
  private var waiting: [Waiting] = []
  private let log: Logger
  /// Said once when it goes, not with every request.
  private var isDatabaseAway = false

  /// `nil` where the database did not answer.
  typealias Answer = @Sendable ([Credentials.Held]?) -> Void

  private struct Waiting {
    let holder: Credentials.Holder
    let answer: Answer
  }

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String, log: Logger) {
    self.log = log
    executor = BlockingExecutor(label: "grants")
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.reader, Credentials.statements)
    }
  }

  /// Asks for a principal's grants, as they are after this call or later. A connection asks for its own and waits, so no
  /// more wait here than there are connections.
  nonisolated func ask(of principal: Principal, _ answer: @escaping Answer) {
    let waiting = Waiting(holder: principal.holder, answer: answer)
    executor.async { self.assumeIsolated { $0.add(waiting) } }
  }

  /// A token that somebody shows, and what it may do; `nil` where it is unknown or revoked.
  func principal(withToken id: String, secret: String) throws(PostgresError) -> Principal? {
    guard let token = try link.ask(Credentials.token(id)), Tokens.matches(secret, token.secretHash) else { return nil }
    var principal = Principal(token: token)
    principal.grants = try ask([principal.holder])[principal.holder] ?? []
    return principal
  }

  private func add(_ next: Waiting) {
    waiting.append(next)
    // Behind everybody who has asked already.
    if waiting.count == 1 { executor.async { self.assumeIsolated { $0.answerAll() } } }
  }

  private func answerAll() {
    let asked = waiting
    waiting.removeAll(keepingCapacity: true)
    let held = read(Array(Set(asked.map(\.holder))))
    for one in asked { one.answer(held.map { $0[one.holder] ?? [] }) }
  }

  private func ask(
    _ holders: [Credentials.Holder]
  ) throws(PostgresError) -> [Credentials.Holder: [Credentials.Held]] {
    try link.ask(Credentials.grants(of: holders) { groups.names(of: $0) })
  }

  private func read(_ holders: [Credentials.Holder]) -> [Credentials.Holder: [Credentials.Held]]? {
    do {
      let held = try ask(holders)
      isDatabaseAway = false
      return held
    } catch {
      if !isDatabaseAway { log.warning("grants cannot be read", metadata: ["why": "\(error)"]) }
      isDatabaseAway = true
      return nil
    }
  }
}
