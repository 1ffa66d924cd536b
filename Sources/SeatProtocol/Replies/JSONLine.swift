package import SeatLedger

/// Fields as one JSON object: counts and sequence numbers as numbers, everything else as strings.
package enum JSONLine {
  package static func write(_ fields: Fields, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    for (index, pair) in fields.pairs.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(pair.name, into: &bytes)
      bytes.append(UInt8(ascii: ":"))
      if FieldName(rawValue: pair.name)?.isNumber == true, isNumber(pair.value) {
        bytes.append(contentsOf: pair.value.utf8)
      } else {
        write(pair.value, into: &bytes)
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Only as JSON itself would write it: `+5`, `007` and `-0` are somebody's text.
  private static func isNumber(_ value: String) -> Bool { Int64(value).map { String($0) == value } ?? false }

  private static func write(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes.append(contentsOf: #"\""#.utf8)
      case "\\": bytes.append(contentsOf: #"\\"#.utf8)
      case "\n": bytes.append(contentsOf: #"\n"#.utf8)
      case "\r": bytes.append(contentsOf: #"\r"#.utf8)
      case "\t": bytes.append(contentsOf: #"\t"#.utf8)
      // The protocol's lines hold no control characters, those beyond ASCII included.
      case let scalar where Fields.isUnprintable(scalar):
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(contentsOf: [scalar.value / 16, scalar.value % 16].map { hexadecimal[Int($0)] })
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)
}
