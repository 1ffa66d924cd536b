import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// How far a long command is: one line on a terminal that is written over and taken away at the end, nothing elsewhere.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isShown = false

  /// Columns of the bar itself: the whole line fits a terminal of 80.
  static let columns = 30

  /// - Returns: `false` for a line that tells no progress.
  mutating func show(_ line: ReplyLine) -> Bool {
    guard line.kind == .note else { return false }
    let values = ReplyValues(line)
    guard values[.done] != nil else { return false }
    if isTerminal {
      write("\r\u{1B}[K" + Self.text(values))
      isShown = true
    }
    return true
  }

  mutating func clear() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  static func text(_ values: ReplyValues) -> String {
    let (done, total) = (values.count(.done), max(1, values.count(.total)))
    let full = Int(min(done, total) * Int64(columns) / total)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: columns - full)
    let left = values.count(.secondsLeft)
    return
      "\(bar) \(min(done, total) * 100 / total) %  \(Table.grouped(String(done))) of \(Table.grouped(String(total)))"
      + (left > 0 ? ", \(duration(left)) left" : "")
  }

  private static func duration(_ seconds: Int64) -> String {
    seconds < 90 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
