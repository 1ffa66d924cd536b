internal import SeatLedger
internal import Synchronization

/// What the daemon counts of its own work, in Prometheus' text format.
package final class Metrics: Sendable {
  private let commands = Atomic<Int64>(0)
  private let refusals = Atomic<Int64>(0)
  private let batches = Atomic<Int64>(0)
  private let unavailable = Atomic<Int64>(0)
  private let expiredPools = Atomic<Int64>(0)
  private let expiring = Mutex<[Int: ExpiringTotal]>([:])

  package init() {}

  /// A batch of a lane: its commands, those that were refused, and those that found no database.
  func count(commands: Int, refused: Int, unavailable: Int) {
    batches.add(1, ordering: .relaxed)
    self.commands.add(Int64(commands), ordering: .relaxed)
    if refused > 0 { refusals.add(Int64(refused), ordering: .relaxed) }
    if unavailable > 0 { self.unavailable.add(Int64(unavailable), ordering: .relaxed) }
  }

  /// Commands that the lanes have answered.
  var commandCount: Int64 { commands.load(ordering: .relaxed) }

  /// Pools that a rollover of this daemon has expired.
  func count(expiredPools: Int64) { self.expiredPools.add(expiredPools, ordering: .relaxed) }

  /// What expires within so many days, as of the last midnight.
  func note(expiring: [Int: ExpiringTotal]) { self.expiring.withLock { $0 = expiring } }

  /// One line each, `# HELP` and `# TYPE` in front of every value.
  ///
  /// - Parameter status: the fields of `status`, whose numbers are shown, too.
  func lines(_ status: Fields) -> [String] {
    let known = Dictionary(status.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    func counter(_ name: String, _ help: String, _ value: borrowing Atomic<Int64>) -> [String] {
      Self.lines(name, "counter", help, "\(value.load(ordering: .relaxed))")
    }
    func gauge(_ name: String, _ help: String, _ field: FieldName) -> [String] {
      Self.lines(name, "gauge", help, known[field.rawValue] ?? "0")
    }
    return counter("commands_total", "Requests that the lanes have answered; a batch is one.", commands)
      + counter("refusals_total", "Requests that were refused and will be refused again.", refusals)
      + counter(
        "unavailable_total", "Requests that could not be decided or whose outcome is unknown; they may be sent again.",
        unavailable)
      + counter("batches_total", "Batches that the lanes have decided.", batches)
      + gauge("connections", "Open connections.", .connections) + gauge("watches", "Watches under way.", .watches)
      + gauge("queue_depth", "Requests that wait for a batch.", .queue)
      + gauge("uptime_seconds", "Seconds since the start.", .uptime)
      + Self.lines(
        "database_up", "gauge", "Whether the database answers.", known[FieldName.database.rawValue] == "up" ? "1" : "0")
      + counter("expired_pools_total", "Pools that the rollover has expired.", expiredPools)
      + expiringLines("expiring_idle_seats", "Idle seats that expire within so many days.", \.idle)
      + expiringLines("expiring_reserved_seats", "Reserved seats that expire within so many days.", \.reserved)
  }

  private func expiringLines(_ name: String, _ help: String, _ path: KeyPath<ExpiringTotal, Int64>) -> [String] {
    let totals = expiring.withLock(\.self)
    return ["# HELP seatledger_\(name) \(help)", "# TYPE seatledger_\(name) gauge"]
      + WarningMemory.thresholds.map { days in
        "seatledger_\(name){within_days=\"\(days)\"} \(totals[days, default: ExpiringTotal()][keyPath: path])"
      }
  }

  private static func lines(_ name: String, _ type: String, _ help: String, _ value: String) -> [String] {
    ["# HELP seatledger_\(name) \(help)", "# TYPE seatledger_\(name) \(type)", "seatledger_\(name) \(value)"]
  }
}
