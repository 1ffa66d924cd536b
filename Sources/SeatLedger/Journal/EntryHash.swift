internal import Crypto

/// The SHA-256 that chains a tenant's journal: each one covers the one before it.
package struct EntryHash: Hashable, Sendable {
  /// The digest's 32 bytes as four big-endian numbers: a hash is copied and compared with every entry.
  private let words: SIMD4<UInt64>

  package static let byteCount = 32

  /// No hash of anything: what a hash that cannot be read counts as.
  package static var zero: Self { Self(words: .zero) }

  private init(words: SIMD4<UInt64>) { self.words = words }

  /// `nil` unless there are 32 bytes.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    var words: SIMD4<UInt64> = .zero
    for index in words.indices {
      words[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    self.words = words
  }

  package var bytes: [UInt8] { withBytes { Array($0) } }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var written = words
    for index in words.indices { written[index] = words[index].bigEndian }
    return withUnsafeBytes(of: written, body)
  }

  /// The layout of what is hashed. Another layout gets another number.
  private static let version: UInt8 = 1

  /// The hash in front of a tenant's first entry.
  package static func genesis(ledger: String, tenant: TenantCode) -> Self {
    Layout.hash { layout in
      layout.append(version)
      layout.append(ledger)
      layout.append(tenant.text)
    }
  }

  /// The hash of an entry that follows the one with this hash.
  package func chained(to entry: borrowing Entry) -> Self {
    Layout.hash { layout in
      layout.append(words)
      layout.append(Self.version)
      layout.append(entry.number.value)
      layout.append(entry.kind.rawValue)
      layout.append(entry.from)
      layout.append(entry.to)
      layout.append(entry.amount.seats)
      layout.append(entry.amount.cents)
      layout.append(optional: entry.attempt?.value)
      layout.append(optional: entry.reverses?.value)
      layout.append(entry.effective.microseconds)
      layout.append(entry.recorded.microseconds)
      layout.append(entry.principal)
      layout.append(optional: entry.actor)
      layout.append(optional: entry.reason)
      layout.append(optional: entry.detailText)
      layout.append(optional: entry.kept?.key)
      layout.append(optional: entry.kept?.request)
      layout.append(optional: entry.kept?.answer)
    }
  }

  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// `nil` unless `text` is 64 hexadecimal digits.
  package init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == 2 * Self.byteCount, text.utf8.count == digits.count else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    guard let hash = bytes.withUnsafeBytes({ Self(bytes: $0) }) else { return nil }
    self = hash
  }
}

/// Integers as big-endian Int64, text as UTF-8 behind a UInt32 length, optional fields behind a presence byte, so that
/// nothing is not the same as empty and no two entries read alike.
///
/// What is written gathers on the stack and is hashed when there is no more room: a proof does so by the million.
private struct Layout: ~Copyable {
  private var digest = SHA256()
  private let room: UnsafeMutableRawBufferPointer
  private var count = 0

  /// Most entries fit; the stack takes no more than this at once.
  private static let mostAtOnce = 1_024

  static func hash(_ write: (inout Layout) -> Void) -> EntryHash {
    withUnsafeTemporaryAllocation(byteCount: mostAtOnce, alignment: 8) { room in
      var layout = Layout(room: room)
      write(&layout)
      return layout.end()
    }
  }

  private init(room: UnsafeMutableRawBufferPointer) { self.room = room }

  private consuming func end() -> EntryHash {
    digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: room[..<count]))
    return digest.finalize().withUnsafeBytes { EntryHash(bytes: $0) } ?? .zero
  }

  private mutating func append(bytes: UnsafeRawBufferPointer) {
    if count + bytes.count > room.count {
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: room[..<count]))
      count = 0
    }
    guard bytes.count <= room.count else {
      digest.update(bufferPointer: bytes)
      return
    }
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  mutating func append(_ byte: UInt8) { withUnsafeBytes(of: byte) { append(bytes: $0) } }

  private mutating func append(isThere: Bool) { append(isThere ? 1 : 0 as UInt8) }

  mutating func append(_ words: SIMD4<UInt64>) {
    for index in words.indices { append(Int64(bitPattern: words[index])) }
  }

  mutating func append(_ value: Int64) { withUnsafeBytes(of: value.bigEndian) { append(bytes: $0) } }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { append(bytes: $0) }
      append(bytes: UnsafeRawBufferPointer(bytes))
    }
  }

  mutating func append(_ place: Entry.Place?) {
    append(isThere: place != nil)
    guard let place else { return }
    append(place.pool.value)
    append(place.bucket.rawValue)
  }

  mutating func append(optional value: Int64?) {
    append(isThere: value != nil)
    if let value { append(value) }
  }

  mutating func append(optional text: String?) {
    append(isThere: text != nil)
    if let text { append(text) }
  }
}
