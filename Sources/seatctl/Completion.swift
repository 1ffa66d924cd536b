import SeatClient
import SeatLedger
import SeatProtocol

/// Completion scripts, read off the command table.
enum Completion {
  enum Shell: String, CaseIterable { case bash, zsh, fish }

  static func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private static let commands: [(name: String, summary: String)] =
    CommandSpec.all.filter { OwnCommand(rawValue: $0.name.rawValue) == nil }.map { ($0.name.rawValue, $0.summary) }
    + OwnCommand.allCases.map { ($0.rawValue, $0.summary) }

  /// What may follow a command of seatctl's own.
  private static func words(after own: OwnCommand) -> [String] {
    switch own {
    case .help: CommandName.allCases.map(\.rawValue)
    case .explain: Rule.allCases.map(\.name)
    case .import, .export, .raw, .completion, .manual: own.words
    }
  }

  private static var bash: String {
    let cases = CommandSpec.all.filter { OwnCommand(rawValue: $0.name.rawValue) == nil }.map { spec in
      "    \(spec.name.rawValue)) words=\"\(Invocation.words(of: spec).joined(separator: " "))\" ;;"
    }
    let own = OwnCommand.allCases.map { own in
      "    \(own.rawValue)) words=\"\(words(after: own).joined(separator: " "))\" ;;"
    }
    let values = CommandSpec.all.flatMap { spec in
      Manual.entries(of: spec).filter { !$0.choices.isEmpty }.map { entry in
        "    \(spec.name.rawValue):--\(entry.name)) words=\"\(entry.choices.joined(separator: " "))\" ;;"
      }
    }
    return """
      # seatctl completion bash > /usr/share/bash-completion/completions/seatctl
      _seatctl() {
        local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" words="" word
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case "$word" in -*) ;; *) command="$word"; break ;; esac
        done
        case "$command" in
          "") words="--json --socket \(commands.map(\.name).joined(separator: " "))" ;;
      \((cases + own).joined(separator: "\n"))
        esac
        case "$command:$before" in
      \(values.joined(separator: "\n"))
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -F _seatctl seatctl
      """
  }

  private static var zsh: String {
    let cases = CommandSpec.all.filter { OwnCommand(rawValue: $0.name.rawValue) == nil }.map { spec in
      let arguments = Manual.entries(of: spec).map { entry in
        let value =
          entry.value == nil
          ? "" : ":\(entry.name):\(entry.choices.isEmpty ? " " : "(\(entry.choices.joined(separator: " ")))")"
        return "      '--\(entry.name)[\(zshText(entry.meaning))]\(value)'"
      }
      return "    \(spec.name.rawValue)) _arguments \\\n\(arguments.joined(separator: " \\\n")) ;;"
    }
    let own = OwnCommand.allCases.compactMap { own -> String? in
      let words = words(after: own)
      return words.isEmpty ? nil : "    \(own.rawValue)) _values '\(own.rawValue)' \(words.joined(separator: " ")) ;;"
    }
    return """
      #compdef seatctl
      # seatctl completion zsh > /usr/share/zsh/vendor-completions/_seatctl
      _seatctl() {
        local -a commands
        commands=(
      \(commands.map { "    '\($0.name):\(zshText($0.summary))'" }.joined(separator: "\n"))
        )
        _arguments -C '--json[one JSON object a line]' '--socket[where the daemon listens]:socket:_files' \\
          '1:command:->command' '*::argument:->argument'
        case "$state" in
          command) _describe command commands ;;
          argument)
            case "$words[1]" in
      \((cases + own).joined(separator: "\n"))
            esac ;;
        esac
      }
      if [ "$funcstack[1]" = _seatctl ]; then _seatctl "$@"; else compdef _seatctl seatctl; fi
      """
  }

  private static var fish: String {
    let none = "complete -c seatctl -n __fish_use_subcommand"
    var lines = [
      "# seatctl completion fish > /usr/share/fish/vendor_completions.d/seatctl.fish", "complete -c seatctl -f",
      "\(none) -l json -d 'one JSON object a line'", "\(none) -l socket -r -F -d 'where the daemon listens'",
    ]
    for (name, summary) in commands { lines.append("\(none) -a \(name) -d '\(fishText(summary))'") }
    for spec in CommandSpec.all where OwnCommand(rawValue: spec.name.rawValue) == nil {
      let seen = "complete -c seatctl -n '__fish_seen_subcommand_from \(spec.name.rawValue)'"
      for entry in Manual.entries(of: spec) {
        let choices = entry.choices.isEmpty ? "" : " -a '\(entry.choices.joined(separator: " "))'"
        lines.append(
          "\(seen) -l \(entry.name)\(entry.value == nil ? "" : " -x")\(choices) -d '\(fishText(entry.meaning))'")
      }
    }
    for own in OwnCommand.allCases {
      let words = words(after: own)
      guard !words.isEmpty else { continue }
      lines.append(
        "complete -c seatctl -n '__fish_seen_subcommand_from \(own.rawValue)' -a '\(words.joined(separator: " "))'")
    }
    return lines.joined(separator: "\n")
  }

  /// Inside single quotes and `_arguments`' brackets.
  private static func zshText(_ text: String) -> String {
    String(text.flatMap { "'".contains($0) ? "’" : "[]:\\".contains($0) ? "\\\($0)" : "\($0)" })
  }

  private static func fishText(_ text: String) -> String {
    String(text.flatMap { "'\\".contains($0) ? "\\\($0)" : "\($0)" })
  }
}
