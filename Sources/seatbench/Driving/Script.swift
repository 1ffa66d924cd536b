/// What one connection says and hears: asked for lines while it has room, told of each reply's end.
protocol Script: Sendable {
  /// The next request with its LF, appended to `bytes`; `false` where none is ready before another reply.
  mutating func next(into bytes: inout [UInt8]) -> Bool

  /// The last line of the oldest unanswered request's reply.
  mutating func take(_ line: ArraySlice<UInt8>)

  /// Nothing more will be asked.
  var isFinished: Bool { get }
}

/// Finds the decimal number behind ` name=` in a reply's line.
func number(_ name: StaticString, in line: ArraySlice<UInt8>) -> Int64? {
  name.withUTF8Buffer { name in
    var index = line.startIndex
    while index + name.count + 2 <= line.endIndex {
      if line[index] == UInt8(ascii: " "), line[index + 1 + name.count] == UInt8(ascii: "="),
        line[(index + 1)..<(index + 1 + name.count)].elementsEqual(name)
      {
        let digits = line[(index + name.count + 2)...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
      }
      index += 1
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  func begins(with text: StaticString) -> Bool { text.withUTF8Buffer { starts(with: $0) } }
}
