internal import SeatLedger

/// Writes request lines for a client; values are quoted where they need it.
package struct RequestText: Sendable {
  package private(set) var line: String

  package init(_ command: String) { line = command }

  package mutating func add(_ name: String, _ value: String) {
    var fields = Fields()
    fields.add(name: name, value: value)
    line += " \(fields.string)"
  }

  package mutating func add(option name: OptionName, _ value: String? = nil) {
    guard let value else {
      line += " +\(name.rawValue)"
      return
    }
    var fields = Fields()
    fields.add(name: name.rawValue, value: value)
    line += " +\(fields.string)"
  }
}
