import SeatLedger
import Testing

/// Dates that a correct engine gets right, wherever the district is.
@Suite("Vectors")
struct VectorTests {
  /// With daylight saving, three hours later, and without.
  static let zones = ["America/New_York", "America/Los_Angeles", "America/Phoenix"]

  private func failed(on day: String, _ zone: String) -> Desk {
    var desk = Desk(zone: zone, at: "\(day)T09:00")
    desk.buy(3)
    desk.fail("k1")
    return desk
  }

  @Test("completed May 31: June 30 is the last possible day", arguments: zones)
  func lastPossibleDay(_ zone: String) {
    var desk = failed(on: "2025-05-31", zone)
    #expect(desk.reserve("k1", on: "2025-06-30").isOK)
  }

  @Test("completed June 1: July 1 is refused by the deadline, though the wait would allow it", arguments: zones)
  func oneDayTooLate(_ zone: String) {
    var desk = failed(on: "2025-06-01", zone)
    #expect(desk.reserve("k1", on: "2025-07-01").isRefused(.tooLate, .retestDeadline))
    desk.go(to: "2025-07-01T08:00")
    desk.buy(1)
    let first = desk.reserve("k1")
    #expect(first["number"] == "1" && first["seats"] == "1", "the new year begins at 1 with a new seat")
  }

  @Test("30 days are calendar days, not 720 hours", arguments: zones)
  func daylightSaving(_ zone: String) {
    var spring = failed(on: "2025-03-01", zone)
    #expect(spring.reserve("k1", on: "2025-03-31T00:30").isOK)
    var autumn = failed(on: "2024-10-20", zone)
    #expect(autumn.reserve("k1", on: "2024-11-18T23:59").isRefused(.tooEarly, .retestWait))
    #expect(autumn.reserve("k1", on: "2024-11-19T00:00").isOK)
  }

  @Test(
    "the first legal day", arguments: zones, [("2028-01-30", "2028-02-29"), ("2027-01-30", "2027-03-01")])
  func leapYears(_ zone: String, _ dates: (completed: String, earliest: String)) {
    var desk = failed(on: dates.completed, zone)
    #expect(desk.reserve("k1")["earliest"] == dates.earliest)
    #expect(desk.reserve("k1", on: dates.earliest).isOK)
  }

  @Test("professional: the booking must wait, too", arguments: zones)
  func professionalBooking(_ zone: String) {
    var desk = Desk(zone: zone, at: "2025-03-01T09:00")
    desk.buy(3, "pro")
    desk.fail("k1", "a5")
    desk.go(to: "2025-03-20T09:00")
    #expect(desk.reserve("k1", "a5", on: "2025-04-05").isRefused(.tooEarly, .retestWait))
    desk.go(to: "2025-04-01T09:00")
    #expect(desk.reserve("k1", "a5", on: "2025-04-05").isOK)
  }

  @Test("a professional seat bought on 2025-05-10 lives through 2025-08-08", arguments: zones)
  func professionalExpiry(_ zone: String) {
    var desk = Desk(zone: zone, at: "2025-05-10T09:00")
    #expect(desk.buy(1, "pro")["expires"] == "2025-08-08")
    #expect(desk.reserve("k1", "a5", on: "2025-08-08").isOK)
    #expect(desk.reserve("k2", "a5", on: "2025-08-09").isRefused(.noSeats, .noSeats))
  }

  @Test(
    "professional: an appointment on June 13 can be cancelled through June 9", arguments: zones,
    [("2025-06-09", true), ("2025-06-10", false)])
  func professionalCutoff(_ zone: String, _ day: (date: String, isAllowed: Bool)) {
    var desk = Desk(zone: zone, at: "2025-05-20T09:00")
    desk.buy(1, "pro")
    let attempt = desk.reserve("k1", "a5", on: "2025-06-13T09:00")["attempt"]
    desk.go(to: "\(day.date)T23:00")
    let answer = desk.cancel(attempt)
    #expect(day.isAllowed ? answer.isOK : answer.isRefused(.insideCutoff, .cancel))
  }

  @Test("a pass on February 29 is good through February 28", arguments: zones)
  func leapCertificate(_ zone: String) {
    var desk = Desk(zone: zone, at: "2024-02-29T09:00")
    desk.buy(1)
    let attempt = desk.reserve("k1")["attempt"]
    desk.start(attempt)
    #expect(desk.result(attempt, .pass)["certificate-through"] == "2026-02-28")
  }

  @Test(
    "a retest must fit before midnight, a first attempt must only begin", arguments: zones,
    [("23:01", false), ("23:00", true)])
  func straddling(_ zone: String, _ start: (hour: String, isAllowed: Bool)) {
    var desk = failed(on: "2025-05-31", zone)
    let retest = desk.reserve("k1", on: "2025-06-30")
    desk.buy(1)
    let first = desk.reserve("k2")
    desk.go(to: "2025-06-30T\(start.hour)")
    // A clock that goes is never at the beginning of a second.
    desk.now = desk.now.adding(microseconds: 900_000)
    let answer = desk.start(retest["attempt"])
    #expect(start.isAllowed ? answer.isOK : answer.isRefused(.tooLate, .retestDeadline))
    desk.go(to: "2025-06-30T23:59:59")
    #expect(desk.start(first["attempt"]).isOK)
  }

  @Test("the same instant is still June 30 in Los Angeles")
  func threeHoursLonger() {
    for (zone, isAllowed) in [("America/New_York", false), ("America/Los_Angeles", true)] {
      var desk = Desk(zone: zone)
      desk.buy(1)
      desk.go(to: "2025-06-30T23:59:59-04:00")
      #expect(desk.reserve("k1").isOK)
      desk.buy(1)
      desk.go(to: "2025-07-01T00:00:00-04:00")
      #expect(desk.reserve("k2").isOK == isAllowed, "\(zone)")
    }
  }

  @Test("3 seats at 40.00, 4 at 47.01: 6 reserved, 4 started, the year ends", arguments: zones)
  func movingAverage(_ zone: String) {
    var desk = Desk(zone: zone)
    desk.buy(3, cents: 4_000)
    desk.buy(4, cents: 4_701)
    let attempts = (1...6).map { desk.reserve("k\($0)")["attempt"] }
    for attempt in attempts.prefix(4) { desk.start(attempt) }
    desk.go(to: "2025-07-01T00:00")
    desk.expireAll()
    #expect(desk.total.consumed == Amount(seats: 4, cents: 17_601))
    #expect(desk.total.expired == Amount(seats: 3, cents: 13_203))
  }

  @Test("a seat that is posted late carries what it took, no average", arguments: zones)
  func lateSeatKeepsItsCost(_ zone: String) {
    var desk = Desk(zone: zone)
    desk.buy(1, cents: 10)
    let cheap = desk.reserve("k1")["attempt"]
    desk.buy(1, cents: 100)
    desk.reserve("k2")
    desk.go(to: "2025-07-02T09:00")
    desk.expireAll()
    #expect(desk.start(cheap, at: "2025-06-30T10:00").isOK)
    #expect(desk.total.consumed == Amount(seats: 1, cents: 10))
    #expect(desk.total.expired == Amount(seats: 1, cents: 100))
  }

  @Test(
    "tokens that look like a person",
    arguments: [
      ("a@b", true), ("123-45-6789", true), ("123456789", true), ("2010-05-17", true), ("17-05-2010", true),
      ("9195551234", true), ("919-555-1234", true), ("john.smith", true), ("Ann-Lee", true), ("a_b", true),
      ("k7Qm", false), ("s12ab", false), ("12345678", false), ("john.smith.2", false), ("john", false),
      ("1234-5678", false),
    ])
  func privacy(_ token: String, _ isRefused: Bool) throws {
    #expect((try #require(Candidate(token)).resemblance != nil) == isRefused)
  }
}
