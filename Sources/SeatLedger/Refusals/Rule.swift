/// The rules of a seat by their numbers. A number is never reused for something else.
package enum Rule: Int, Sendable, CaseIterable {
  case academicYear = 1
  case costOfReserve = 2
  case noSeats = 3
  case whichPoolPays = 4
  case retestWait = 5
  case oneAtATime = 6
  case retestDeadline = 7
  case paidRetest = 8
  case attemptLimit = 9
  case alreadyPassed = 10
  case newYear = 11
  case straddlingAttempt = 12
  case latePosting = 13
  case leftoverSeats = 14
  case nobodyWaitsForTheJob = 15
  case cancel = 16
  case noShow = 17
  case result = 18
  case changeOfSchool = 19
  case transfer = 20
  case returnToVendor = 21
  case sameRequestTwice = 22
  case mistakes = 23
  case buyingAhead = 24
  case rollover = 25
  case seal = 26
  case siteLicence = 27
  case blockHold = 28
  case proctor = 29
  case privacy = 30

  package var name: String { "R\(rawValue)" }
}
