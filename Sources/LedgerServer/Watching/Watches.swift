internal import LedgerStore
package import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol
internal import Synchronization

/// All watches of the daemon, and the session that reads for them: page after page by journal position, so that none is
/// missed and none comes twice, whichever daemon committed it.
///
/// A page is read for a watch when its client has taken the one before: a client that does not read costs a page.
package actor Watches {
  private let executor: BlockingExecutor
  private let log: Logger
  private var groups = SystemGroups()
  private let bell = WatchBell()
  private var link: Link
  private var directory = Directory { Zones.zone(named: $0) }
  private var watches: [Int: (watch: Watch, port: WatchPort)] = [:]
  private var isScheduled = false
  private var isTicking = false
  /// Said once when it goes, not with every tick.
  private var isDatabaseAway = false

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Other daemons ring no bell here: their entries are looked for so often.
  private static let tick = Duration.seconds(1)
  /// A client that has not read for so long while there was more is lagging.
  private static let patience = Duration.seconds(10)

  package init(conninfo: String, log: Logger) {
    executor = BlockingExecutor(label: "watches")
    self.log = log
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(
        conninfo, SessionSettings.reader, WatchQuery.statements)
    }
  }

  /// The position of a tenant that exists, with a school that exists.
  func head(of code: TenantCode, with school: SchoolCode? = nil) throws -> Int64 {
    let head: Int64? = try link.read { connection throws(PostgresError) in
      _ = directory.follow(connection)
      try directory.learn(tenants: [code], connection)
      guard let tenant = directory.tenants[code] else { return nil }
      if let school { try directory.learn(schools: [code: [school]], connection) }
      return try WatchQuery.head(of: tenant, connection)
    }
    if let school, head != nil, directory.schools[code]?.contains(school) != true { throw Refusal.noSchool(school) }
    guard let head else { throw Refusal.noTenant(code) }
    return head
  }

  var count: Int { watches.count }

  nonisolated func add(_ watch: Watch, _ port: WatchPort) {
    executor.async { self.assumeIsolated { $0.begin(watch, port) } }
  }

  nonisolated func remove(_ number: Int) {
    executor.async { self.assumeIsolated { $0.end(number) } }
  }

  /// What was delivered has been taken.
  nonisolated func acknowledge(_ number: Int) {
    executor.async {
      self.assumeIsolated { watches in
        watches.watches[number]?.watch.waitsSince = nil
        watches.schedule()
      }
    }
  }

  /// Something has been committed; nothing is done where nobody watches.
  nonisolated func ring() {
    guard bell.isWatched.load(ordering: .relaxed) else { return }
    executor.async { self.assumeIsolated { $0.schedule() } }
  }

  /// Tells a notice of the daemon's own to who watches the tenant; it has no position and is not repeated.
  nonisolated func announce(_ notice: ExpiryNotice) {
    // Not even asked whether anybody watches: a watch that has just got its OK may still be on its way in here.
    executor.async {
      self.assumeIsolated { watches in
        for (watch, port) in watches.watches.values where watch.tenant == notice.subject.tenant {
          if let fields = notice.fields(for: watch.schools) { port.deliver([fields]) }
        }
      }
    }
  }

  private func begin(_ watch: Watch, _ port: WatchPort) {
    watches[port.number] = (watch, port)
    bell.isWatched.store(true, ordering: .relaxed)
    schedule()
    if !isTicking { startTicking() }
  }

  private func end(_ number: Int) {
    watches[number] = nil
    if watches.isEmpty { bell.isWatched.store(false, ordering: .relaxed) }
  }

  private func schedule() {
    guard !isScheduled, !watches.isEmpty else { return }
    isScheduled = true
    executor.async { self.assumeIsolated { $0.round() } }
  }

  private func startTicking() {
    isTicking = true
    executor.async(after: Self.tick) {
      self.assumeIsolated { watches in
        watches.isTicking = false
        guard !watches.watches.isEmpty else { return }
        watches.endForbidden()
        watches.schedule()
        watches.startTicking()
      }
    }
  }

  // MARK: Reading

  private func round() {
    isScheduled = false
    let now = ContinuousClock.now
    // Of one that waits for its client only whether there is more is asked, and only when it has waited long.
    let due = watches.filter { $0.value.watch.waitsSince.map { now - $0 > Self.patience } ?? true }
    guard !due.isEmpty else { return }
    do throws(PostgresError) {
      let pages = try read(due.mapValues(\.watch))
      for (number, events) in pages where !events.isEmpty {
        guard let (watch, port) = watches[number] else { continue }
        if watch.waitsSince == nil { take(events, watch, port) } else { endLagging(watch, port) }
      }
      isDatabaseAway = false
    } catch {
      if !isDatabaseAway { log.warning("watches wait for the database", metadata: ["why": "\(error)"]) }
      isDatabaseAway = true
    }
  }

  private func read(_ due: [Int: Watch]) throws(PostgresError) -> [Int: [WatchQuery.Event]] {
    try link.read { connection throws(PostgresError) in
      _ = directory.follow(connection)
      try directory.learn(tenants: due.values.map(\.tenant), connection)
      var asked: [(number: Int, tenant: TenantRecord)] = []
      var pipeline = Pipeline()
      pipeline.add(Load.forTenants, Load.tenants(due.values.compactMap { directory.tenants[$0.tenant]?.id }))
      for (number, watch) in due {
        guard let tenant = directory.tenants[watch.tenant] else { continue }
        asked.append((number, tenant))
        pipeline.add(
          WatchQuery.page,
          WatchQuery.parameters(
            tenant: tenant, after: watch.position, limit: watch.waitsSince == nil ? WatchQuery.mostOfAPage : 1))
      }
      let rows = try connection.exchange(pipeline)
      var pages: [Int: [WatchQuery.Event]] = [:]
      for (index, (number, tenant)) in asked.enumerated() {
        pages[number] = WatchQuery.events(rows[index + 1], of: tenant)
      }
      return pages
    }
  }

  private func take(_ events: [WatchQuery.Event], _ watch: Watch, _ port: WatchPort) {
    let concerned = events.filter { watch.concerns($0.schools) }
    watches[port.number]?.watch.position = events.last?.seq ?? watch.position
    if concerned.isEmpty {
      if events.count == WatchQuery.mostOfAPage { schedule() }
      return
    }
    watches[port.number]?.watch.waitsSince = .now
    let drawn = concerned.compactMap(\.drawn).filter { watch.concerns([$0.identity.school]) }
    let notices = watches[port.number]?.watch.lowBalance.notices(drawn) ?? []
    port.deliver(concerned.map(\.fields) + notices)
  }

  private func endLagging(_ watch: Watch, _ port: WatchPort) {
    var fields = Fields()
    fields.add(.end, "lagged")
    fields.add(.resume, watch.position + 1)
    port.deliver([fields], isLast: true)
    end(port.number)
  }

  /// Grants and tokens may end while a connection is open.
  private func endForbidden() {
    let holders = Set(watches.values.lazy.map(\.watch.principal).filter { !$0.isHost }.map(\.holder))
    guard !holders.isEmpty else { return }
    let question = Credentials.grants(of: Array(holders)) { groups.names(of: $0) }
    guard let held = try? link.ask(question) else { return }
    for (number, (watch, port)) in watches where !watch.principal.isHost {
      var principal = watch.principal
      principal.grants = held[principal.holder] ?? []
      if let allowed = try? Authorization(watch.line, by: principal), allowed.covers(watch.schools) { continue }
      port.deliver([Watch.endOfForbidden], isLast: true)
      end(number)
    }
  }
}

/// Tells the lanes, without a call, whether anybody watches.
private final class WatchBell: Sendable {
  let isWatched = Atomic<Bool>(false)
}

extension Authorization {
  /// Whether all of these schools may still be seen.
  fileprivate func covers(_ watched: Set<SchoolCode>?) -> Bool {
    guard let schools else { return true }
    return watched.map { $0.isSubset(of: schools) } ?? false
  }
}
