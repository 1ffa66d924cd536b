package import SeatLedger

/// One line of a client, parsed: its words are known, its values have their shapes. An object, for it is wide and
/// changes hands often.
package final class RequestLine: Sendable {
  package let tag: String?
  package let command: CommandSpec
  package let arguments: [Argument]
  package let options: Options
  /// As it was sent, its end included.
  package let bytes: Int

  package struct Argument: Sendable {
    package let name: ArgumentName
    /// As it came, unquoted: what an idempotency key compares.
    package let text: String
    package let value: ArgumentValue
  }

  package struct Options: Sendable {
    package var key: String?
    package var isDry = false
    package var isJSON = false
    package var limit = RequestLine.rows.lowerBound
    package var after: String?
    package var actor: String?
    /// As things stood then, by what had happened.
    package var asOf: Moment?
    /// As the journal knew it then.
    package var known: Known?

    package enum Known: Hashable, Sendable {
      case entry(EntryNumber)
      case date(CivilDate)
    }
  }

  /// Rows of a list: as many as one answer gives unasked, and the most it gives.
  package static let rows = 100...1_000

  package init(tag: String?, command: CommandSpec, arguments: [Argument], options: Options, bytes: Int) {
    self.tag = tag
    self.command = command
    self.arguments = arguments
    self.options = options
    self.bytes = bytes
  }

  package subscript(name: ArgumentName) -> ArgumentValue? { place(of: name).map { arguments[$0].value } }

  package func text(_ name: ArgumentName) -> String? { place(of: name).map { arguments[$0].text } }

  /// Looked at where they are: an argument is wide, and each is asked for several times.
  private func place(of name: ArgumentName) -> Int? {
    for index in arguments.indices where arguments[index].name == name { return index }
    return nil
  }

  package func code<Kind>(_ name: ArgumentName) -> Code<Kind>? { text(name).map { Code(stored: $0) } }

  /// Command and arguments in the order of their names, without the tenant that they are scoped to: what an idempotency
  /// key keeps (R22).
  package var canonical: String {
    var fields = Fields(behind: command.name.rawValue)
    let order = arguments.indices.sorted { arguments[$0].name.rawValue < arguments[$1].name.rawValue }
    for index in order where arguments[index].name != .tenant {
      fields.add(name: arguments[index].name.rawValue, value: arguments[index].text)
    }
    return fields.string
  }
}

/// A line that cannot be taken, with the tag that its error goes to.
package struct BadLine: Error, Sendable {
  package let tag: String?
  package let refusal: Refusal

  package init(tag: String?, refusal: Refusal) {
    self.tag = tag
    self.refusal = refusal
  }
}
