internal import SeatLedger

/// Reads one line of the grammar. Whatever is not in the grammar is an error, never a guess.
package struct RequestParser {
  private var rest: ArraySlice<UInt8>
  private var tag: String?

  /// - Parameter line: without its LF; one CR at the end is taken off.
  /// - Returns: `nil` for a line of nothing or of spaces, which is ignored.
  package static func parse(_ line: ArraySlice<UInt8>) throws(BadLine) -> RequestLine? {
    let bytes = line.count + 1
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    guard let start = line.firstIndex(where: { $0 != space }) else { return nil }
    var parser = RequestParser(rest: line[start...])
    do {
      return try parser.request(bytes)
    } catch {
      throw BadLine(tag: parser.tag, refusal: error)
    }
  }

  /// The tag of a line that cannot be parsed, where all of it has come.
  package static func tag(of line: ArraySlice<UInt8>) -> String? {
    var parser = RequestParser(rest: line.drop { $0 == space })
    // Only a space behind it says that a tag is whole.
    guard parser.rest.contains(space), parser.takeTag() == nil else { return nil }
    return parser.tag
  }

  private static let space = UInt8(ascii: " ")

  private mutating func request(_ bytes: Int) throws(Refusal) -> RequestLine {
    let whole = rest
    let tagError = takeTag()
    try Self.checkBytes(whole)
    if let tagError { throw tagError }
    let spec = try takeCommand()
    var arguments: [RequestLine.Argument] = []
    arguments.reserveCapacity(min(spec.arguments.count, Self.ordinaryArguments))
    var options = RequestLine.Options()
    var seen: [OptionName] = []
    while skipSpaces() {
      if rest.first == UInt8(ascii: "+") {
        try takeOption(of: spec, into: &options, &seen)
      } else {
        arguments.append(try takeArgument(of: spec, behind: arguments))
      }
    }
    for argument in spec.arguments where argument.isRequired {
      guard arguments.contains(where: { $0.name == argument.name }) else {
        let name = argument.name.rawValue
        throw Refusal(.missingArgument, nil, "\(spec.name.rawValue) needs \(name)=: \(argument.type.expected)") {
          $0.add(.argument, name)
        }
      }
    }
    let either = spec.either
    if let first = either.first, !arguments.contains(where: { either.contains($0.name) }) {
      throw Refusal(
        .missingArgument, nil,
        "\(spec.name.rawValue) needs \(either.map { "\($0.rawValue)=" }.joined(separator: " or ")), as the program's seats expire"
      ) {
        $0.add(.argument, first.rawValue)
      }
    }
    return RequestLine(tag: tag, command: spec, arguments: arguments, options: options, bytes: bytes)
  }
}

// MARK: - Tag and bytes

extension RequestParser {
  /// Takes a tag off the front. A bad one is reported only after the bytes of the line are known to be sound.
  private mutating func takeTag() -> Refusal? {
    guard rest.first == UInt8(ascii: "@") else { return nil }
    let word = rest.dropFirst().prefix { $0 != Self.space }
    let isTag = (1...32).contains(word.count) && word.allSatisfy(Self.isTagByte)
    rest = rest[word.endIndex...]
    guard isTag else { return .badValue("tag", "a tag is @ and 1 to 32 letters, digits, . _ or -") }
    tag = String(decoding: word, as: UTF8.self)
    _ = skipSpaces()
    return nil
  }

  private static func isTagByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  /// No control characters, and valid UTF-8 beyond ASCII.
  private static func checkBytes(_ line: ArraySlice<UInt8>) throws(Refusal) {
    // Without a way out before its end, so that many bytes are looked at at once.
    var control: UInt8 = 0
    var all: UInt8 = 0
    line.withUnsafeBufferPointer { bytes in
      for byte in bytes {
        control |= byte < 0x20 || byte == 0x7F ? 1 : 0
        all |= byte
      }
    }
    if control != 0 { throw badByte }
    if all < 0x80 { return }
    guard let text = String(validating: line, as: UTF8.self) else { throw badByte }
    if text.unicodeScalars.contains(where: { (0x80..<0xA0).contains($0.value) }) { throw badByte }
  }

  private static var badByte: Refusal {
    Refusal(.badByte, nil, "a line holds no control characters and is valid UTF-8")
  }
}

// MARK: - Words

extension RequestParser {
  /// Whether anything is left after the spaces.
  private mutating func skipSpaces() -> Bool {
    rest = rest.drop { $0 == Self.space }
    return !rest.isEmpty
  }

  private mutating func takeCommand() throws(Refusal) -> CommandSpec {
    let word = rest.prefix { $0 != Self.space }
    rest = rest[word.endIndex...]
    let text = String(decoding: word, as: UTF8.self)
    guard let spec = CommandSpec.named(text) else {
      let near = Spelling.nearest(to: text, among: CommandName.allCases.map(\.rawValue))
      let hint = near.map { "; did you mean \($0)?" } ?? "; help lists the commands"
      throw Refusal(.unknownCommand, nil, "no such command\(hint)")
    }
    return spec
  }

  private mutating func takeArgument(
    of spec: CommandSpec, behind others: [RequestLine.Argument]
  ) throws(Refusal) -> RequestLine.Argument {
    let name = takeName()
    guard let argument = spec.argument(named: name) else {
      throw Self.unknown(name, of: spec, among: spec.arguments.map(\.name.rawValue))
    }
    if others.contains(where: { $0.name == argument.name }) { throw Self.duplicate(name) }
    guard let text = try takeValue(name) else {
      throw .badValue(name, "\(name) needs a value: \(name)=…, \(argument.type.expected)")
    }
    guard let value = argument.type.value(of: text) else {
      throw .badValue(name, "\(name)= takes \(argument.type.expected)")
    }
    return RequestLine.Argument(name: argument.name, text: text, value: value)
  }

  private mutating func takeOption(
    of spec: CommandSpec, into options: inout RequestLine.Options, _ seen: inout [OptionName]
  ) throws(Refusal) {
    rest = rest.dropFirst()
    let name = takeName()
    guard let option = OptionName(rawValue: name), spec.options.contains(option) else {
      throw Self.unknown("+\(name)", of: spec, among: spec.options.map { "+\($0.rawValue)" }.sorted())
    }
    guard !seen.contains(option) else { throw Self.duplicate("+\(name)") }
    seen.append(option)
    let value = try takeValue("+\(name)")
    switch (option, value) {
    case (.json, nil): options.isJSON = true
    case (.dry, nil): options.isDry = true
    case (.json, _), (.dry, _): throw .badValue("+\(name)", "+\(name) takes no value")
    case (.idem, let key?) where ValueType.isKey(key): options.key = key
    case (.idem, _): throw .badValue("+idem", "+idem= takes \(ValueType.key.expected)")
    case (.limit, let text?):
      guard case .integer(let limit)? = ValueType.count(1...RequestLine.rows.upperBound).value(of: text) else {
        throw .badValue("+limit", "+limit= takes a whole number from 1 to \(RequestLine.rows.upperBound)")
      }
      options.limit = Int(limit)
    case (.after, let cursor?) where !cursor.isEmpty && cursor.utf8.count <= Self.mostCursorBytes:
      options.after = cursor
    case (.after, _): throw .badValue("+after", "+after= takes what next= gave, as it was")
    case (.actor, let actor?) where Self.actorBytes.contains(actor.utf8.count): options.actor = actor
    case (.actor, _): throw .badValue("+actor", "+actor= takes a text of 1 to \(Self.actorBytes.upperBound) bytes")
    case (.asOf, let text?):
      guard case .moment(let moment)? = ValueType.moment.value(of: text) else {
        throw .badValue("+as-of", "+as-of= takes \(ValueType.moment.expected)")
      }
      options.asOf = moment
    case (.known, let text?):
      guard let known = Self.known(text) else {
        throw .badValue("+known", "+known= takes a journal position or a date like 2025-06-30")
      }
      options.known = known
    case (.limit, nil), (.asOf, nil), (.known, nil):
      throw .badValue("+\(name)", "+\(name)= takes a value")
    }
  }

  /// As many as most requests have.
  private static let ordinaryArguments = 8
  /// Longer than any cursor that a list gives out.
  private static let mostCursorBytes = 512
  /// Of who asked: a name, an address, a ticket's number.
  private static let actorBytes = 1...128

  private static func known(_ text: String) -> RequestLine.Options.Known? {
    if case .integer(let seq)? = ValueType.count(0...Int.max).value(of: text) { return .entry(EntryNumber(seq)) }
    if case .date(let date)? = ValueType.date.value(of: text) { return .date(date) }
    return nil
  }

  /// The characters up to `=`, a space or a quote.
  private mutating func takeName() -> String {
    let name = rest.prefix { $0 != Self.space && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
    rest = rest[name.endIndex...]
    return String(decoding: name, as: UTF8.self)
  }

  private static func unknown(_ name: String, of spec: CommandSpec, among names: [String]) -> Refusal {
    let near = Spelling.nearest(to: name, among: names)
    let known = names.isEmpty ? "takes none" : "takes \(names.joined(separator: ", "))"
    let hint = near.map { "did you mean \($0)?" } ?? "it \(known)"
    return Refusal(.unknownArgument, nil, "\(spec.name.rawValue) has no such argument; \(hint)") {
      $0.add(.argument, String(name.prefix(64)))
    }
  }

  private static func duplicate(_ name: String) -> Refusal {
    Refusal(.duplicateArgument, nil, "\(name) is given twice; which one is meant?") { $0.add(.argument, name) }
  }
}

// MARK: - Values

extension RequestParser {
  /// The value behind `=`, unquoted; `nil` where there is no `=` or nothing behind it.
  private mutating func takeValue(_ name: String) throws(Refusal) -> String? {
    guard rest.first == UInt8(ascii: "=") else {
      if rest.isEmpty || rest.first == Self.space { return nil }
      throw Self.badQuote(name)
    }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "\"") { return try takeQuoted(name) }
    let bare = rest.prefix { $0 != Self.space }
    guard bare.withUnsafeBufferPointer({ $0.allSatisfy { Fields.isBare($0) } }) else { throw Self.badQuote(name) }
    rest = rest[bare.endIndex...]
    guard !bare.isEmpty else { throw .badValue(name, "\(name)= needs a value behind it") }
    return String(decoding: bare, as: UTF8.self)
  }

  private mutating func takeQuoted(_ name: String) throws(Refusal) -> String {
    var value: [UInt8] = []
    var index = rest.startIndex + 1
    while index < rest.endIndex {
      switch rest[index] {
      case UInt8(ascii: "\""):
        rest = rest[(index + 1)...]
        guard rest.isEmpty || rest.first == Self.space else { throw Self.badQuote(name) }
        return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        guard index < rest.endIndex, Self.escapes.contains(rest[index]) else { throw Self.badQuote(name) }
        value.append(Fields.unescaped(rest[index]))
      case let byte: value.append(byte)
      }
      index += 1
    }
    throw Self.badQuote(name)
  }

  private static let escapes = Array(#""\nrt"#.utf8)

  private static func badQuote(_ name: String) -> Refusal {
    let form = #"write name="a value with spaces", and \" \\ \n \r \t inside the quotes"#
    return Refusal(.badQuote, nil, form) { $0.add(.argument, String(name.prefix(64))) }
  }
}
