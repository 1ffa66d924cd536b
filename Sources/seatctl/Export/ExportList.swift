import SeatLedger
import SeatProtocol

/// What can be exported, and the columns that it has, whether a row fills them or not.
enum ExportList: String, CaseIterable {
  case balances, statement, costs, attempts

  struct Column {
    let name: FieldName
    let kind: Kind
    /// Its sum says something.
    var hasTotal = false

    enum Kind {
      case text, count, money, date
      /// A date, or an instant.
      case moment
      /// A number that names something.
      case number
    }
  }

  var command: CommandName {
    switch self {
    case .balances: .balance
    case .statement: .statement
    case .costs: .costs
    case .attempts: .attempts
    }
  }

  /// - Parameter by: what the rows of costs are.
  func columns(by: FieldName?) -> [Column] {
    switch self {
    case .balances:
      [text(.school), text(.program), text(.year), text(.kind), text(.fund), Column(name: .expires, kind: .date)]
        + [
          .purchased, .transferredIn, .transferredOut, .returned, .available, .held, .reserved, .consumed, .forfeited,
          .expired, .thirdTries, .uses,
        ].map { Column(name: $0, kind: .count, hasTotal: true) }
    case .statement:
      [
        number(.entry), text(.kind), Column(name: .seats, kind: .count), Column(name: .cost, kind: .money),
        text(.from), text(.to), number(.attempt), Column(name: .effective, kind: .moment),
        Column(name: .recorded, kind: .moment), text(.principal), text(.actor), text(.reason), number(.reverses),
        Column(name: .balance, kind: .count),
      ]
    case .costs:
      (by.map { [text($0)] } ?? [])
        + [
          .purchased, .transferredIn, .transferredOut, .encumbered, .expended, .thirdTries, .forfeited, .wasted,
          .returned, .available,
        ].map { Column(name: $0, kind: .money, hasTotal: true) }
    case .attempts:
      [
        number(.attempt), text(.school), text(.candidate), text(.test), number(.number), text(.state), text(.year),
        Column(name: .on, kind: .moment), Column(name: .started, kind: .moment), Column(name: .completed, kind: .date),
        Column(name: .seats, kind: .count, hasTotal: true), text(.fund),
        Column(name: .cost, kind: .money, hasTotal: true),
        number(.approval), text(.approver), text(.reason),
      ]
    }
  }

  private func text(_ name: FieldName) -> Column { Column(name: name, kind: .text) }
  private func number(_ name: FieldName) -> Column { Column(name: name, kind: .number) }
}

/// What makes a spreadsheet run a cell: typed by somebody into a reason, it would run on somebody else's machine.
enum Formula {
  static func begins(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    // The wide forms stand for the others in East Asian versions.
    return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
  }
}
