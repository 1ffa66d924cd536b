import SeatClient
import SeatProtocol

/// What `seatctl help` says, read off the command table.
enum Manual {
  static func text(_ spec: CommandSpec?, _ terminal: Terminal) -> String {
    guard let spec else { return overview(terminal) }
    var lines = ["\(terminal.bold("seatctl \(spec.name.rawValue)"))  \(spec.summary)", ""]
    lines += Self.lines(entries(of: spec), terminal.width)
    if let remark = spec.remark { lines += ["", Listing.wrapped(remark, min(terminal.width, mostWidth))] }
    return (lines + ["", Order.example(spec), "for: \(spec.roles)"]).joined(separator: "\n")
  }

  /// - Parameter marksOptional: where some of them are required.
  static func lines(_ entries: [Entry], _ columns: Int, marksOptional: Bool = true) -> [String] {
    entries.map { entry in
      let mark = entry.isRequired || !marksOptional ? "" : "[optional] "
      let meaning = Listing.wrapped("\(mark)\(entry.meaning)", columns - width - 3)
      let indented = meaning.split(separator: "\n").joined(separator: "\n" + String(repeating: " ", count: width + 3))
      return "  \("--\(entry.name)".padded(to: width)) \(indented)"
    }
  }

  /// Lines of prose longer than this are hard to read.
  private static let mostWidth = 100
  private static let width = 19

  /// An option of a command on the command line.
  struct Entry {
    let name: String
    let meaning: String
    let isRequired: Bool
    /// What its value looks like; `nil` for one that takes none.
    let value: String?
    /// The words that it takes, where they are few.
    var choices: [String] = []

    /// Whether a shell should offer files.
    var isFile: Bool { value == "file" }
  }

  /// Arguments, the protocol's options and seatctl's own, in this order: for help, the manual page and completion.
  static func entries(of spec: CommandSpec) -> [Entry] {
    entries(of: spec.arguments) + entries(of: spec.options.subtracting([.json]))
      + OwnOption.allCases.filter { Order.takes($0, spec) }.map {
        Entry(name: $0.rawValue, meaning: $0.meaning, isRequired: false, value: $0.value, choices: $0.choices)
      }
  }

  /// Each name once.
  static func entries(of arguments: [CommandSpec.Argument]) -> [Entry] {
    var seen: Set<ArgumentName> = []
    return arguments.filter { seen.insert($0.name).inserted }.map { argument in
      var entry = Entry(
        name: argument.name.rawValue, meaning: argument.type.expected, isRequired: argument.isRequired,
        value: argument.type.description)
      if case .choice(let words) = argument.type { entry.choices = words }
      guard argument.type == .year else { return entry }
      return Entry(
        name: entry.name, meaning: "\(entry.meaning), or last, this, next", isRequired: entry.isRequired,
        value: entry.value, choices: RelativeTime.words)
    }
  }

  static func entries(of options: Set<OptionName>) -> [Entry] {
    options.sorted { $0.rawValue < $1.rawValue }.map {
      Entry(name: $0.rawValue, meaning: $0.meaning, isRequired: false, value: $0 == .dry ? nil : $0.value)
    }
  }

  private static func overview(_ terminal: Terminal) -> String {
    let width = CommandName.allCases.map(\.rawValue.count).max() ?? 0
    func line(_ name: String, _ summary: String) -> String { "  \(name.padded(to: width))  \(summary)" }
    let lines =
      ["seatctl [--socket PATH] [--json] COMMAND [--ARGUMENT VALUE …]", "", terminal.bold("Commands")]
      + CommandSpec.all.filter { OwnCommand(rawValue: $0.name.rawValue) == nil }.map {
        line($0.name.rawValue, $0.summary)
      }
      + ["", terminal.bold("Of seatctl itself")]
      + OwnCommand.allCases.map { line($0.rawValue, $0.summary) }
      + [
        "", "seatctl alone shows where things stand; seatctl help COMMAND tells about one command.",
        "SEATLEDGER_SOCKET names the socket, SEATLEDGER_TOKEN a token to speak by.",
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

  fileprivate var value: String {
    switch self {
    case .idem: "key"
    case .limit: "1..\(RequestLine.rows.upperBound)"
    case .after: "cursor"
    case .actor: "text"
    case .asOf: "yyyy-mm-dd[Thh:mm]"
    case .known: "entry|yyyy-mm-dd"
    case .dry, .json: ""
    }
  }
}
