import SeatLedger
import SeatProtocol

/// What a cell says: a value as the protocol writes it, or why it is none.
///
/// A candidate's cell is never repeated in a message: it may be what nobody should see (R30).
enum Cell {
  /// - Returns: the value, folded to lower case where only that is valid.
  static func value(_ text: String, of column: CommandSpec.Argument) -> Result<String, CellFault> {
    if let fault = spreadsheetFault(text, column) { return .failure(fault) }
    let folded =
      switch column.type {
      case .code, .choice, .flag, .yes: text.lowercased()
      default: text
      }
    if case .candidate(let candidate)? = column.type.value(of: folded), let resemblance = candidate.resemblance {
      return .failure(
        CellFault("looks like \(resemblance.rawValue) (R30); use the opaque token that the district issued"))
    }
    guard column.type.value(of: folded) == nil else { return .success(folded) }
    if column.type == .candidate { return .failure(CellFault("is not \(column.type.expected)")) }
    let hint = CellHint.instead(of: text, column.type).map { "; \($0)" } ?? ""
    return .failure(CellFault("\(quoted(text)) is not \(column.type.expected)\(hint)"))
  }

  /// What a spreadsheet does to a column behind its owner's back.
  private static func spreadsheetFault(_ text: String, _ column: CommandSpec.Argument) -> CellFault? {
    let shown = column.type == .candidate ? "the value" : quoted(text)
    if text.contains(where: \.isNewline) {
      return CellFault("the value goes on over a line end; is a closing quote missing?")
    }
    if text.contains("\t") { return CellFault("a tab inside the value; delete it") }
    if let scalar = text.invisible, !column.type.isText {
      let number = String(scalar.value, radix: 16, uppercase: true)
      return CellFault("an invisible character (U+\(number)) inside the value; type the value again")
    }
    if text.first == "-", column.type.isNumber, text.dropFirst().first?.isNumber == true {
      return CellFault("\(shown) is negative; seats go back to the vendor with seatctl return, not by an import")
    }
    if let first = text.first, "=@+-".contains(first) {
      return CellFault("\(shown) begins with \(first), which a spreadsheet runs as a formula; type the value itself")
    }
    if ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"].contains(text.uppercased()) {
      return CellFault("\(text) is a spreadsheet's error, no value")
    }
    if isRounded(text) {
      return CellFault("\(shown) is a long number that a spreadsheet has rounded; format the column as text")
    }
    return nil
  }

  /// `4.5E+09`
  private static func isRounded(_ text: String) -> Bool {
    let parts = text.split(whereSeparator: { $0 == "E" || $0 == "e" })
    guard parts.count == 2, parts[1].first == "+", parts[1].dropFirst().allSatisfy(\.isNumber) else { return false }
    return !parts[0].isEmpty && parts[0].allSatisfy { $0.isNumber || $0 == "." }
  }

  private static func quoted(_ text: String) -> String { "\"\(text.prefix(40))\(text.count > 40 ? "…" : "")\"" }
}

extension ValueType {
  fileprivate var isText: Bool { if case .text = self { true } else { false } }

  fileprivate var isNumber: Bool {
    switch self {
    case .money, .count, .number: true
    default: false
    }
  }
}

struct CellFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
