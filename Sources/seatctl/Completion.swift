import SeatProtocol

/// Completion scripts, read off the command table.
enum Completion {
  static let shells = ["bash", "zsh", "fish"]

  static func script(for shell: String) -> String {
    switch shell {
    case "zsh": "#compdef seatctl\nautoload -U +X bashcompinit && bashcompinit\n\(bash)"
    case "fish": fish
    default: bash
    }
  }

  private static let words = CommandName.allCases.map(\.rawValue) + ["raw", "explain", "completion"]

  private static var bash: String {
    let cases = CommandSpec.all.map { spec in
      "    \(spec.name.rawValue)) words=\"\(Invocation.words(of: spec).joined(separator: " "))\" ;;"
    }
    let values = CommandSpec.all.flatMap { spec in
      spec.arguments.compactMap { argument -> String? in
        guard case .choice(let choices) = argument.type else { return nil }
        let pattern = "\(spec.name.rawValue):--\(argument.name.rawValue)"
        return "    \(pattern)) words=\"\(choices.joined(separator: " "))\" ;;"
      }
    }
    return """
      _seatctl() {
        local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" words="" word
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case "$word" in -*) ;; *) command="$word"; break ;; esac
        done
        case "$command" in
          "") words="--json --socket \(words.joined(separator: " "))" ;;
      \(cases.joined(separator: "\n"))
        esac
        case "$command:$before" in
      \(values.joined(separator: "\n"))
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -F _seatctl seatctl
      """
  }

  private static var fish: String {
    let none = "complete -c seatctl -n __fish_use_subcommand"
    var lines = ["complete -c seatctl -f", "\(none) -l json -d 'one JSON object a line'"]
    for spec in CommandSpec.all {
      lines.append("\(none) -a \(spec.name.rawValue) -d '\(spec.summary)'")
      for word in Invocation.words(of: spec) {
        lines.append(
          "complete -c seatctl -n '__fish_seen_subcommand_from \(spec.name.rawValue)' -l \(word.dropFirst(2)) -r")
      }
    }
    return lines.joined(separator: "\n")
  }
}
