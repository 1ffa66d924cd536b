import Glibc
import SeatClient

/// How far a long work is, on a terminal's last line; nothing where nobody watches.
struct ProgressBar {
  private let total: Int
  private let isShown = isatty(STDERR_FILENO) == 1
  private static let width = 24

  init(of total: Int) { self.total = total }

  func show(_ what: String, _ done: Int) {
    guard isShown, total > 0 else { return }
    let full = min(Self.width, done * Self.width / total)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
    write("\r\u{1B}[K\(what)  \(bar)  \(Table.grouped(done)) of \(Table.grouped(total))")
  }

  func clear() { if isShown { write("\r\u{1B}[K") } }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
