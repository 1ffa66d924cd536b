internal import Postgres
package import SeatLedger

// How the tables write the ledger's values: one place for both directions.

/// Columns of `pool` in the order in which they are read and written.
enum PoolColumns {
  static func read(_ balance: inout Balance, _ next: () -> Amount) {
    balance.purchased = next()
    balance.transferredIn = next()
    balance.transferredOut = next()
    balance.available = next()
    balance.held = next()
    balance.reserved = next()
    balance.consumed = next()
    balance.forfeited = next()
    balance.expired = next()
    balance.returned = next()
  }
  static func forEach(of balance: Balance, _ body: (Amount) -> Void) {
    body(balance.purchased)
    body(balance.transferredIn)
    body(balance.transferredOut)
    body(balance.available)
    body(balance.held)
    body(balance.reserved)
    body(balance.consumed)
    body(balance.forfeited)
    body(balance.expired)
    body(balance.returned)
  }
  static let names = [
    "purchased", "transferred_in", "transferred_out", "available", "held", "reserved", "consumed", "forfeited",
    "expired",
    "returned",
  ]
  /// `p.available, p.available_cents, …`
  static func list(prefix: String) -> String {
    names.map { "\(prefix)\($0), \(prefix)\($0)_cents" }.joined(separator: ", ")
  }
  static let select = """
    p.tenant_id, p.pool, p.school, p.program, p.kind, p.fund, p.expires - date 'epoch', \(list(prefix: "p.")),
    p.third_tries, p.uses, p.closed
    """
  static let kinds = Words(Pool.Kind.self, type: "pool_kind")
}

extension Pool {
  /// Reads the columns of `PoolColumns.select` behind the tenant.
  init(_ row: inout Row) {
    let number = PoolNumber(row.integer())
    let identity = Identity(
      school: Code(stored: row.text()), program: Code(stored: row.text()),
      kind: PoolColumns.kinds[row.word()] ?? .seats,
      fund: Code(stored: row.text()), expires: CivilDate(day: Int32(row.integer())))
    self.init(number: number, identity: identity)
    PoolColumns.read(&balance) { Amount(seats: row.integer(), cents: row.integer()) }
    thirdTries = row.integer()
    uses = row.integer()
    isClosed = row.flag()
  }
}

enum AttemptColumns {
  static let select = select(state: "a.state")

  static func select(state: String) -> String {
    """
    a.tenant_id, a.attempt, a.school, a.candidate, a.test, a.program, a.number, a.seat_of, a.pool, a.approval,
    a.third_try, a.reserved_at, a.year, \(state), a.appointment_at, a.whole_day, a.minutes, a.started_at,
    a.completed_on - date 'epoch', a.seat_bucket, a.seat_cents
    """
  }

  static let states = Words(Attempt.State.self, type: "attempt_state")
}

extension Attempt {
  /// Reads the columns of `AttemptColumns.select` behind the tenant.
  init(_ row: inout Row) {
    let number = AttemptNumber(row.integer())
    let facts = Facts(
      school: Code(stored: row.text()), candidate: Candidate(stored: row.text()), test: Code(stored: row.text()),
      program: Code(stored: row.text()), ordinal: Int(row.integer()),
      seatOf: row.optionalInteger().map { Number($0) }, pool: row.optionalInteger().map { Number($0) },
      approval: row.optionalInteger().map { Number($0) }, isThirdTry: row.flag())
    let reserved = Instant(microseconds: row.integer())
    let year = AcademicYear(start: Int(row.integer()))
    let state = AttemptColumns.states[row.word()] ?? .reserved
    let appointment = row.optionalInteger()
    let isWholeDay = row.flag()
    let minutes = Int(row.integer())
    let started = row.optionalInteger().map { Instant(microseconds: $0) }
    let completed = row.optionalInteger().map { CivilDate(day: Int32($0)) }
    let bucket = EntryColumns.buckets[row.word()]
    let cents = row.integer()
    self.init(
      number: number, facts: facts, reserved: reserved, year: year, state: state,
      appointment: appointment.map { Appointment(begins: Instant(microseconds: $0), isWholeDay: isWholeDay) },
      minutes: minutes, started: started, completed: completed, seat: bucket.map { Seat(bucket: $0, cents: cents) })
  }
}

enum ApprovalColumns {
  /// When it was given, its entry alone says.
  static let select = """
    v.tenant_id, v.approval, v.school, v.candidate, v.test, v.principal, (
      SELECT j.effective_at FROM journal j WHERE j.tenant_id = v.tenant_id AND j.seq = v.approval), v.used_by
    """
}

extension Approval {
  /// Reads the columns of `ApprovalColumns.select` behind the tenant.
  init(_ row: inout Row) {
    self.init(
      number: Number(row.integer()), school: Code(stored: row.text()), candidate: Candidate(stored: row.text()),
      test: Code(stored: row.text()), principal: row.text(),
      given: Instant(microseconds: row.optionalInteger() ?? .max), usedBy: row.optionalInteger().map { Number($0) })
  }
}

enum HoldColumns {
  static let select = "h.tenant_id, h.hold, h.pool, h.until - date 'epoch', h.seats"
}

extension Hold {
  /// Reads the columns of `HoldColumns.select` behind the tenant.
  init(_ row: inout Row) {
    self.init(
      number: Number(row.integer()), pool: Number(row.integer()), until: CivilDate(day: Int32(row.integer())),
      seats: row.integer())
  }
}

extension SealedYear {
  /// Reads program and year.
  init(_ row: inout Row) {
    self.init(program: Code(stored: row.text()), year: AcademicYear(start: Int(row.integer())))
  }
}

enum EntryColumns {
  static let select = """
    j.tenant_id, j.seq, j.kind, j.from_pool, j.from_bucket, j.to_pool, j.to_bucket, j.seats, j.cents,
    j.attempt, j.reverses, j.effective_at, j.recorded_at, j.principal, j.actor, j.reason, j.detail, j.idem, j.request,
    j.answer, j.hash
    """
  static let kinds = Words(Entry.Kind.self, type: "entry_kind")
  static let buckets = Words(Bucket.self, type: "bucket")
}

extension Row {
  /// A hash; one of another length than a hash's equals none.
  mutating func hash() -> EntryHash { bytes { EntryHash(bytes: $0) } ?? .zero }
}

/// An entry as the journal holds it, with the hash that stands beside it.
package struct StoredEntry: Sendable {
  package let entry: Entry
  package let hash: EntryHash
  /// Kind and detail read as an entry's, its places and its key are whole; what was hashed says no more than these.
  package let isReadable: Bool

  /// Reads the columns of `EntryColumns.select` behind the tenant.
  init(_ row: inout Row) {
    let number = EntryNumber(row.integer())
    let kind = EntryColumns.kinds[row.word()]
    var isWhole = true
    let from = Self.place(&row, &isWhole)
    let to = Self.place(&row, &isWhole)
    let amount = Amount(seats: row.integer(), cents: row.integer())
    let attempt = row.optionalInteger().map { AttemptNumber($0) }
    let reverses = row.optionalInteger().map { EntryNumber($0) }
    let effective = Instant(microseconds: row.integer())
    let recorded = Instant(microseconds: row.integer())
    let principal = row.text()
    let actor = row.optionalText()
    let reason = row.optionalText()
    let text = row.optionalText()
    let detail = kind.flatMap { Detail(kind: $0, text: text) }
    let key = row.optionalText()
    let request = row.optionalText()
    let answer = row.optionalText()
    entry = Entry(
      number: number, kind: kind ?? .seal, from: from, to: to, amount: amount, attempt: attempt, reverses: reverses,
      effective: effective, recorded: recorded, principal: principal, actor: actor, reason: reason,
      detail: detail ?? .none, detailText: text,
      kept: key.map { Kept(key: $0, principal: principal, request: request ?? "", answer: answer ?? "") })
    hash = row.hash()
    isReadable = detail != nil && isWhole && (key == nil) == (request == nil) && (key == nil) == (answer == nil)
  }

  /// - Parameter isWhole: set to `false` where a pool stands without a bucket, or a bucket without a pool.
  private static func place(_ row: inout Row, _ isWhole: inout Bool) -> Entry.Place? {
    let pool = row.optionalInteger()
    let word = row.word()
    let bucket = EntryColumns.buckets[word]
    if (pool == nil) != (word == nil) || (bucket == nil) != (word == nil) { isWhole = false }
    guard let pool, let bucket else { return nil }
    return Entry.Place(PoolNumber(pool), bucket)
  }
}
