import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// How far a long work is: one line on a terminal that is written over and taken away at the end, nothing elsewhere.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isShown = false

  /// Columns of the bar itself: the whole line fits a terminal of 80.
  static let columns = 30

  /// - Parameter what: the work, where there are several after each other.
  mutating func show(_ what: String = "", done: Int64, of total: Int64, secondsLeft: Int64 = 0) {
    guard isTerminal else { return }
    let name = what.isEmpty ? "" : "\(what)  "
    write("\r\u{1B}[K\(name)\(Self.text(done: done, of: total, secondsLeft: secondsLeft))")
    isShown = true
  }

  /// - Returns: `false` for a line of a reply that tells no progress.
  mutating func show(_ line: ReplyLine) -> Bool {
    guard line.kind == .note else { return false }
    let values = ReplyValues(line)
    guard values[.done] != nil else { return false }
    show(done: values.count(.done), of: values.count(.total), secondsLeft: values.count(.secondsLeft))
    return true
  }

  mutating func clear() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  static func text(done: Int64, of total: Int64, secondsLeft: Int64) -> String {
    let total = max(1, total)
    let done = min(done, total)
    let full = Int(done * Int64(columns) / total)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: columns - full)
    let left = secondsLeft > 0 ? ", \(duration(secondsLeft)) left" : ""
    return "\(bar) \(done * 100 / total) %  \(Table.grouped(String(done))) of \(Table.grouped(String(total)))\(left)"
  }

  private static func duration(_ seconds: Int64) -> String {
    seconds < 90 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
  }

  private func write(_ text: String) { _ = writeAll(Array(text.utf8), to: STDERR_FILENO) }
}
