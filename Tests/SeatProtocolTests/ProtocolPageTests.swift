import Foundation
import SeatLedger
import Testing

@Suite("The protocol's page")
struct ProtocolPageTests {
  @Test("lists every error code, with what a client may do about it")
  func errorCodes() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/SeatProtocol/README.md")
    var listed: [String: String] = [:]
    for row in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") where row.hasPrefix("| `") {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 2 else { continue }
      var prefix: Substring = ""
      for word in cells[0].split(separator: "`").map({ Substring($0.trimmingCharacters(in: .whitespaces)) })
      where !word.isEmpty && word != "·" {
        if word.hasSuffix(".") { prefix = word } else { listed["\(prefix)\(word)"] = cells[1] }
      }
    }
    for code in ErrorCode.allCases {
      #expect(listed[code.rawValue] == code.retry.rawValue, "\(code.rawValue)")
    }
  }
}
