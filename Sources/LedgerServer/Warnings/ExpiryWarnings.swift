internal import LedgerStore
package import Logging
internal import SeatLedger

/// Warns before seats expire: at each tenant's midnight and at the daemon's start, in the log, in the metrics and to who
/// watches. It owns the memory of what has been told, which ends with the daemon.
package actor ExpiryWarnings {
  private let reports: ReadSession
  private let clock: LedgerClock
  private let watches: Watches
  private let metrics: Metrics
  private let log: Logger
  private var memory = WarningMemory()
  private var totals: [String: [Int: ExpiringTotal]] = [:]
  private var underWay: Task<Void, any Error>?

  package init(reports: ReadSession, clock: LedgerClock, watches: Watches, metrics: Metrics, log: Logger) {
    self.reports = reports
    self.clock = clock
    self.watches = watches
    self.metrics = metrics
    self.log = log
  }

  /// Tells what is to be told today. Whoever asks while it is under way waits for it, and then looks once more.
  func look(_ today: [ZoneDay]) async throws {
    while let underWay { _ = await underWay.result }
    let task = Task {
      defer { underWay = nil }
      try await tell(today)
    }
    underWay = task
    try await task.value
  }

  private func tell(_ today: [ZoneDay]) async throws {
    let fresh = memory.fresh(today)
    guard !fresh.isEmpty, let most = WarningMemory.thresholds.first else { return }
    let dates = Dictionary(fresh.map { ($0.zone, $0.date) }) { first, _ in first }
    for zone in dates.keys { totals[zone] = [:] }
    for (subject, left) in try await reports.ask(Expiring.subjects(fresh, within: most)) {
      guard let date = dates[subject.zone] else { continue }
      for threshold in WarningMemory.thresholds where subject.expires - date <= threshold {
        totals[subject.zone, default: [:]][threshold, default: ExpiringTotal()].add(left)
      }
      guard let threshold = memory.reach(subject, on: date) else { continue }
      do {
        try await announce(subject, within: threshold, today: date)
      } catch {
        memory.forget(subject)
        throw error
      }
    }
    memory.finish(fresh)
    metrics.note(
      expiring: totals.values.reduce(into: [:]) { sum, zone in
        sum.merge(zone) { $0 + $1 }
      })
  }

  private func announce(_ subject: Expiring.Subject, within threshold: Int, today: CivilDate) async throws {
    let now = clock.now
    let schools = try await reports.ask(Expiring.schools(of: subject, today: today, at: now))
    let profile = try await reports.ask(Directory.program(subject.program))?.profile
    let notice = ExpiryNotice(subject, within: threshold, today: today, schools: schools, profile)
    guard let fields = notice.fields(for: nil) else { return }
    var metadata: Logger.Metadata = ["tenant": "\(subject.tenant)"]
    for (name, value) in fields.pairs where name != FieldName.notice.rawValue { metadata[name] = "\(value)" }
    log.warning("seats will expire", metadata: metadata)
    watches.announce(notice)
  }
}

/// What expires within so many days, over all tenants.
package struct ExpiringTotal: Sendable {
  var idle: Int64 = 0
  var reserved: Int64 = 0

  mutating func add(_ left: Leftover) {
    idle += left.idle.seats
    reserved += left.reserved.seats
  }

  static func + (left: Self, right: Self) -> Self {
    Self(idle: left.idle + right.idle, reserved: left.reserved + right.reserved)
  }
}
