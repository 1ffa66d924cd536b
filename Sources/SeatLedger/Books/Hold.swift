/// Seats that a school holds without naming candidates (R28): out of its pool's `available`, in its `held`.
package struct Hold: Hashable, Sendable {
  package let number: HoldNumber
  package let pool: PoolNumber
  /// Its last day, in the tenant's zone.
  package let until: CivilDate
  /// What is left: neither drawn, nor released, nor expired.
  package var seats: Int64

  package init(number: HoldNumber, pool: PoolNumber, until: CivilDate, seats: Int64) {
    self.number = number
    self.pool = pool
    self.until = until
    self.seats = seats
  }
}

/// One program's year that takes no entries any more (R26).
package struct SealedYear: Hashable, Sendable {
  package let program: ProgramCode
  package let year: AcademicYear

  package init(program: ProgramCode, year: AcademicYear) {
    self.program = program
    self.year = year
  }
}
