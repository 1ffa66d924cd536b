/// Every name that a reply, an entry's detail or a refusal gives to a value: one concept, one name.
package enum FieldName: String, Sendable, CaseIterable {
  // Places and people
  case tenant, name, zone, school, program, series, test, minutes, candidate, principal, roles, role, actor, token
  // Seats
  case entry, kind, year, fund, expires, seats, cost, purchased, returned, available, held, reserved, consumed
  case forfeited, expired, encumbered, expended, wasted, uses, pool, pools, line, warning, balance, left
  case transferredIn = "transferred-in"
  case transferredOut = "transferred-out"
  case thirdTries = "third-tries"
  case fromAvailable = "from-available"
  case toAvailable = "to-available"
  case expiredIdle = "expired-idle"
  case expiredReserved = "expired-reserved"
  // Attempts
  case attempt, number, state, on, started, completed, outcome, approval, approver, allowed, rule, why, earliest,
    latest, reason
  case seat, hold, day, until, sealed
  case openPools = "open-pools"
  case roomForSecond = "latest-for-2"
  case roomForThird = "latest-for-3"
  case candidates
  // Reports
  case idle, usable, waste, taken, item, vendor, ours
  case wasteCost = "waste-cost"
  case corrected
  case correctedCost = "corrected-cost"
  case daysLeft = "days-left"
  case secondsLeft = "seconds-left"
  case thirdTry = "third-try"
  case nextEarliest = "next-earliest"
  case certificateThrough = "certificate-through"
  // The journal
  case seq, replayed, from, to, effective, recorded, reverses, entries, head, differences, difference
  case end, resume, notice, within
  case command, rows, next, queued, tenants, po, invoice
  // A program's profile
  case coverage, expiry, certificate, proctor, fee, cutoff
  case freeRetests = "free-retests"
  case paidRetests = "paid-retests"
  case approvalNeeded = "approval-needed"
  case waitDays = "wait-days"
  case waitBinds = "wait-binds"
  case startsAnew = "starts-anew"
  case retestInYear = "retest-in-year"
  case noShow = "no-show"
  case renewable
  // The daemon
  case version, caps, limits, uptime, database, lanes, queue, connections, watches, clock, now
  case lastRollover = "last-rollover"
  case sender, argument, field, at, cause, retry, msg, done, total, type, required, summary, options, errors, help,
    example,
    remark
  case text

  /// Counts and sequence numbers are numbers in JSON, everything else is a string.
  package var isNumber: Bool {
    switch self {
    case .entry, .seats, .purchased, .returned, .available, .held, .reserved, .consumed, .forfeited, .expired, .uses,
      .pools, .line, .balance, .transferredIn, .transferredOut, .thirdTries, .fromAvailable, .toAvailable,
      .expiredIdle, .expiredReserved, .attempt, .number, .approval, .seat, .hold, .pool, .seq, .reverses, .entries,
      .differences, .candidates, .openPools, .idle, .usable, .waste, .corrected, .taken, .vendor, .ours, .difference,
      .daysLeft,
      .within, .secondsLeft, .resume, .rows,
      .queued, .tenants, .lanes, .queue, .connections, .watches,
      .uptime, .minutes,
      .done, .total,
      .freeRetests, .paidRetests, .waitDays, .cutoff, .certificate:
      true
    default: false
    }
  }
}
