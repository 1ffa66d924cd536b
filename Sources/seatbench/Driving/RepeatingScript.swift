/// Asks the same again and again.
struct RepeatingScript: Script {
  private let line: [UInt8]
  /// What is said once, before all else.
  private var opening: [UInt8]
  let isFinished = false

  init(_ line: String, opening: String? = nil) {
    self.line = Array("\(line)\n".utf8)
    self.opening = Array((opening.map { "\($0)\n" } ?? "").utf8)
  }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    bytes.append(contentsOf: opening.isEmpty ? line : opening)
    opening.removeAll()
    return true
  }

  mutating func take(_ line: ArraySlice<UInt8>) {}
}
