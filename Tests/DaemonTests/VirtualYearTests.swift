import Foundation
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// A year under a test clock with the rollover switched off: every midnight divides by itself (R15).
@Suite("Virtual year")
struct VirtualYearTests {
  /// When July 1 begins, in UTC: written down here, apart from the daemon's own calendar.
  private struct Place {
    let tenant: String
    let zone: String
    /// Hours that July 1 begins behind UTC's.
    let hour: Int

    init(_ tenant: String, _ zone: String, _ hour: Int) {
      self.tenant = tenant
      self.zone = zone
      self.hour = hour
    }
  }

  private static let places = [
    Place("san-juan", "America/Puerto_Rico", 4), Place("new-york", "America/New_York", 4),
    Place("chicago", "America/Chicago", 5), Place("denver", "America/Denver", 6),
    Place("phoenix", "America/Phoenix", 7), Place("los-angeles", "America/Los_Angeles", 7),
    Place("anchorage", "America/Anchorage", 8), Place("adak", "America/Adak", 9),
    Place("honolulu", "Pacific/Honolulu", 10),
  ]

  /// Seconds since 1970 as an instant in UTC.
  private static func instant(_ seconds: Int) -> String {
    Zone.utc.rfc3339(Instant(seconds: Int64(seconds)))
  }

  private static func july1(_ year: Int) throws -> Int {
    Int(try #require(CivilDate(year: year, month: 7, day: 1)).day) * 86_400
  }

  @Test("from July 1 to July 2 a year later, hour by hour, in nine zones")
  func hourByHour() throws {
    let (begin, end) = (try Self.july1(2024), try Self.july1(2025))
    let daemon = try TestDaemon(
      database: try TestDatabase.make(), clock: Self.instant(begin), extra: ["--no-rollover"])
    var connection = try daemon.connect()
    for place in Self.places {
      for line in [
        "tenant.add tenant=\(place.tenant) name=T zone=\(place.zone)",
        // Bought while it is still June 30: ahead.
        "purchase tenant=\(place.tenant) school=district program=ase-entry-level year=2024-2025 seats=9 unit-price=40.00",
      ] {
        let last = try connection.ask(line).last
        try #require(last?.kind == .ok, "\(line): \(last?.body ?? "")")
      }
    }
    // Every hour around the two ends, and one hour a day, a different one each, in between.
    let ends = Set(stride(from: begin, through: begin + 36 * 3_600, by: 3_600)).union(
      stride(from: end - 24 * 3_600, through: end + 36 * 3_600, by: 3_600))
    let between =
      ProcessInfo.processInfo.environment["SEATLEDGER_EVERY_HOUR"] == nil
      ? stride(from: begin + 36 * 3_600, to: end - 24 * 3_600, by: 25 * 3_600)
      : stride(from: begin + 36 * 3_600, to: end - 24 * 3_600, by: 3_600)
    // A second before each hour, and the hour itself.
    let moments = ends.union(between).flatMap { [$0 - 1, $0] }.filter { $0 > begin }.sorted()
    var wrong: [String] = []
    for moment in moments {
      let set = try connection.ask("clock.set at=\(Self.instant(moment))").last
      try #require(set?.kind == .ok, "\(set?.body ?? "")")
      let lines = Self.places.map { "reserve tenant=\($0.tenant) school=district candidate=k1 test=brakes +dry" }
      try connection.send(lines.map { $0 + "\n" }.joined())
      for place in Self.places {
        let line = try connection.read()
        // The clock ticks on while the requests are answered: a second before the hour is far enough from it.
        let lives = moment >= begin + place.hour * 3_600 && moment < end + place.hour * 3_600
        if (line.kind == .ok) != lives { wrong.append("\(place.tenant) at \(Self.instant(moment)): \(line.body)") }
      }
    }
    #expect(
      wrong.isEmpty,
      "\(wrong.count) of \(moments.count * Self.places.count)\n\(wrong.prefix(9).joined(separator: "\n"))")
  }

  @Test("a reserved seat starts until its midnight and not after it, though nobody has rolled over")
  func starts() throws {
    let end = try Self.july1(2025)
    let daemon = try TestDaemon(
      database: try TestDatabase.make(), clock: Self.instant(end - 86_400), extra: ["--no-rollover"])
    var connection = try daemon.connect()
    for place in Self.places {
      for line in [
        "tenant.add tenant=\(place.tenant) name=T zone=\(place.zone)",
        "purchase tenant=\(place.tenant) school=district program=ase-entry-level year=2024-2025 seats=9 unit-price=40.00",
        "reserve tenant=\(place.tenant) school=district candidate=k1 test=brakes",
        "reserve tenant=\(place.tenant) school=district candidate=k2 test=brakes",
      ] { try #require(try connection.ask(line).last?.kind == .ok, "\(line)") }
    }
    for hour in Set(Self.places.map(\.hour)).sorted() {
      let here = Self.places.filter { $0.hour == hour }
      for (moment, attempt) in [(end + hour * 3_600 - 5, 2), (end + hour * 3_600, 3)] {
        _ = try connection.ask("clock.set at=\(Self.instant(moment))")
        for place in here {
          let line = try connection.ask("start tenant=\(place.tenant) attempt=\(attempt) proctor=attested").last
          #expect(
            line?.kind == (attempt == 2 ? .ok : .error(code: "state.expired")), "\(place.tenant): \(line?.body ?? "")")
        }
      }
    }
    #expect(try connection.ask("rollover +dry").count == Self.places.count + 1, "all of it is still to be rolled over")
  }
}
