import SeatSession
import Testing

@Suite("Lines of a stream")
struct LineFramerTests {
  /// The lines that come out, with `nil` for one that is too long.
  private func pieces(of text: String, in chunks: Int) -> [String?] {
    var framer = LineFramer()
    var rest = Array(text.utf8)[...]
    var pieces: [String?] = []
    while !rest.isEmpty {
      rest.prefix(chunks).withUnsafeBytes { framer.append($0) }
      rest = rest.dropFirst(chunks)
      while let piece = framer.next() {
        switch piece {
        case .line(let bytes): pieces.append(String(decoding: bytes, as: UTF8.self))
        case .tooLong: pieces.append(nil)
        }
      }
    }
    return pieces
  }

  @Test("in whatever pieces it comes, the lines are the same", arguments: [1, 2, 7, 4_096, 8_192, 100_000])
  func chunks(_ size: Int) {
    let longest = String(repeating: "l", count: LineFramer.mostBytes - 1)
    let text = "a\n\nb c\n\(longest)\n\(longest)x\nafter\n\(longest)\(longest)\(longest)\nend\nunfinished"
    #expect(pieces(of: text, in: size) == ["a", "", "b c", longest, nil, "after", nil, "end"])
  }

  @Test("an endless line costs no more memory than one line")
  func endless() {
    var framer = LineFramer()
    for _ in 0..<100 {
      [UInt8](repeating: 0x78, count: 65_536).withUnsafeBytes { framer.append($0) }
      while framer.next() != nil {}
      #expect(framer.waiting == 0 && framer.hasPartialLine)
    }
  }
}
