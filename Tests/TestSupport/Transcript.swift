import Foundation
package import Testing

/// Compares a conversation with what was written down. `…` in the script stands for anything in a line, and `#` begins a
/// remark.
package func expect(
  _ daemon: TestDaemon, says script: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let lines = script.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
    !$0.isEmpty && !$0.hasPrefix("#")
  }
  let heard = try daemon.talk(lines.filter { $0.hasPrefix("C: ") }.map { String($0.dropFirst(3)) })
  for (index, (expected, actual)) in zip(lines, heard).enumerated() where !Transcript.matches(expected, actual) {
    Issue.record("line \(index + 1)\n  expected \(expected)\n  heard    \(actual)", sourceLocation: sourceLocation)
    return
  }
  #expect(lines.count == heard.count, "\(heard.suffix(3))", sourceLocation: sourceLocation)
}

package enum Transcript {
  /// Whether a line is what was written down, `…` standing for anything.
  package static func matches(_ expected: String, _ actual: String) -> Bool {
    let parts = expected.components(separatedBy: "…")
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return expected == actual }
    guard actual.hasPrefix(first) else { return false }
    var rest = actual.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
