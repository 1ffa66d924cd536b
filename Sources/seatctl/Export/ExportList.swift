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
    command.columns(by: by).map { name in
      let kind = kind(of: name)
      return Column(name: name, kind: kind, hasTotal: self != .statement && (kind == .count || kind == .money))
    }
  }

  private func kind(of name: FieldName) -> Column.Kind {
    switch name {
    case .expires, .completed: .date
    case .effective, .recorded, .on, .started: .moment
    case .entry, .attempt, .number, .reverses, .approval: .number
    case .cost: .money
    case _ where self == .costs && name.isMoney: .money
    case _ where name.isNumber: .count
    default: .text
    }
  }
}

/// What makes a spreadsheet run a cell: typed by somebody into a reason, it would run on somebody else's machine.
enum Formula {
  static func begins(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    // The wide forms stand for the others in East Asian versions.
    return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
  }
}
