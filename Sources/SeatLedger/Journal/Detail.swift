/// The facts of an entry beside the seats that it moved; with them the books can be rebuilt from the journal alone.
///
/// Indirect, for an entry changes hands often: a proof takes a fourteenth less time than with its words in the entry.
package indirect enum Detail: Hashable, Sendable {
  case none
  /// A purchase or a transfer: the pool that it opens, if it opens one, and the order's papers.
  case opens(Pool.Identity?, po: String? = nil, invoice: String? = nil)
  /// With the hold that its seat was drawn from, if there was one.
  case reserve(Attempt.Facts, AcademicYear, Appointment?, minutes: Int, hold: HoldNumber?)
  case schedule(Appointment, AcademicYear)
  case approve(SchoolCode, Candidate, TestCode)
  case start(AcademicYear, minutes: Int)
  case result(Outcome, completed: CivilDate)
  /// A new hold, through the end of a date.
  case hold(until: CivilDate)
  /// Seats that leave a hold, released or expired with their pool, or come back into one that has ended (R13).
  case ofHold(HoldNumber)
  /// What kind of entry is reversed, and the year that an attempt belongs to without the start that is undone.
  case reverse(Entry.Kind, year: AcademicYear?)
  /// What a reversal brought back to a pool that had expired: it expires at once.
  case left(by: EntryNumber)
  case seal(SealedYear)
}

// MARK: - Text

extension Detail {
  /// As the journal stores it: `nil` where there is nothing to say.
  package var text: String? {
    var fields = Fields()
    write(to: &fields)
    return fields.isEmpty ? nil : fields.string
  }

  private func write(to fields: inout Fields) {
    switch self {
    case .none: break
    case .opens(let identity, let po, let invoice):
      if let identity {
        fields.add(.school, identity.school)
        fields.add(.program, identity.program)
        fields.add(.kind, identity.kind.rawValue)
        fields.add(.fund, identity.fund)
        fields.add(.expires, identity.expires)
      }
      if let po { fields.add(.po, po) }
      if let invoice { fields.add(.invoice, invoice) }
    case .reserve(let facts, let year, let appointment, let minutes, let hold):
      facts.write(to: &fields)
      fields.add(.year, year.start)
      appointment?.write(to: &fields)
      fields.add(.minutes, minutes)
      if let hold { fields.add(.hold, hold) }
    case .schedule(let appointment, let year):
      appointment.write(to: &fields)
      fields.add(.year, year.start)
    case .approve(let school, let candidate, let test):
      fields.add(.school, school)
      fields.add(.candidate, candidate.token)
      fields.add(.test, test)
    case .start(let year, let minutes):
      fields.add(.minutes, minutes)
      fields.add(.year, year.start)
    case .result(let outcome, let completed):
      fields.add(.outcome, outcome.rawValue)
      fields.add(.completed, completed)
    case .hold(let until): fields.add(.until, until)
    case .ofHold(let hold): fields.add(.hold, hold)
    case .reverse(let kind, let year):
      fields.add(.kind, kind.rawValue)
      if let year { fields.add(.year, year.start) }
    case .left(let reversal): fields.add(.entry, reversal)
    case .seal(let sealed):
      fields.add(.program, sealed.program)
      fields.add(.year, sealed.year.start)
    }
  }

  /// `nil` where `text` is not what an entry of `kind` keeps.
  package init?(kind: Entry.Kind, text: String?) {
    var text = text ?? ""
    let detail = text.withUTF8 { bytes -> Self? in
      var fields = StoredFields(bytes)
      let detail = Self(kind, &fields)
      // Whatever is left over was written by nobody who keeps this journal.
      return fields.isAtEnd ? detail : nil
    }
    guard let detail else { return nil }
    self = detail
  }

  /// Takes the fields in the order in which they are written.
  private init?(_ kind: Entry.Kind, _ fields: inout StoredFields) {
    switch kind {
    case .purchase, .transfer:
      self = .opens(Pool.Identity(&fields), po: fields.text(.po), invoice: fields.text(.invoice))
    case .reserve:
      guard let facts = Attempt.Facts(&fields), let year = fields.year() else { return nil }
      let appointment = Appointment(&fields)
      guard let minutes = fields.integer(.minutes) else { return nil }
      self = .reserve(
        facts, year, appointment, minutes: Int(minutes), hold: fields.integer(.hold).map { Number($0) })
    case .schedule:
      guard let appointment = Appointment(&fields), let year = fields.year() else { return nil }
      self = .schedule(appointment, year)
    case .approve:
      guard let school = fields.text(.school), let candidate = fields.text(.candidate), let test = fields.text(.test)
      else { return nil }
      self = .approve(Code(stored: school), Candidate(stored: candidate), Code(stored: test))
    case .start:
      guard let minutes = fields.integer(.minutes), let year = fields.year() else { return nil }
      self = .start(year, minutes: Int(minutes))
    case .result:
      guard let outcome = fields.text(.outcome).flatMap(Outcome.init(rawValue:)),
        let completed = fields.text(.completed).flatMap({ CivilDate($0) })
      else { return nil }
      self = .result(outcome, completed: completed)
    case .hold:
      if let hold = fields.integer(.hold) {
        self = .ofHold(Number(hold))
        break
      }
      guard let until = fields.text(.until).flatMap({ CivilDate($0) }) else { return nil }
      self = .hold(until: until)
    case .release:
      guard let hold = fields.integer(.hold) else { return nil }
      self = .ofHold(Number(hold))
    case .expire:
      self =
        fields.integer(.hold).map { .ofHold(Number($0)) } ?? fields.integer(.entry).map { .left(by: Number($0)) }
        ?? .none
    case .reverse:
      guard let kind = fields.text(.kind).flatMap(Entry.Kind.init(rawValue:)) else { return nil }
      self = .reverse(kind, year: fields.year())
    case .seal:
      guard let program = fields.text(.program), let year = fields.year() else { return nil }
      self = .seal(SealedYear(program: Code(stored: program), year: year))
    case .return, .cancel, .noShow, .unexpire: self = .none
    }
  }
}

extension StoredFields {
  fileprivate mutating func year() -> AcademicYear? { integer(.year).map { AcademicYear(start: Int($0)) } }
}

extension Pool.Identity {
  fileprivate init?(_ fields: inout StoredFields) {
    guard let school = fields.text(.school), let program = fields.text(.program),
      let kind = fields.text(.kind).flatMap(Pool.Kind.init(rawValue:)), let fund = fields.text(.fund),
      let expires = fields.text(.expires).flatMap({ CivilDate($0) })
    else { return nil }
    self.init(
      school: Code(stored: school), program: Code(stored: program), kind: kind, fund: Code(stored: fund),
      expires: expires)
  }
}

extension Appointment {
  fileprivate func write(to fields: inout Fields) { fields.add(isWholeDay ? .day : .on, begins.microseconds) }

  fileprivate init?(_ fields: inout StoredFields) {
    if let begins = fields.integer(.on) {
      self.init(begins: Instant(microseconds: begins), isWholeDay: false)
    } else if let begins = fields.integer(.day) {
      self.init(begins: Instant(microseconds: begins), isWholeDay: true)
    } else {
      return nil
    }
  }
}

extension Attempt.Facts {
  fileprivate func write(to fields: inout Fields) {
    fields.add(.school, school)
    fields.add(.candidate, candidate.token)
    fields.add(.test, test)
    fields.add(.program, program)
    fields.add(.number, ordinal)
    if let seatOf { fields.add(.seat, seatOf) }
    if let pool { fields.add(.pool, pool) }
    if let approval { fields.add(.approval, approval) }
    if isThirdTry { fields.add(.thirdTry, true) }
  }

  fileprivate init?(_ fields: inout StoredFields) {
    guard let school = fields.text(.school), let candidate = fields.text(.candidate), let test = fields.text(.test),
      let program = fields.text(.program), let ordinal = fields.integer(.number)
    else { return nil }
    self.init(
      school: Code(stored: school), candidate: Candidate(stored: candidate), test: Code(stored: test),
      program: Code(stored: program), ordinal: Int(ordinal),
      seatOf: fields.integer(.seat).map { Number($0) }, pool: fields.integer(.pool).map { Number($0) },
      approval: fields.integer(.approval).map { Number($0) }, isThirdTry: fields.text(.thirdTry) != nil)
  }
}
