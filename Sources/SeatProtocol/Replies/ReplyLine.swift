package import SeatLedger

/// One line of the daemon as a client reads it.
package struct ReplyLine: Sendable {
  package let tag: String?
  package let kind: Kind
  /// What follows the kind, as it came: fields, or one JSON object.
  package let body: String

  package enum Kind: Hashable, Sendable {
    case greeting, data, note, event
    case ok
    case error(code: String)

    package var isFinal: Bool {
      switch self {
      case .ok, .error: true
      case .greeting, .data, .note, .event: false
      }
    }
  }

  package var fields: Fields { Fields(stored: body) }

  package func value(_ name: FieldName) -> String? { fields.pairs.first { $0.name == name.rawValue }?.value }

  /// A note that is no list of fields: Prometheus' text.
  package var isForeign: Bool { kind == .note && body.hasPrefix("#") }

  /// `nil` for a line that is not of this protocol.
  package init?(_ line: String) {
    var rest = line[...]
    var tag: String?
    if rest.utf8.first == UInt8(ascii: "@") {
      tag = String(Self.word(&rest).dropFirst())
    }
    self.tag = tag
    switch Self.word(&rest) {
    case "*": kind = .greeting
    case "D": kind = .data
    case "I": kind = .note
    case "E": kind = .event
    case "OK": kind = .ok
    case "ERR": kind = .error(code: String(Self.word(&rest)))
    default: return nil
    }
    body = String(rest)
  }

  /// By bytes: a space that a combining mark follows is another character, and still a space.
  private static func word(_ rest: inout Substring) -> Substring {
    let space = UInt8(ascii: " ")
    let word = rest.utf8.prefix { $0 != space }
    rest = Substring(rest.utf8[word.endIndex...].drop { $0 == space })
    return Substring(word)
  }
}
