import SeatClient
import SeatProtocol

/// What `seatctl help` says, read off the command table.
enum Manual {
  static func text(_ spec: CommandSpec?, _ screen: Screen) -> String {
    guard let spec else { return overview(screen) }
    var lines = ["\(screen.bold("seatctl \(spec.name.rawValue)"))  \(spec.summary)", ""]
    for argument in spec.arguments {
      let name = "--\(argument.name.rawValue)"
      let padded = name + String(repeating: " ", count: max(1, 20 - name.count))
      lines.append("  \(padded)\(argument.isRequired ? "" : "[optional] ")\(argument.type.expected)")
    }
    for option in spec.options.filter({ $0 != .json }).sorted(by: { $0.rawValue < $1.rawValue }) {
      let name = "--\(option.rawValue)"
      lines.append("  \(name)\(String(repeating: " ", count: max(1, 20 - name.count)))[optional] \(option.meaning)")
    }
    lines += ["", "for: \(spec.roles)"]
    return lines.joined(separator: "\n")
  }

  private static func overview(_ screen: Screen) -> String {
    var lines = [
      "seatctl [--socket PATH] [--json] COMMAND [--ARGUMENT VALUE …]", "", screen.bold("Commands"),
    ]
    let width = CommandName.allCases.map(\.rawValue.count).max() ?? 0
    for spec in CommandSpec.all {
      let name = spec.name.rawValue
      lines.append("  \(name)\(String(repeating: " ", count: width - name.count))  \(spec.summary)")
    }
    lines += [
      "  raw\(String(repeating: " ", count: width - 3))  sends lines of the protocol as they are",
      "  explain\(String(repeating: " ", count: width - 7))  prints a rule, its source and an example: explain R8",
      "  completion\(String(repeating: " ", count: width - 10))  prints a completion script for bash, zsh or fish", "",
      "seatctl help COMMAND tells about one of them. SEATLEDGER_SOCKET names the socket, too.",
    ]
    return lines.joined(separator: "\n")
  }
}

extension OptionName {
  fileprivate var meaning: String {
    switch self {
    case .idem: "a key of your own, so that the same request is never done twice"
    case .dry: "checks and answers, keeps nothing"
    case .json: "one JSON object a line"
    case .limit: "at most so many rows"
    case .after: "the rows behind this cursor"
    case .actor: "who asked, for the journal"
    case .asOf: "as things stood at the end of that day, or at that instant"
    case .known: "as the journal knew it at that entry, or at the end of that day"
    }
  }
}
