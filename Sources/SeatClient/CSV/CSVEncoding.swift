/// What a file's bytes are: UTF-8 text is read, everything else is called by its name.
enum CSVEncoding {
  /// First bytes of what people take for CSV.
  private static let others: [(bytes: [UInt8], what: String)] = [
    ([0xFF, 0xFE, 0, 0], "the file is UTF-32 text"), ([0, 0, 0xFE, 0xFF], "the file is UTF-32 text"),
    ([0xFF, 0xFE], "the file is UTF-16 text (Excel's \"Unicode Text\")"),
    ([0xFE, 0xFF], "the file is UTF-16 text (Excel's \"Unicode Text\")"),
    (Array("PK\u{3}\u{4}".utf8), "the file is a spreadsheet itself (.xlsx or .ods)"),
    ([0xD0, 0xCF, 0x11, 0xE0], "the file is a spreadsheet itself (.xls)"),
    ([0x1F, 0x8B], "the file is compressed"), (Array("%PDF".utf8), "the file is a PDF"),
  ]

  /// The text without its byte order mark.
  static func text(of bytes: [UInt8]) -> Result<ArraySlice<UInt8>, CSVFault> {
    if let other = others.first(where: { bytes.starts(with: $0.bytes) }) { return .failure(save(other.what)) }
    // Latin letters in UTF-16 are every other byte NUL.
    if bytes.prefix(64).count(where: { $0 == 0 }) >= 8 { return .failure(save("the file is UTF-16 text, or no text")) }
    return .success(bytes[(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)...])
  }

  private static func save(_ what: String) -> CSVFault {
    CSVFault(line: 1, "\(what); save it as \"CSV UTF-8 (comma delimited)\"")
  }

  /// A fault a line that is not UTF-8 or holds control characters.
  static func faults(in text: ArraySlice<UInt8>) -> [CSVFault] {
    if !text.contains(UInt8(ascii: "\n")), text.contains(UInt8(ascii: "\r")) {
      return [CSVFault(line: 1, "the lines end in bare carriage returns (old Macintosh); save it as \"CSV UTF-8\"")]
    }
    var faults: [CSVFault] = []
    var line = 0
    for part in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      let part = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
      if part.contains(where: { $0 >= 0x80 }), String(validating: part, as: UTF8.self) == nil {
        faults.append(
          CSVFault(line: line, "not UTF-8: an accented letter or a dash of Windows-1252? save it as \"CSV UTF-8\""))
      } else if let control = part.first(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) {
        faults.append(CSVFault(line: line, "a control character (byte \(control)); delete it"))
      }
    }
    return faults
  }
}
