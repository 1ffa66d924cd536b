import SeatLedger
import SeatProtocol

/// What a file can hold: each row becomes one command.
enum ImportKind: String, CaseIterable {
  case schools, purchases, roster, results

  var command: CommandSpec {
    switch self {
    case .schools: CommandSpec(of: .schoolAdd)
    case .purchases: CommandSpec(of: .purchase)
    case .roster: CommandSpec(of: .reserve)
    case .results: CommandSpec(of: .result)
    }
  }

  /// The columns that a file may have, named like the command's arguments.
  ///
  /// A result can also name its attempt by school, candidate and test: a teacher knows those, not the attempt's number.
  var columns: [CommandSpec.Argument] {
    guard self == .results else { return command.arguments }
    return command.arguments + CommandSpec(of: .reserve).arguments.filter { Self.namesAttempt.contains($0.name) }
  }

  /// For people: those that may be missing in brackets.
  var columnList: String {
    columns.map { column in
      column.isRequired && !(self == .results && (Self.namesAttempt + [.attempt]).contains(column.name))
        ? column.name.rawValue : "[\(column.name.rawValue)]"
    }.joined(separator: " ")
  }

  static let namesAttempt: [ArgumentName] = [.school, .candidate, .test]

  /// What a row or a header leaves out. A result that has begun to name its attempt by candidate lacks the rest of that.
  func missing(in given: Set<ArgumentName>) -> [ArgumentName] {
    let missing = columns.filter { $0.isRequired && !given.contains($0.name) }.map(\.name)
    guard self == .results else { return missing }
    let others = missing.filter { $0 != .attempt && !Self.namesAttempt.contains($0) }
    if given.contains(.attempt) || given.isSuperset(of: Self.namesAttempt) { return others }
    let begun = Self.namesAttempt.filter { !given.contains($0) }
    return (begun.count < Self.namesAttempt.count ? begun : [.attempt]) + others
  }

  /// Whether leaving the value out says the same. A column that a spreadsheet fills with it makes no other order.
  func isDefault(_ name: ArgumentName, _ value: String) -> Bool {
    guard self == .purchases else { return false }
    return switch name {
    case .fund: value == FundCode.general.text
    case .kind: value == Pool.Kind.seats.rawValue
    default: false
    }
  }

  /// What to do about two rows that say the same.
  var wayToTellApart: String {
    self == .purchases ? "delete one of them, or tell them apart by invoice" : "delete one of them"
  }

  /// The column that a header's cell means, as people write it: `Unit Price`, `unit_price` and `price` are one.
  func column(named cell: String) -> CommandSpec.Argument? {
    let word = Self.word(cell)
    if let column = columns.first(where: { $0.name.rawValue == word }) { return column }
    return synonyms.first { $0.words.contains(word) }.flatMap { synonym in columns.first { $0.name == synonym.name } }
  }

  static func word(_ cell: String) -> String {
    String(cell.lowercased().filter { $0 != "#" }.map { $0 == " " || $0 == "_" ? "-" : $0 })
      .split(separator: "-").joined(separator: "-")
  }

  private var synonyms: [(name: ArgumentName, words: [String])] {
    let dates: [String] =
      switch self {
      case .schools: []
      case .purchases: ["date", "purchase-date", "order-date", "purchased-on"]
      case .roster: ["date", "appointment", "appointment-date", "test-date", "exam-date"]
      case .results: ["date", "completed", "completed-on", "completion-date"]
      }
    return [
      (.tenant, ["district", "district-code", "lea", "lea-code"]), (.school, ["school-code", "site", "site-code"]),
      (.name, ["school-name"]), (.candidate, ["student", "token", "candidate-token", "student-token"]),
      (.test, ["exam", "test-code", "exam-code"]), (.seats, ["quantity", "qty", "licenses", "licences"]),
      (.unitPrice, ["price", "price-per-seat", "seat-price"]), (.po, ["po-number", "purchase-order", "po-no"]),
      (.invoice, ["invoice-number", "invoice-no"]), (.fund, ["fund-code", "budget-code"]),
      (.year, ["school-year", "academic-year"]), (.fee, ["order-fee"]), (.outcome, ["result"]),
      (.program, ["program-code"]), (.attempt, ["attempt-id"]), (.on, dates),
    ]
  }
}
