// A year that is closed for good: no entry effective in it is accepted any more (R26).

extension TenantLedger {
  mutating func seal(_ sealed: SealedYear, _ work: inout Work) throws(Stop) -> Fields {
    guard !books.isSealed(sealed) else { throw .refusal(.sealed(sealed)) }
    guard work.now >= zone.end(of: sealed.year.lastDay) else {
      let first = sealed.year.next.firstDay
      throw .refusal(
        Refusal(.tooEarly, .seal, "\(sealed.year) is not over; it can be sealed from \(first) on") {
          $0.add(.earliest, first)
        })
    }
    let isOpen = books.pools.values.contains {
      $0.identity.program == sealed.program && $0.year == sealed.year && !$0.isClosed
    }
    guard !isOpen else {
      throw .refusal(
        Refusal(.tooEarly, .seal, "seats of \(sealed.year) are not expired yet; run rollover first") {
          $0.add(.earliest, today(work))
        })
    }
    let entry = try post(.seal, detail: .seal(sealed), &work)
    var answer = Fields()
    answer.add(.entry, entry)
    answer.add(.program, sealed.program)
    answer.add(.year, sealed.year.description)
    return answer
  }

  /// Refuses what would be effective in a sealed year of the program.
  func requireUnsealed(_ program: ProgramCode, effective: Instant) throws(Stop) {
    let sealed = SealedYear(program: program, year: AcademicYear(containing: zone.date(of: effective)))
    if books.isSealed(sealed) { throw .refusal(.sealed(sealed)) }
  }
}

extension Refusal {
  fileprivate static func sealed(_ sealed: SealedYear) -> Self {
    Refusal(.yearSealed, .seal, "\(sealed.year) of \(sealed.program) is sealed; nothing can happen in it any more")
  }
}
