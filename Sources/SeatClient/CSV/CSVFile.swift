/// A table of comma-separated values (RFC 4180), read strictly: what is not in the grammar is a fault with its line, never
/// a guess.
package struct CSVFile {
  package var header: [String] = []
  package var records: [CSVRecord] = []
  /// Everything that is wrong with the file's form, in the order of its lines.
  package private(set) var faults: [CSVFault] = []

  /// So many bytes of a file are read: a million lines as rosters have them.
  package static let mostBytes = 64 << 20

  package init(_ bytes: [UInt8]) {
    guard bytes.count <= Self.mostBytes else {
      faults = [CSVFault(line: 1, "the file is larger than \(Self.mostBytes >> 20) MiB; split it into several")]
      return
    }
    let text: ArraySlice<UInt8>
    switch CSVEncoding.text(of: bytes) {
    case .failure(let fault):
      faults = [fault]
      return
    case .success(let found): text = found
    }
    faults = CSVEncoding.faults(in: text)
    guard faults.isEmpty else { return }
    var scanner = CSVScanner(text)
    guard let first = scanner.next() else {
      faults = scanner.faults + [CSVFault(line: 1, "the file is empty; its first line names the columns")]
      return
    }
    // What such a header means nobody can tell: one clear line is enough.
    if let fault = Self.otherSeparator(first) {
      faults = [fault]
      return
    }
    header = first.cells
    while let record = scanner.next() {
      guard record.cells.contains(where: { !$0.isEmpty }) else {
        scanner.report(record.line, "the row holds no value; delete it")
        continue
      }
      guard record.cells.count == header.count else {
        scanner.report(
          record.line,
          "\(record.cells.count) cells where the header has \(header.count); a value with a comma stands in \"quotes\"")
        continue
      }
      records.append(record)
    }
    faults = scanner.faults
    if records.isEmpty, faults.isEmpty { faults = [CSVFault(line: 2, "there is no row below the header")] }
  }

  private static func otherSeparator(_ header: CSVRecord) -> CSVFault? {
    guard let only = header.cells.first else { return nil }
    if only.lowercased().hasPrefix("sep=") {
      return CSVFault(line: 1, "\(only) is a spreadsheet's own remark; delete this line")
    }
    guard header.cells.count == 1 else { return nil }
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")] where only.contains(separator) {
      return CSVFault(line: 1, "the columns are separated by \(name); save the file with commas (CSV UTF-8)")
    }
    return nil
  }
}

/// One row, with the line of the file that it begins on; the header is on line 1.
package struct CSVRecord {
  package let line: Int
  package let cells: [String]
}

package struct CSVFault: Error {
  package let line: Int
  package let message: String

  package init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }
}
