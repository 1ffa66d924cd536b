/// What somebody asks of one tenant's books, its values checked and its test and program looked up.
package enum Command: Hashable, Sendable {
  case purchase(Purchase)
  case `return`(Return)
  case transfer(Transfer)
  case reserve(Reserve)
  case schedule(AttemptNumber, on: Moment)
  case approve(Approve)
  case start(Start)
  case result(Result)
  case cancel(AttemptNumber, reason: String?)
  case noShow(AttemptNumber, reason: String?)
  case hold(Hold)
  /// So many of a hold's seats; all that are left where no number is named.
  case release(HoldNumber, seats: Int64?)
  case reverse(EntryNumber, reason: String)
  case seal(SealedYear)
  /// Who belongs to the tenant and who may do what: kept beside the journal.
  case register(Registration)

  package struct Purchase: Hashable, Sendable {
    package var school: SchoolCode
    package var program: Program
    package var seats: Int64
    package var unitCents: Int64
    package var feeCents: Int64?
    package var year: AcademicYear?
    package var fund: FundCode
    package var kind: Pool.Kind
    package var po: String?
    package var invoice: String?
    /// The date of purchase; today where none is named.
    package var on: CivilDate?

    package init(
      school: SchoolCode, program: Program, seats: Int64, unitCents: Int64, feeCents: Int64? = nil,
      year: AcademicYear? = nil, fund: FundCode = .general, kind: Pool.Kind = .seats, po: String? = nil,
      invoice: String? = nil, on: CivilDate? = nil
    ) {
      self.school = school
      self.program = program
      self.seats = seats
      self.unitCents = unitCents
      self.feeCents = feeCents
      self.year = year
      self.fund = fund
      self.kind = kind
      self.po = po
      self.invoice = invoice
      self.on = on
    }
  }

  /// Names one pool of a school but for the school.
  package struct PoolChoice: Hashable, Sendable {
    package var program: ProgramCode
    package var expires: CivilDate
    package var fund: FundCode

    package init(program: ProgramCode, expires: CivilDate, fund: FundCode = .general) {
      self.program = program
      self.expires = expires
      self.fund = fund
    }

    package func identity(at school: SchoolCode) -> Pool.Identity {
      Pool.Identity(school: school, program: program, kind: .seats, fund: fund, expires: expires)
    }
  }

  package struct Return: Hashable, Sendable {
    package var school: SchoolCode
    package var pool: PoolChoice
    package var seats: Int64
    package var reason: String

    package init(school: SchoolCode, pool: PoolChoice, seats: Int64, reason: String) {
      self.school = school
      self.pool = pool
      self.seats = seats
      self.reason = reason
    }
  }

  package struct Hold: Hashable, Sendable {
    package var school: SchoolCode
    package var pool: PoolChoice
    package var seats: Int64
    package var until: CivilDate

    package init(school: SchoolCode, pool: PoolChoice, seats: Int64, until: CivilDate) {
      self.school = school
      self.pool = pool
      self.seats = seats
      self.until = until
    }
  }

  package struct Transfer: Hashable, Sendable {
    package var from: SchoolCode
    package var to: SchoolCode
    package var pool: PoolChoice
    package var seats: Int64

    package init(from: SchoolCode, to: SchoolCode, pool: PoolChoice, seats: Int64) {
      self.from = from
      self.to = to
      self.pool = pool
      self.seats = seats
    }
  }

  package struct Reserve: Hashable, Sendable {
    package var school: SchoolCode
    package var candidate: Candidate
    package var test: Test
    package var on: Moment?
    /// When it happened, if not now.
    package var at: Moment?
    package var fund: FundCode?
    /// The hold that its seat is drawn from, if it takes one.
    package var hold: HoldNumber?
    package var evenIfPassed: Bool

    package init(
      school: SchoolCode, candidate: Candidate, test: Test, on: Moment? = nil, at: Moment? = nil,
      fund: FundCode? = nil, hold: HoldNumber? = nil, evenIfPassed: Bool = false
    ) {
      self.school = school
      self.candidate = candidate
      self.test = test
      self.on = on
      self.at = at
      self.fund = fund
      self.hold = hold
      self.evenIfPassed = evenIfPassed
    }
  }

  package struct Approve: Hashable, Sendable {
    package var school: SchoolCode
    package var candidate: Candidate
    package var test: Test
    package var reason: String

    package init(school: SchoolCode, candidate: Candidate, test: Test, reason: String) {
      self.school = school
      self.candidate = candidate
      self.test = test
      self.reason = reason
    }
  }

  package struct Start: Hashable, Sendable {
    package var attempt: AttemptNumber
    package var at: Moment?
    /// More than the test's own minutes, by accommodation.
    package var minutes: Int?
    package var isProctorAttested: Bool

    package init(attempt: AttemptNumber, at: Moment? = nil, minutes: Int? = nil, isProctorAttested: Bool = false) {
      self.attempt = attempt
      self.at = at
      self.minutes = minutes
      self.isProctorAttested = isProctorAttested
    }
  }

  package struct Result: Hashable, Sendable {
    package var attempt: AttemptNumber
    package var outcome: Outcome
    /// The completion date; today where none is named.
    package var on: CivilDate?

    package init(attempt: AttemptNumber, outcome: Outcome, on: CivilDate? = nil) {
      self.attempt = attempt
      self.outcome = outcome
      self.on = on
    }
  }
}
