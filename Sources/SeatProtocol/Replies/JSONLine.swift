package import SeatLedger

/// Fields as one JSON object: counts and sequence numbers as numbers, everything else as strings.
package enum JSONLine {
  package static func write(_ fields: Fields, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    for (index, pair) in fields.pairs.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(pair.name, into: &bytes)
      bytes.append(UInt8(ascii: ":"))
      if FieldName(rawValue: pair.name)?.isNumber == true, Int64(pair.value) != nil {
        bytes.append(contentsOf: pair.value.utf8)
      } else {
        write(pair.value, into: &bytes)
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private static func write(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
      case 0..<0x20: bytes.append(contentsOf: "?".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
