import SeatLedger

/// How columns give way on a narrow terminal.
extension FieldName {
  /// A title for a narrow column.
  var short: String? {
    switch self {
    case .purchased: "purch."
    case .transferredIn: "in"
    case .transferredOut: "out"
    case .returned: "return."
    case .available: "avail."
    case .reserved: "reserv."
    case .consumed: "consum."
    case .forfeited: "forfeit."
    case .thirdTries: "third"
    case .encumbered: "encumb."
    case .expended: "expend."
    case .daysLeft: "days"
    case .number: "no."
    default: nil
    }
  }

  /// The columns that are left out first come first.
  static let leastTelling: [FieldName] = [
    .recorded, .actor, .uses, .kind, .thirdTries, .forfeited, .transferredIn, .transferredOut, .returned, .year,
    .expires, .principal, .started, .seats, .completed, .reason, .approval, .reserved, .held, .fund, .program, .on,
  ]

  /// Words of a person, which may lose their end.
  var isFreeText: Bool {
    switch self {
    case .name, .reason, .actor, .summary, .why, .warning, .principal, .approver: true
    default: false
    }
  }

  var isMoney: Bool {
    switch self {
    case .cost, .purchased, .encumbered, .expended, .forfeited, .wasted, .returned, .available, .wasteCost,
      .transferredIn, .transferredOut, .thirdTries, .fee:
      true
    default: false
    }
  }
}
