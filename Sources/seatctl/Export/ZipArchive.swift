/// Writes a ZIP archive of files that are stored as they are (PKWARE's APPNOTE, 4.3).
///
/// The size and the checksum of a file stand before it and are known after it: they are written over their places.
struct ZipArchive {
  private var entries: [Entry] = []
  private var crc: UInt32 = 0

  private struct Entry {
    let name: String
    let position: UInt64
    var crc: UInt32 = 0
    var size: UInt64 = 0
  }

  /// Past that an archive needs another form.
  private static let mostBytes = UInt64(UInt32.max)

  mutating func begin(_ name: String, _ output: inout OutputFile) throws(Failure) {
    entries.append(Entry(name: name, position: output.position))
    crc = ~0
    try output.write(header(entries[entries.count - 1], signature: 0x0403_4B50) + Array(name.utf8))
  }

  mutating func write(_ text: String, _ output: inout OutputFile) throws(Failure) {
    let bytes = Array(text.utf8)
    crc = bytes.reduce(crc) { $0 >> 8 ^ CRC32.table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    entries[entries.count - 1].size += UInt64(bytes.count)
    try output.write(bytes)
  }

  mutating func end(_ output: inout OutputFile) throws(Failure) {
    entries[entries.count - 1].crc = ~crc
    let entry = entries[entries.count - 1]
    guard entry.size <= Self.mostBytes, output.position <= Self.mostBytes else {
      throw .usage(UsageError("the workbook is larger than 4 GiB; take --format csv, or fewer rows"))
    }
    try output.write(Self.little(entry.crc) + Self.sizes(entry), at: entry.position + 14)
  }

  mutating func finish(_ output: inout OutputFile) throws(Failure) {
    let start = output.position
    for entry in entries {
      let directory =
        Array(header(entry, signature: 0x0201_4B50)) + Self.little(UInt16(0)) + Self.little(UInt16(0))
        + Self.little(UInt16(0)) + Self.little(UInt32(0)) + Self.little(UInt32(entry.position)) + Array(entry.name.utf8)
      try output.write(directory)
    }
    let count = Self.little(UInt16(entries.count))
    let end =
      Self.little(UInt32(0x0605_4B50)) + Self.little(UInt16(0)) + Self.little(UInt16(0)) + count + count
      + Self.little(UInt32(output.position - start)) + Self.little(UInt32(clamping: start)) + Self.little(UInt16(0))
    try output.write(end)
  }

  /// What the header before a file and its line in the directory have in common: stored, names in UTF-8, and no time
  /// (January 1, 1980), so that the same rows make the same bytes.
  private func header(_ entry: Entry, signature: UInt32) -> [UInt8] {
    let version = Self.little(UInt16(20))
    let versions = signature == 0x0201_4B50 ? version + version : version
    let flagsToDate: [UInt16] = [0x0800, 0, 0, 0x21]
    return Self.little(signature) + versions + flagsToDate.flatMap(Self.little) + Self.little(entry.crc)
      + Self.sizes(entry) + Self.little(UInt16(entry.name.utf8.count)) + Self.little(UInt16(0))
  }

  private static func sizes(_ entry: Entry) -> [UInt8] {
    let size = little(UInt32(clamping: entry.size))
    return size + size
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// The checksum of ZIP: the polynomial 0x04C11DB7, reflected.
private enum CRC32 {
  static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
}
