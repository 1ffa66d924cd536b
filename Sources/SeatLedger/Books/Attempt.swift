/// One candidate's one try at one test, and the seat that it took, if it took one: seat and attempt are one record.
package struct Attempt: Hashable, Sendable {
  package let number: AttemptNumber
  package let facts: Facts
  /// Since when it is reserved: its reserve, or the reversal that made it reserved again. Nothing happens to it before.
  package var reserved: Instant
  /// The academic year that it belongs to: of its start, until then of its appointment, or of its reserve.
  package var year: AcademicYear
  package var state: State
  package var appointment: Appointment?
  package var minutes: Int
  package var started: Instant?
  package var completed: CivilDate?
  /// Where the seat that this attempt took is now, and what it carries; `nil` for one that took none.
  package var seat: Seat?

  /// What the reserve decided for good.
  package struct Facts: Hashable, Sendable {
    package let school: SchoolCode
    package let candidate: Candidate
    package let test: TestCode
    package let program: ProgramCode
    /// Which attempt at the test it is, from 1.
    package let ordinal: Int
    /// The attempt that took the seat which this one uses: itself, another one, or none (a site licence).
    package let seatOf: AttemptNumber?
    /// The pool of that seat, or of the site licence.
    package let pool: PoolNumber?
    package let approval: ApprovalNumber?
    /// A paid retest: its seat serves it alone.
    package let isThirdTry: Bool

    package init(
      school: SchoolCode, candidate: Candidate, test: TestCode, program: ProgramCode, ordinal: Int,
      seatOf: AttemptNumber?, pool: PoolNumber?, approval: ApprovalNumber?, isThirdTry: Bool
    ) {
      self.school = school
      self.candidate = candidate
      self.test = test
      self.program = program
      self.ordinal = ordinal
      self.seatOf = seatOf
      self.pool = pool
      self.approval = approval
      self.isThirdTry = isThirdTry
    }
  }

  package struct Seat: Hashable, Sendable {
    package var bucket: Bucket
    /// What it took out of `available`; it keeps them wherever it goes.
    package let cents: Int64

    package init(bucket: Bucket, cents: Int64) {
      self.bucket = bucket
      self.cents = cents
    }

    /// A seat that can still pay for an attempt or already has.
    package var isWithCandidate: Bool { bucket == .reserved || bucket == .consumed }
  }

  package enum State: String, Sendable, CaseIterable {
    case reserved, started, passed, failed, incomplete, cancelled
    case noShow = "no-show"
    case expired

    /// Cancelled, no-show and expired attempts give their number back (R16).
    package var isCounted: Bool {
      switch self {
      case .reserved, .started, .passed, .failed, .incomplete: true
      case .cancelled, .noShow, .expired: false
      }
    }

    package var isOpen: Bool { self == .reserved || self == .started }
  }

  package init(
    number: AttemptNumber, facts: Facts, reserved: Instant, year: AcademicYear, state: State, appointment: Appointment?,
    minutes: Int,
    started: Instant? = nil, completed: CivilDate? = nil, seat: Seat?
  ) {
    self.number = number
    self.facts = facts
    self.reserved = reserved
    self.year = year
    self.state = state
    self.appointment = appointment
    self.minutes = minutes
    self.started = started
    self.completed = completed
    self.seat = seat
  }
}

/// Leave for one paid retest, given beforehand by somebody else than who reserves it (R8).
package struct Approval: Hashable, Sendable {
  package let number: ApprovalNumber
  package let school: SchoolCode
  package let candidate: Candidate
  package let test: TestCode
  package let principal: String
  package let given: Instant
  /// The attempt that uses it; `nil` while none does.
  package var usedBy: AttemptNumber?

  package init(
    number: ApprovalNumber, school: SchoolCode, candidate: Candidate, test: TestCode, principal: String,
    given: Instant, usedBy: AttemptNumber?
  ) {
    self.number = number
    self.school = school
    self.candidate = candidate
    self.test = test
    self.principal = principal
    self.given = given
    self.usedBy = usedBy
  }
}
