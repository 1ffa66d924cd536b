import SeatProtocol
import SeatClient
import SeatLedger

/// One entry as a statement shows it.
struct StatementLine {
  let entry: Int64
  let kind: String
  /// When it happened, in the district's time.
  let effective: String
  let recorded: String
  let amount: Amount
  let from: Place?
  let to: Place?
  let who: String
  let why: String
  /// What is available in the scope after it, in the order in which things happened.
  var available: Amount = .none

  /// A bucket of a pool as a statement's row names it: `school/program/expires/fund/bucket`.
  struct Place {
    let school: String
    let program: String
    let expires: CivilDate
    let fund: String
    let bucket: String

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 5, let date = CivilDate(parts[2]) else { return nil }
      (school, program, expires, fund, bucket) = (parts[0], parts[1], date, parts[3], parts[4])
    }

    /// Whether it belongs to what a statement is about.
    func isIn(_ scope: Statement.Scope) -> Bool {
      (scope.school.map { $0 == school } ?? true) && (scope.program.map { $0 == program } ?? true)
        && (scope.fund.map { $0 == fund } ?? true)
        && (scope.year.map { $0 == AcademicYear(containing: expires) } ?? true)
    }
  }

  init?(_ row: ReplyLine) {
    func value(_ name: FieldName) -> String? { row.value(name) }
    guard let entry = value(.entry).flatMap({ Int64($0) }), let kind = value(.kind),
      let seats = value(.seats).flatMap({ Int64($0) }), let cost = value(.cost).flatMap({ Money(anySum: $0) }),
      let effective = value(.effective), let recorded = value(.recorded)
    else { return nil }
    self.entry = entry
    self.kind = kind
    self.effective = effective
    self.recorded = recorded
    amount = Amount(seats: seats, cents: cost.cents)
    from = value(.from).flatMap { Place($0) }
    to = value(.to).flatMap { Place($0) }
    let principal = value(.principal) ?? ""
    who = (value(.actor).map { "\($0) (\(principal))" } ?? principal).printable
    var reasons: [String] = []
    if let po = value(.po) { reasons.append("PO \(po)") }
    if let invoice = value(.invoice) { reasons.append("invoice \(invoice)") }
    if let reason = value(.reason) { reasons.append(reason) }
    if let reversed = value(.reverses) { reasons.append("reverses entry \(reversed)") }
    if let attempt = value(.attempt), attempt != String(entry) { reasons.append("attempt \(attempt)") }
    if recorded.prefix(10) != effective.prefix(10) { reasons.append("recorded \(recorded.prefix(10))") }
    why = reasons.joined(separator: ", ").printable
  }

  /// From where to where, in words: the school is named where it changes or where the scope has several.
  func movement(namesSchool: Bool) -> String {
    switch (from, to) {
    case (let from?, let to?) where from.school != to.school: "\(from.school) → \(to.school)"
    case (let from?, let to?): "\(namesSchool ? "\(from.school): " : "")\(from.bucket) → \(to.bucket)"
    case (nil, let to?): "→ \(namesSchool ? "\(to.school): " : "")\(to.bucket)"
    case (let from?, nil): "\(namesSchool ? "\(from.school): " : "")\(from.bucket) →"
    case (nil, nil): ""
    }
  }
}

extension [StatementLine] {
  /// What the entries do to the balances of a scope.
  func change(in scope: Statement.Scope) -> Balances {
    var change = Balances()
    for line in self {
      if let to = line.to, to.isIn(scope), let place = Balances.Place(bucket: to.bucket) {
        change[place] += line.amount
      }
      if let from = line.from, from.isIn(scope), let place = Balances.Place(bucket: from.bucket) {
        change[place] -= line.amount
      }
    }
    return change
  }

  /// In the order in which things happened, with what was available after each.
  func ordered(from opening: Amount, in scope: Statement.Scope) -> [StatementLine] {
    var available = opening
    return sorted { ($0.effective.instant, $0.entry) < ($1.effective.instant, $1.entry) }.map { line in
      var line = line
      available += [line].change(in: scope)[.available]
      line.available = available
      return line
    }
  }
}

extension String {
  /// Microseconds since 1970 of an RFC 3339 instant; what is none comes first.
  fileprivate var instant: Int64 {
    if case .instant(let instant)? = Moment(self) { instant.microseconds } else { .min }
  }
}
