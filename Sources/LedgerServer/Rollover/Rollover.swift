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
  private let reports: ReadSession
  private let due: ReadSession
  private let lanes: Lanes
  private let clock: LedgerClock
  private let status: DaemonStatus
  private let metrics: Metrics

  /// Pools that are listed at once: a page of 4,096 took a processor for 12 ms, in which every lane was slower and live
  /// commands late.
  private static let page: Int32 = 256
  /// Pools that are listed before a lane is free for them.
  private static let mostAhead = 8 * Int(page)

  /// - Parameters:
  ///   - reports: sums whole years.
  ///   - due: lists what is past its day.
  package init(
    reports: ReadSession, due: ReadSession, lanes: Lanes, clock: LedgerClock, status: DaemonStatus, metrics: Metrics
  ) {
    self.reports = reports
    self.due = due
    self.lanes = lanes
    self.clock = clock
    self.status = status
    self.metrics = metrics
  }

  /// What day it is in every zone that a tenant lives in.
  func today() async throws -> [ZoneDay] {
    let now = clock.now
    return try await reports.ask(Due.places).compactMap { place in
      Zones.zone(named: place.zone).map { ZoneDay(zone: place.zone, date: $0.date(of: max(now, place.recorded))) }
    }
  }

  /// Expires all that is due, and tells what this run has expired, tenant by tenant.
  ///
  /// - Parameters:
  ///   - year: the pools that expire in it, `nil` for all that are due.
  ///   - progress: is told done, total and seconds left, now and then.
  /// - Throws: the first trouble, after everything that it does not concern is done.
  package func run(
    tenant: TenantCode?, year: AcademicYear? = nil, for caller: Caller, progress: @Sendable (Fields) -> Void = { _ in }
  ) async throws -> [TenantCode: Leftover] {
    let scope = Due.Scope(try await today(), tenant: tenant, year: year)
    let obstacle = try await endHolds(scope, for: caller)
    let report = try await expire(scope, for: caller, progress)
    if let obstacle { throw obstacle }
    status.noteRollover()
    return report
  }

  /// Returns what is left of the holds whose last day is over (R28).
  ///
  /// - Returns: why some of them could not be ended.
  private func endHolds(_ scope: Due.Scope, for caller: Caller) async throws -> Refusal? {
    var obstacle: Refusal?
    var last: Due.DueHold?
    while true {
      let past = try await due.ask(Due.holds(scope, after: last, limit: Self.page))
      for (tenant, holds) in Dictionary(grouping: past, by: \.tenant) {
        for start in stride(from: 0, to: holds.count, by: RolloverPlan.mostOfABatch) {
          try Task.checkCancellation()
          let job = holds[start..<min(start + RolloverPlan.mostOfABatch, holds.count)].map(\.hold)
          let reply = await lanes.run(.expire(tenant: tenant, holds: job, entries: job.count), for: caller)
          if case .refused(let refusal) = reply.end { obstacle = obstacle ?? refusal }
        }
      }
      if past.count < Int(Self.page) { return obstacle }
      last = past.last
    }
  }

  // MARK: Expiring

  private enum Event: Sendable {
    case listed([Due.DuePool])
    case answered(RolloverPlan.Job, Reply)
  }

  /// Keeps every lane supplied until nothing due is left: the next page is read while the lanes work on the one before.
  private func expire(
    _ scope: Due.Scope, for caller: Caller, _ tell: @Sendable (Fields) -> Void
  ) async throws -> [TenantCode: Leftover] {
    let first = try await due.ask(Due.pools(scope, after: nil, limit: Self.page))
    guard !first.isEmpty else { return [:] }
    var last = first.count == Int(Self.page) ? first.last : nil
    var progress = RolloverProgress(
      total: last == nil ? Int64(first.count) : try await due.ask(Due.count(scope)))
    var plan = RolloverPlan(lanes: lanes.count)
    plan.take(first, lane: lanes.rolloverIndex)
    return try await withThrowingTaskGroup(of: Event.self) { group in
      var report: [TenantCode: Leftover] = [:]
      var firstRefusal: Refusal?
      var isListing = false
      while true {
        // A daemon that drains leaves the rest to the next one.
        let isCancelled = Task.isCancelled
        for job in isCancelled ? [] : plan.ready() {
          group.addTask { [lanes] in
            let work = LaneJob.Work.expire(tenant: job.tenant, pools: job.pools, entries: job.entries)
            return .answered(job, await lanes.run(work, for: caller))
          }
        }
        if let after = last, !isCancelled, !isListing, plan.backlog < Self.mostAhead {
          isListing = true
          group.addTask { [due] in
            .listed(try await due.ask(Due.pools(scope, after: after, limit: Self.page)))
          }
        }
        guard let event = try await group.next() else { break }
        switch event {
        case .listed(let pools):
          isListing = false
          last = pools.count == Int(Self.page) ? pools.last : nil
          plan.take(pools, lane: lanes.rolloverIndex)
        case .answered(let job, let reply):
          plan.finish(job)
          switch reply.end {
          case .ok(let fields):
            let leftover = Leftover(fields)
            report[job.tenant, default: Leftover()] += leftover
            metrics.count(expiredPools: leftover.pools)
          // One tenant's trouble must not keep the others' year open.
          case .refused(let refusal): firstRefusal = firstRefusal ?? refusal
          }
          if let line = progress.advance(by: job.pools.count) { tell(line) }
        }
      }
      try Task.checkCancellation()
      if let firstRefusal { throw firstRefusal }
      return report
    }
  }
}

// MARK: - Reports

extension Rollover {
  /// What the pools of a year have left behind.
  ///
  /// - Parameter onlyClosed: `false` to tell of open pools, too, what would expire.
  func report(of year: AcademicYear, tenant: TenantCode?, onlyClosed: Bool) async throws -> [Leftovers.Line] {
    try await reports.ask(Leftovers.ofYear(year, tenant: tenant, onlyClosed: onlyClosed))
  }

  /// What would expire by the end of the running year if nothing more happened.
  func rehearsal(tenant: TenantCode?) async throws -> [Leftovers.Line] {
    let today = try await today()
    return try await reports.ask(Leftovers.rehearsal(today, tenant: tenant))
  }

  /// Whether a year is over where a tenant lives, or anywhere among all of them.
  func isOver(_ year: AcademicYear, tenant: TenantCode?) async throws -> Bool {
    let now = clock.now
    guard let tenant else { return try await zones().contains { now >= $0.end(of: year.lastDay) } }
    guard let place = try await reports.ask(Due.place(of: tenant)), let zone = Zones.zone(named: place.zone) else {
      return false
    }
    return max(now, place.recorded) >= zone.end(of: year.lastDay)
  }

  /// The next moment at which a day ends for any tenant.
  func nextMidnight() async throws -> Instant {
    let now = clock.now
    return try await zones().map { $0.end(of: $0.date(of: now)) }.min() ?? now
  }

  /// Those in which any tenant lives, at least one.
  private func zones() async throws -> [Zone] {
    let zones = try await reports.ask(Due.places).compactMap { Zones.zone(named: $0.zone) }
    return zones.isEmpty ? [.utc] : zones
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
