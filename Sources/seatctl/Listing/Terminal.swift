import Glibc

/// What standard output is, and how wide.
struct Terminal {
  let isTerminal: Bool
  let hasColour: Bool
  /// Columns; what everybody has where nobody tells.
  let width: Int

  static let standardWidth = 80

  init(environment: [String: String]) {
    isTerminal = isatty(STDOUT_FILENO) == 1
    hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    var size = winsize()
    let isKnown = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? Self.standardWidth
  }

  init(isTerminal: Bool, hasColour: Bool, width: Int) {
    self.isTerminal = isTerminal
    self.hasColour = hasColour
    self.width = width
  }

  func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  func dim(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  func paint(_ text: String, _ signal: Signal?) -> String {
    guard hasColour, let signal else { return text }
    return "\u{1B}[\(signal.code)m\(text)\u{1B}[0m"
  }
}

/// What a colour says. The terminal's own red, green and magenta can be read on light and on dark; its yellow cannot.
enum Signal: Hashable {
  case good, soon, gone

  fileprivate var code: String {
    switch self {
    case .good: "32"
    case .soon: "35"
    case .gone: "1;31"
    }
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// At most so many characters, the last of them `…` where some are missing.
  func cut(to width: Int) -> String { count <= width ? self : String(prefix(max(0, width - 1))) + "…" }
}
