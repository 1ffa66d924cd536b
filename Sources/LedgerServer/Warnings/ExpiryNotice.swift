internal import LedgerStore
internal import SeatLedger

/// One warning before an expiry: what is still idle, what will become of it, and until when attempts are of use.
struct ExpiryNotice: Sendable {
  let subject: Expiring.Subject
  /// The threshold that was reached, in days before the expiry.
  let within: Int
  let today: CivilDate
  let schools: [Expiring.School]
  /// The last days that leave room for a second and a third attempt.
  let runway: Fields

  init(
    _ subject: Expiring.Subject, within: Int, today: CivilDate, schools: [Expiring.School], _ profile: Profile?
  ) {
    self.subject = subject
    self.within = within
    self.today = today
    self.schools = schools
    var fields = Fields()
    if let profile {
      let runway = Runway(profile, year: AcademicYear(containing: subject.expires))
      for (room, name) in [(2, FieldName.roomForSecond), (3, .roomForThird)] where runway.numbers.contains(room) {
        guard let latest = runway.latest(1, leavingRoomFor: room, subject.expires), latest >= today else { continue }
        fields.add(name, latest)
      }
    }
    runway = fields
  }

  /// What somebody hears who may see these schools; `nil` where nothing of them is concerned.
  ///
  /// - Parameter visible: `nil` for the whole tenant.
  func fields(for visible: Set<SchoolCode>?) -> Fields? {
    let concerned = visible.map { visible in schools.filter { visible.contains($0.code) } } ?? schools
    guard !concerned.isEmpty else { return nil }
    var left = Leftover()
    var usable: Int64 = 0
    var waste = Amount.none
    for school in concerned {
      left += school.left
      usable += school.usable
      waste += school.waste
    }
    var fields = Fields()
    fields.add(.notice, "expiring")
    fields.add(.program, subject.program)
    fields.add(.expires, subject.expires)
    fields.add(.within, within)
    fields.add(.daysLeft, subject.expires - today + 1)
    fields.add(.idle, left.idle.seats)
    fields.add(.reserved, left.reserved.seats)
    fields.add(.usable, usable)
    fields.add(.waste, waste.seats)
    fields.add(.wasteCost, Money(cents: waste.cents))
    fields.append(runway)
    return fields
  }
}
