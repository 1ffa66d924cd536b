import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Tells what went wrong, and what to type instead.
struct Advice {
  let door: Door

  func refuse(_ failure: Failure, _ order: Order?) -> ExitStatus {
    if case .refused(let line, let code) = failure {
      Screen.note(Self.text(line, code))
      for hint in hints(line, code, order) { Screen.note("         \(hint)") }
    } else {
      Self.tell(failure)
    }
    if failure.status == .tryAgain, let key = order?.options.first(where: { $0.name == .idem })?.value {
      Screen.note("         repeat it with --idem \(key): what is done is not done twice")
    }
    return failure.status
  }

  @discardableResult
  static func tell(_ failure: Failure) -> ExitStatus {
    // Whoever has closed a pipe knows.
    if case .output(_, EPIPE) = failure { return failure.status }
    Screen.note("seatctl: \(failure.message)")
    return failure.status
  }

  private static func text(_ error: ReplyLine, _ code: String) -> String {
    let pairs = error.fields.pairs
    let said = pairs.first { $0.name == FieldName.msg.rawValue }?.value
    let message = CommandLineText.sentence((said ?? code).printable)
    let rest = pairs.filter { $0.name != FieldName.msg.rawValue && $0.name != FieldName.retry.rawValue }
    let facts = ([code] + rest.map { "\($0.name)=\($0.value.printable)" }).joined(separator: " ")
    return "seatctl: \(message)\n         (\(facts))"
  }

  private func hints(_ line: ReplyLine, _ code: String, _ order: Order?) -> [String] {
    if let rule = line.value(.rule) { return ["seatctl explain \(rule) tells the rule, its source and an example"] }
    switch ErrorCode(rawValue: code) {
    case .missingArgument where line.value(.argument) == ArgumentName.tenant.rawValue: return districts(order)
    case .missingArgument, .badValue: return order.map { [Order.example($0.spec)] } ?? []
    case .noTenant: return districts(nil)
    case .noSchool: return ["seatctl school.list\(Self.tenant(order)) shows them"]
    case .noProgram: return ["seatctl program.list shows them"]
    case .noTest: return ["seatctl test.list shows them"]
    default: return []
    }
  }

  private static func tenant(_ order: Order?) -> String { order?[.tenant].map { " --tenant \($0)" } ?? "" }

  /// So many districts are a choice; more are looked for.
  private static let mostDistricts = 12

  /// Which districts there are to choose from.
  private func districts(_ order: Order?) -> [String] {
    guard var connection = try? door.open(), let standpoint = try? Standpoint.ask(&connection),
      !standpoint.districts.isEmpty
    else { return [] }
    let all = standpoint.districts
    let shown = all.prefix(Self.mostDistricts)
    let width = shown.map(\.code.count).max() ?? 0
    var lines = shown.map { "--tenant \($0.code.padded(to: width))  \($0.name)" }
    if all.count > shown.count { lines.append("and \(all.count - shown.count) more: seatctl tenant.list") }
    if let order, let first = all.first {
      lines.append("for example: seatctl \(order.spec.name.rawValue) --tenant \(first.code)")
    }
    return lines
  }
}
