/// An ordered list of `name=value` pairs in the ledger's one text form.
///
/// Replies, an entry's details and the arguments kept for an idempotency key are all written and read by this type, so
/// that no value can break a line and a stored answer can be repeated as it was.
package struct Fields: Hashable, Sendable {
  package private(set) var text: [UInt8]

  package init() { text = [] }

  /// Behind a word of its own, such as a command.
  package init(behind word: String) {
    text = []
    text.reserveCapacity(Self.ordinaryLength)
    text.append(contentsOf: word.utf8)
  }

  private static let ordinaryLength = 160

  /// For text that this type has written.
  package init(stored text: String) { self.text = Array(text.utf8) }

  package var isEmpty: Bool { text.isEmpty }

  package var string: String { String(decoding: text, as: UTF8.self) }

  package mutating func add(_ name: FieldName, _ value: String) {
    begin(name)
    Self.write(value, to: &text)
  }

  package mutating func add(_ name: FieldName, _ value: Int64) {
    begin(name)
    Self.write(value, to: &text)
  }

  package mutating func add(_ name: FieldName, _ value: Int) { add(name, Int64(value)) }

  package mutating func add<Kind>(_ name: FieldName, _ code: Code<Kind>) {
    begin(name)
    text.append(contentsOf: code.text.utf8)
  }

  package mutating func add<Kind>(_ name: FieldName, _ number: Number<Kind>) { add(name, number.value) }

  package mutating func add(_ name: FieldName, _ money: Money) { add(name, money.description) }

  package mutating func add(_ name: FieldName, _ date: CivilDate) { add(name, date.description) }

  package mutating func add(_ name: FieldName, _ flag: Bool) { add(name, flag ? "yes" : "no") }

  package mutating func append(_ other: Fields) {
    guard !other.isEmpty else { return }
    if !text.isEmpty { text.append(UInt8(ascii: " ")) }
    text.append(contentsOf: other.text)
  }

  /// For names that are not replies' own, such as a request's arguments.
  package mutating func add(name: String, value: String) {
    separate()
    text.append(contentsOf: name.utf8)
    text.append(UInt8(ascii: "="))
    Self.write(value, to: &text)
  }

  private mutating func begin(_ name: FieldName) {
    separate()
    var name = name.rawValue
    name.withUTF8 { text.append(contentsOf: $0) }
    text.append(UInt8(ascii: "="))
  }

  private mutating func separate() {
    if text.isEmpty { text.reserveCapacity(Self.ordinaryLength) } else { text.append(UInt8(ascii: " ")) }
  }
}

// MARK: - Writing a value

extension Fields {
  /// Writes a value bare where it can stand bare and quoted where it cannot.
  ///
  /// A control character that has no escape of its own becomes `?`: the line must hold whatever comes in.
  private static func write(_ value: String, to text: inout [UInt8]) {
    var value = value
    let isPlain = value.withUTF8 { bytes in
      guard !bytes.isEmpty, bytes.allSatisfy({ $0 < 0x7F && isBare($0) }) else { return false }
      text.append(contentsOf: bytes)
      return true
    }
    if isPlain { return }
    if !value.isEmpty, value.utf8.allSatisfy(isBare), !value.unicodeScalars.contains(where: isUnprintable) {
      text.append(contentsOf: value.utf8)
      return
    }
    text.append(UInt8(ascii: "\""))
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text.append(contentsOf: #"\""#.utf8)
      case "\\": text.append(contentsOf: #"\\"#.utf8)
      case "\n": text.append(contentsOf: #"\n"#.utf8)
      case "\r": text.append(contentsOf: #"\r"#.utf8)
      case "\t": text.append(contentsOf: #"\t"#.utf8)
      case let scalar where isUnprintable(scalar): text.append(UInt8(ascii: "?"))
      default: text.append(contentsOf: String(Character(scalar)).utf8)
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func write(_ value: Int64, to text: inout [UInt8]) {
    // Written from its end, which fits: 2^63 has 19 digits.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value.magnitude
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if value < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      text.append(contentsOf: UnsafeMutableBufferPointer(rebasing: digits[start...]))
    }
  }

  /// `bare` of the grammar, byte by byte: no space, quote, apostrophe, backslash or control byte.
  @inlinable
  package static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x22, 0x27, 0x5C, 0x7F: false
    default: true
    }
  }

  /// The grammar's gaps: C0 controls, DEL and the C1 controls below U+00A0.
  package static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }
}

// MARK: - Reading

extension Fields {
  /// The pairs in order, unquoted.
  package var pairs: [(name: String, value: String)] {
    var pairs: [(String, String)] = []
    var rest = text[...]
    while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
      let name = String(decoding: rest[rest.startIndex..<equals], as: UTF8.self)
      rest = rest[(equals + 1)...]
      let value: [UInt8]
      if rest.first == UInt8(ascii: "\"") {
        let end: Int
        (value, end) = Self.unquote(rest, from: rest.startIndex + 1)
        rest = rest[end...]
      } else {
        let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
        value = Array(rest[..<end])
        rest = rest[end...]
      }
      pairs.append((name, String(decoding: value, as: UTF8.self)))
      if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    }
    return pairs
  }

  /// The value from behind an opening quote up to the closing one, and the index behind that.
  static func unquote<Text: RandomAccessCollection<UInt8>>(
    _ text: Text, from start: Int
  ) -> (value: [UInt8], end: Int) where Text.Index == Int {
    var value: [UInt8] = []
    var index = start
    while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
      if text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex {
        index += 1
        value.append(unescaped(text[index]))
      } else {
        value.append(text[index])
      }
      index += 1
    }
    return (value, min(index + 1, text.endIndex))
  }

  package static func unescaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: byte
    }
  }
}
