import LedgerServer
import SeatLedger
import Testing

@Suite("Calendar")
struct CalendarTests {
  @Test("every day of 300 years reads back as it was written, in order")
  func daysRoundTrip() throws {
    var date = try #require(CivilDate("1970-01-01"))
    for _ in 0..<110_000 {
      let next = date + 1
      #expect(CivilDate(date.description) == date)
      #expect(date < next && next - date == 1)
      date = next
    }
    #expect(date.description == "2271-03-04")
  }

  @Test(
    "dates that do not exist are refused",
    arguments: [
      "2025-02-29", "2100-02-29", "2025-13-01", "2025-00-10",
      "2025-04-31", "25-04-30", "2025-4-30", "2025-04-3x", "1969-12-31", "",
    ])
  func badDates(_ text: String) { #expect(CivilDate(text) == nil) }

  @Test(
    "a year begins on July 1",
    arguments: [
      ("2024-06-30", "2023-2024"), ("2024-07-01", "2024-2025"), ("2025-06-30", "2024-2025"),
      ("2024-02-29", "2023-2024"),
    ])
  func academicYears(_ date: String, _ year: String) throws {
    let found = AcademicYear(containing: try #require(CivilDate(date)))
    #expect(found.description == year)
    #expect(AcademicYear(year) == found)
    #expect(
      found.firstDay.description == "\(year.prefix(4))-07-01" && found.lastDay.description == "\(year.suffix(4))-06-30")
  }

  @Test(
    "certificates end on the same day, February 29 on February 28",
    arguments: [
      ("2024-02-29", 2, "2026-02-28"), ("2024-02-29", 4, "2028-02-29"), ("2025-06-30", 5, "2030-06-30"),
    ])
  func yearsLater(_ date: String, _ years: Int, _ later: String) throws {
    #expect(try #require(CivilDate(date)).adding(years: years).description == later)
  }

  @Test(
    "a moment reads as RFC 3339 has it, in whole seconds",
    arguments: [
      ("2025-06-30T23:59:59-04:00", 1_751_342_399), ("2025-07-01t03:59:59z", 1_751_342_399),
      ("2025-07-01T03:59:59.999999Z", 1_751_342_399), ("2025-07-01T09:29+05:30", 1_751_342_340),
    ])
  func moments(_ text: String, _ seconds: Int64) {
    #expect(Moment(text) == .instant(Instant(seconds: seconds)))
  }

  @Test(
    "what is no moment is refused",
    arguments: [
      "2025-06-30 09:00Z", "2025-06-30T24:00Z", "2025-06-30T09:60Z", "2025-06-30T09:00:60Z", "2025-06-30T09:00:00.Z",
      "2025-06-30T09:00.5Z", "2025-06-30T09:00+0400", "2025-06-30T09:00-24:00", "2025-06-30T9:00", "2025-06-30T",
    ])
  func badMoments(_ text: String) { #expect(Moment(text) == nil) }

  @Test("an hour that the clocks skip is none, and of two the first counts")
  func gapsAndFolds() throws {
    let zone = try #require(Zones.zone(named: "America/New_York"))
    func instant(_ text: String) throws -> Instant? {
      guard case .local(let time)? = Moment(text) else { throw Oops() }
      return zone.instant(of: time)
    }
    #expect(try instant("2025-03-09T02:30") == nil)
    #expect(try #require(try instant("2025-11-02T01:30")) == Instant(seconds: 1_762_061_400))
    #expect(zone.rfc3339(Instant(seconds: 1_762_061_400)) == "2025-11-02T01:30:00-04:00")
    #expect(zone.rfc3339(Instant(seconds: 1_762_065_000)) == "2025-11-02T01:30:00-05:00")
  }

  @Test(
    "a day begins and ends where its zone says",
    arguments: [
      ("America/New_York", "2025-06-30", 1_751_256_000), ("America/Los_Angeles", "2025-06-30", 1_751_266_800),
      ("America/Phoenix", "2025-06-30", 1_751_266_800), ("America/New_York", "2025-12-31", 1_767_157_200),
      ("Pacific/Honolulu", "2025-06-30", 1_751_277_600), ("America/Puerto_Rico", "2025-06-30", 1_751_256_000),
    ])
  func daysBegin(_ name: String, _ day: String, _ seconds: Int64) throws {
    let zone = try #require(Zones.zone(named: name))
    let date = try #require(CivilDate(day))
    #expect(zone.start(of: date) == Instant(seconds: seconds))
    #expect(zone.end(of: date) == zone.start(of: date + 1))
    #expect(zone.date(of: zone.end(of: date).adding(microseconds: -1)) == date)
  }

  private struct Oops: Error {}
}
