internal import LedgerStore
internal import Logging
internal import Postgres
package import SeatLedger
internal import SeatProtocol

/// The year's end: lists the pools whose day has passed and feeds them to the lanes as ordinary commands.
///
/// A pool that is closed stays as it is, so a rollover can be repeated, resumed after any crash and run beside live
/// traffic or another daemon's rollover; it needs no lock of its own.
package struct Rollover: Sendable {
  private let auditor: Auditor
  private let lanes: Lanes
  private let clock: LedgerClock
  private let status: DaemonStatus

  /// Pools that are listed at once.
  private static let page: Int32 = 4_096
  /// Pools of one tenant that are expired in one job.
  private static let mostOfAJob = 64

  package init(auditor: Auditor, lanes: Lanes, clock: LedgerClock, status: DaemonStatus) {
    self.auditor = auditor
    self.lanes = lanes
    self.clock = clock
    self.status = status
  }

  /// Expires all that is due, and tells what this run has expired, tenant by tenant.
  package func run(
    tenant: TenantCode?, for caller: Caller, progress: @Sendable (_ done: Int64) async -> Void = { _ in }
  ) async throws -> [TenantCode: Leftover] {
    try await endHolds(tenant: tenant, for: caller)
    var report: [TenantCode: Leftover] = [:]
    var done: Int64 = 0
    var last: Due.DuePool?
    var firstRefusal: Refusal?
    while true {
      let now = clock.now
      // No zone is further ahead of UTC than a day: what is not over by then is over nowhere.
      let listed = try await auditor.duePools(
        before: Zone.utc.date(of: now) + 1, tenant: tenant, after: last, limit: Self.page)
      let due = listed.filter { pool in Zones.zone(named: pool.zone).map { now >= $0.end(of: pool.expires) } ?? false }
      for (tenant, result) in await expire(due, for: caller) {
        switch result {
        case .success(let leftover):
          report[tenant, default: Leftover()] += leftover
          done += leftover.pools
        // One tenant's trouble must not keep the others' year open.
        case .failure(let refusal): firstRefusal = firstRefusal ?? refusal
        }
      }
      guard listed.count == Int(Self.page), let end = listed.last else {
        if let firstRefusal { throw firstRefusal }
        status.noteRollover()
        return report
      }
      last = end
      await progress(done)
    }
  }

  /// Returns what is left of the holds whose last day is over (R28).
  private func endHolds(tenant: TenantCode?, for caller: Caller) async throws {
    while true {
      let now = clock.now
      let listed = try await auditor.dueHolds(
        before: Zone.utc.date(of: now) + 1, tenant: tenant, limit: Self.page)
      let due = listed.filter { hold in Zones.zone(named: hold.zone).map { now >= $0.end(of: hold.until) } ?? false }
      for (tenant, holds) in Dictionary(grouping: due, by: \.tenant) {
        let reply = await lanes.run(.expire(tenant: tenant, holds: holds.map(\.hold)), for: caller)
        if case .refused(let refusal) = reply.end { throw refusal }
      }
      // What has ended is no longer listed; a page of which nothing is due yet is the last one.
      if listed.count < Int(Self.page) || due.isEmpty { return }
    }
  }

  private func expire(
    _ pools: [Due.DuePool], for caller: Caller
  ) async -> [(tenant: TenantCode, result: Result<Leftover, Refusal>)] {
    let byTenant = Dictionary(grouping: pools, by: \.tenant)
    let lanes = lanes
    return await withTaskGroup(of: (TenantCode, Result<Leftover, Refusal>).self) { group in
      for (tenant, pools) in byTenant {
        for start in stride(from: 0, to: pools.count, by: Self.mostOfAJob) {
          let numbers = pools[start..<min(start + Self.mostOfAJob, pools.count)].map(\.pool)
          group.addTask {
            let reply = await lanes.run(.expire(tenant: tenant, pools: numbers), for: caller)
            switch reply.end {
            case .ok(let fields): return (tenant, .success(Leftover(fields)))
            case .refused(let refusal): return (tenant, .failure(refusal))
            }
          }
        }
      }
      var report: [(TenantCode, Result<Leftover, Refusal>)] = []
      for await line in group { report.append(line) }
      return report
    }
  }

  /// What the pools of a year leave behind: what has expired of the closed ones, what would of the open ones.
  package func report(of year: AcademicYear, tenant: TenantCode?) async throws -> [(
    tenant: TenantCode, leftover: Leftover
  )] {
    try await auditor.leftovers(from: year.firstDay, through: year.lastDay, tenant: tenant, onlyOpen: false)
  }

  /// What would expire by the end of the running year if nothing more happened.
  package func rehearsal(tenant: TenantCode?) async throws -> [(tenant: TenantCode, leftover: Leftover)] {
    let running = AcademicYear(containing: Zone.utc.date(of: clock.now))
    return try await auditor.leftovers(
      from: CivilDate(day: 0), through: running.lastDay, tenant: tenant, onlyOpen: true)
  }

  /// Whether a year is over anywhere among the zones that the tenants live in.
  package func isOver(_ year: AcademicYear) async throws -> Bool {
    let now = clock.now
    let zones = try await auditor.zones().compactMap { Zones.zone(named: $0) }
    return (zones.isEmpty ? [.utc] : zones).contains { now >= $0.end(of: year.lastDay) }
  }

  /// The next moment at which a day ends for any tenant.
  package func nextMidnight() async throws -> Instant {
    let now = clock.now
    let zones = try await auditor.zones().compactMap { Zones.zone(named: $0) }
    return (zones.isEmpty ? [.utc] : zones).map { $0.end(of: $0.date(of: now)) }.min() ?? now
  }
}

extension Leftover {
  /// Reads what a lane's answer says.
  fileprivate init(_ fields: Fields) {
    self.init()
    for (name, value) in fields.pairs {
      switch FieldName(rawValue: name) {
      case .pools: pools = Int64(value) ?? 0
      case .expiredIdle: idle.seats = Int64(value) ?? 0
      case .expiredReserved: reserved.seats = Int64(value) ?? 0
      // The report shows one sum of both.
      case .cost: idle.cents = Money(anySum: value)?.cents ?? 0
      default: break
      }
    }
  }
}
