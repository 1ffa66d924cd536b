/// Every argument's name: one concept, one name, whichever command takes it.
package enum ArgumentName: String, Sendable, CaseIterable {
  case tenant, school, program, series, test, name, zone, minutes, principal, role, token, v, command
  case seats, year, expires, fund, fee, po, invoice, on, kind, from, to, reason
  case unitPrice = "unit-price"
  case since, tag, purchased, reserved, burned, voided
  case candidate, attempt, hold, until, entry, by, at, proctor, outcome, state, head, idem, number
  case evenIfPassed = "even-if-passed"
  // A profile's fields
  case coverage, expiry, certificate, renewable, cutoff
  case freeRetests = "free-retests"
  case paidRetests = "paid-retests"
  case approvalNeeded = "approval-needed"
  case waitDays = "wait-days"
  case waitBinds = "wait-binds"
  case startsAnew = "starts-anew"
  case retestInYear = "retest-in-year"
  case noShow = "no-show"
}

/// What a request says about itself: `+idem=K +dry +json +limit=N`.
package enum OptionName: String, Sendable, CaseIterable {
  case idem, dry, json, limit, after, actor, known
  case asOf = "as-of"
}
