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

  /// The protocol's commands and seatctl's own, with what may follow each.
  private struct Subject {
    let name: String
    /// Words that may stand right behind it.
    var words: [String] = []
    /// Whether a file stands behind that word.
    var takesFile = false
    let entries: [Manual.Entry]

    var options: [String] { entries.map { "--\($0.name)" } }
  }

  private static let subjects: [Subject] =
    CommandSpec.all.filter { OwnCommand(rawValue: $0.name.rawValue) == nil }.map {
      Subject(name: $0.name.rawValue, entries: Manual.entries(of: $0))
    }
    + OwnCommand.allCases.map {
      Subject(name: $0.rawValue, words: $0.words, takesFile: $0 == .import, entries: $0.entries)
    }

  private static var bash: String {
    let first = subjects.map { subject in
      let words = subject.words.isEmpty ? subject.options : subject.words
      return "      \(subject.name):) words=\"\(words.joined(separator: " "))\" ;;"
    }
    let later = subjects.filter { !$0.words.isEmpty }.map { subject in
      "      \(subject.name):*) words=\"\(subject.options.joined(separator: " "))\" ;;"
    }
    let files = subjects.filter(\.takesFile).map { "      \($0.name):?*:) files=yes ;;" }
    let flags = Set(subjects.flatMap(\.entries).filter { $0.value == nil }.map(\.name)).sorted()
    let values = subjects.flatMap { subject in
      subject.entries.filter { !$0.choices.isEmpty || $0.isFile }.map { entry in
        let offer = entry.isFile ? "files=yes words=" : "words=\"\(entry.choices.joined(separator: " "))\""
        return "      \(subject.name):--\(entry.name)) \(offer) ;;"
      }
    }
    return """
      # seatctl completion bash > /usr/share/bash-completion/completions/seatctl
      _seatctl() {
        local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
        local command="" first="" second="" words="" files="" word skip=""
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          if [ -n "$skip" ]; then skip=""; continue; fi
          case "$word" in
            --socket) skip=yes ;;
            -*) ;;
            *) if [ -z "$command" ]; then command="$word"; elif [ -z "$first" ]; then first="$word"
               elif [ -z "$second" ]; then second="$word"; fi ;;
          esac
        done
        case "$command:$first" in
          :) words="--json --socket --version --help \(commands.map(\.name).joined(separator: " "))" ;;
      \((first + later).joined(separator: "\n"))
          *) words="" ;;
        esac
        case "$command:$first:$second" in
      \(files.joined(separator: "\n"))
        esac
        case "$command:$before" in
          *:--socket) files=yes words="" ;;
      \(values.joined(separator: "\n"))
          *:--json|\(flags.map { "*:--\($0)" }.joined(separator: "|"))) ;;
          *:--*=*) ;;
          *:--?*) words="" ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
      }
      complete -o filenames -F _seatctl seatctl
      """
  }

  private static var zsh: String {
    let cases = subjects.compactMap { subject -> String? in
      var arguments = subject.entries.map { entry in
        let offer = entry.isFile ? "_files" : entry.choices.isEmpty ? " " : "(\(entry.choices.joined(separator: " ")))"
        return "'--\(entry.name)[\(zshText(entry.meaning))]\(entry.value == nil ? "" : ":\(entry.name):\(offer)")'"
      }
      if !subject.words.isEmpty { arguments.append("'1:\(subject.name):(\(subject.words.joined(separator: " ")))'") }
      if subject.takesFile { arguments.append("'2:file:_files'") }
      guard !arguments.isEmpty else { return nil }
      return "    \(subject.name)) _arguments \\\n      \(arguments.joined(separator: " \\\n      ")) ;;"
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
      \(cases.joined(separator: "\n"))
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
    for subject in subjects {
      let seen = "complete -c seatctl -n '__fish_seen_subcommand_from \(subject.name)'"
      for entry in subject.entries {
        let choices = entry.choices.isEmpty ? "" : " -a '\(entry.choices.joined(separator: " "))'"
        let value = entry.value == nil ? "" : entry.isFile ? " -r -F" : " -x"
        lines.append("\(seen) -l \(entry.name)\(value)\(choices) -d '\(fishText(entry.meaning))'")
      }
      if !subject.words.isEmpty { lines.append("\(seen) -a '\(subject.words.joined(separator: " "))'") }
      if subject.takesFile { lines.append("\(seen) -F") }
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
