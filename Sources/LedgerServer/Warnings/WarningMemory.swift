internal import LedgerStore
internal import SeatLedger

/// What has been warned of: once a subject and threshold, and of several thresholds that were passed at once the nearest.
struct WarningMemory {
  /// Days before an expiry: 60 and 30 are the last days that leave room for a third and a second attempt.
  static let thresholds = [60, 30, 14, 7]

  private var told: [Expiring.Subject: Int] = [:]
  /// The day in each zone up to which everything has been told.
  private var looked: [String: CivilDate] = [:]

  /// The zones in which another day has begun, or an earlier one again.
  func fresh(_ today: [ZoneDay]) -> [ZoneDay] { today.filter { looked[$0.zone] != $0.date } }

  /// The nearest threshold that is reached so many days before an expiry.
  static func threshold(daysBefore: Int) -> Int? { thresholds.last { daysBefore <= $0 } }

  /// The threshold that is to be told now, if one is.
  mutating func reach(_ subject: Expiring.Subject, on date: CivilDate) -> Int? {
    guard let threshold = Self.threshold(daysBefore: subject.expires - date) else { return nil }
    if let before = told[subject], before <= threshold { return nil }
    told[subject] = threshold
    return threshold
  }

  /// It could not be told: it will be tried again.
  mutating func forget(_ subject: Expiring.Subject) { told[subject] = nil }

  /// Everything has been told in these zones; what has expired there is forgotten.
  mutating func finish(_ days: [ZoneDay]) {
    for day in days { looked[day.zone] = day.date }
    told = told.filter { subject, _ in looked[subject.zone].map { subject.expires >= $0 } ?? true }
  }
}
