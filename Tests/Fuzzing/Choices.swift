/// An input read as a row of choices; zeros follow its end, so that every input means something.
struct Choices {
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) { rest = input[...] }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// From 0 up to, but not including, `count`.
  mutating func below(_ count: Int) -> Int { Int(byte()) % count }

  mutating func flag() -> Bool { byte() & 1 == 1 }

  /// For what costs the time of hundreds of other inputs.
  mutating func isRare() -> Bool { byte() == 255 }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func text() -> String { String(decoding: bytes(below(64)), as: UTF8.self) }
}
