/// Takes one record after the other off the text of a file.
///
/// A record with a fault is left out and the next one is tried, so that one pass finds every fault.
struct CSVScanner {
  private let text: ArraySlice<UInt8>
  private var index: Int
  private var line = 1
  private(set) var faults: [CSVFault] = []

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    index = text.startIndex
  }

  mutating func report(_ line: Int, _ message: String) { faults.append(CSVFault(line: line, message)) }

  mutating func next() -> CSVRecord? {
    while index < text.endIndex {
      let start = line
      let before = faults.count
      if isLineEnd {
        takeLineEnd()
        // Empty lines behind the last row are nobody's mistake.
        if text[index...].contains(where: { $0 != Self.lineFeed && $0 != Self.carriageReturn }) {
          report(start, "the line is empty; delete it")
        }
        continue
      }
      let cells = takeCells()
      if faults.count == before { return CSVRecord(line: start, cells: cells) }
    }
    return nil
  }

  /// The cells up to the record's end, which is taken, too.
  private mutating func takeCells() -> [String] {
    var cells: [String] = []
    while true {
      cells.append(index < text.endIndex && text[index] == Self.quote ? takeQuoted() : takeBare())
      guard index < text.endIndex else { return cells }
      if text[index] == Self.comma {
        index += 1
        continue
      }
      takeLineEnd()
      return cells
    }
  }

  private mutating func takeBare() -> String {
    let start = index
    var hasQuote = false
    while index < text.endIndex, text[index] != Self.comma, !isLineEnd {
      hasQuote = hasQuote || text[index] == Self.quote
      index += 1
    }
    if hasQuote { report(line, #"a quote inside a value; write "it has ""quotes"" inside", from its first letter on"#) }
    return String(decoding: text[start..<index], as: UTF8.self)
  }

  private mutating func takeQuoted() -> String {
    let start = line
    var value: [UInt8] = []
    index += 1
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      guard byte == Self.quote else {
        if byte == Self.lineFeed { line += 1 }
        value.append(byte)
        continue
      }
      if index < text.endIndex, text[index] == Self.quote {
        value.append(byte)
        index += 1
        continue
      }
      if index < text.endIndex, text[index] != Self.comma, !isLineEnd {
        report(line, #"text behind a closing quote; a quote inside a value is written twice: """#)
        while index < text.endIndex, text[index] != Self.comma, !isLineEnd { index += 1 }
      }
      return String(decoding: value, as: UTF8.self)
    }
    report(start, "a quote is opened here and never closed")
    return ""
  }

  private var isLineEnd: Bool {
    text[index] == Self.lineFeed
      || text[index] == Self.carriageReturn && index + 1 < text.endIndex && text[index + 1] == Self.lineFeed
  }

  private mutating func takeLineEnd() {
    index += text[index] == Self.carriageReturn ? 2 : 1
    line += 1
  }
}
