import SeatLedger
import Testing

/// Dates that a correct engine gets right.
@Suite("Vectors")
struct VectorTests {
  private func failed(on day: String, _ zone: String = "America/New_York") -> Desk {
    var desk = Desk(zone: zone, at: "\(day)T09:00")
    desk.buy(3)
    desk.fail("k1")
    return desk
  }

  @Test(
    "completed May 31: June 30 is the last possible day",
    arguments: ["America/New_York", "America/Los_Angeles", "America/Phoenix"])
  func lastPossibleDay(_ zone: String) {
    var desk = failed(on: "2025-05-31", zone)
    #expect(desk.reserve("k1", on: "2025-06-30").isOK)
  }

  @Test("completed June 1: July 1 is refused by the deadline, though the wait would allow it")
  func oneDayTooLate() {
    var desk = failed(on: "2025-06-01")
    #expect(desk.reserve("k1", on: "2025-07-01").isRefused(.tooLate, .retestDeadline))
    desk.go(to: "2025-07-01T08:00")
    desk.buy(1)
    let first = desk.reserve("k1")
    #expect(first["number"] == "1" && first["seats"] == "1", "the new year begins at 1 with a new seat")
  }

  @Test("30 days are calendar days, not 720 hours")
  func daylightSaving() {
    var desk = failed(on: "2025-03-01")
    #expect(desk.reserve("k1", on: "2025-03-31T00:30").isOK)
  }

  @Test("the first legal day", arguments: [("2028-01-30", "2028-02-29"), ("2027-01-30", "2027-03-01")])
  func leapYears(_ completed: String, _ earliest: String) {
    var desk = failed(on: completed)
    #expect(desk.reserve("k1")["earliest"] == earliest)
    #expect(desk.reserve("k1", on: earliest).isOK)
  }

  @Test("professional: the booking must wait, too")
  func professionalBooking() {
    var desk = Desk(at: "2025-03-01T09:00")
    desk.buy(3, "pro")
    desk.fail("k1", "a5")
    desk.go(to: "2025-03-20T09:00")
    #expect(desk.reserve("k1", "a5", on: "2025-04-05").isRefused(.tooEarly, .retestWait))
    desk.go(to: "2025-04-01T09:00")
    #expect(desk.reserve("k1", "a5", on: "2025-04-05").isOK)
  }

  @Test("a professional seat bought on 2025-05-10 lives through 2025-08-08")
  func professionalExpiry() {
    var desk = Desk(at: "2025-05-10T09:00")
    #expect(desk.buy(1, "pro")["expires"] == "2025-08-08")
    #expect(desk.reserve("k1", "a5", on: "2025-08-08").isOK)
  }

  @Test(
    "a retest must fit before midnight, a first attempt must only begin",
    arguments: [("23:01", false), ("23:00", true)])
  func straddling(_ hour: String, _ isAllowed: Bool) {
    var desk = failed(on: "2025-05-31")
    let retest = desk.reserve("k1", on: "2025-06-30")
    desk.buy(1)
    let first = desk.reserve("k2")
    desk.go(to: "2025-06-30T\(hour)")
    let answer = desk.start(retest["attempt"])
    #expect(isAllowed ? answer.isOK : answer.isRefused(.tooLate, .retestDeadline))
    desk.go(to: "2025-06-30T23:59:59")
    #expect(desk.start(first["attempt"]).isOK)
  }

  @Test("the same instant is still June 30 in Los Angeles")
  func threeHoursLonger() {
    let instant = "2025-07-01T00:00:00-04:00"
    for (zone, isAllowed) in [("America/New_York", false), ("America/Los_Angeles", true)] {
      var desk = Desk(zone: zone)
      desk.buy(1)
      desk.go(to: instant)
      #expect(desk.reserve("k1").isOK == isAllowed, "\(zone)")
    }
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
