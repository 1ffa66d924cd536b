internal import Crypto

/// The SHA-256 that chains a tenant's journal: each one covers the one before it.
package struct EntryHash: Hashable, Sendable {
  /// The digest's 32 bytes as four big-endian numbers: a hash is copied and compared with every entry.
  private let words: SIMD4<UInt64>

  package static let byteCount = 32

  /// - Parameter bytes: 32 of them; what is missing counts as zero.
  package init(bytes: [UInt8]) {
    var words: SIMD4<UInt64> = .zero
    for index in 0..<min(bytes.count, Self.byteCount) {
      words[index / 8] |= UInt64(bytes[index]) << UInt64(56 - index % 8 * 8)
    }
    self.words = words
  }

  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      for index in 0..<Self.byteCount {
        buffer[index] = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - index % 8 * 8))
      }
      count = Self.byteCount
    }
  }

  /// The layout of what is hashed. Another layout gets another number.
  private static let version: UInt8 = 1

  /// The hash in front of a tenant's first entry.
  package static func genesis(ledger: String, tenant: TenantCode) -> Self {
    var layout = Layout()
    layout.append(version)
    layout.append(ledger)
    layout.append(tenant.text)
    return layout.hash()
  }

  /// The hash of an entry that follows the one with this hash.
  package func chained(to entry: Entry) -> Self {
    var layout = Layout()
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
    return layout.hash()
  }

  fileprivate init(digest: SHA256Digest) {
    words = digest.withUnsafeBytes { bytes in
      var words: SIMD4<UInt64> = .zero
      for index in words.indices {
        words[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return words
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
    self.init(bytes: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }
}

/// Integers as big-endian Int64, text as UTF-8 behind a UInt32 length, optional fields behind a presence byte, so that
/// nothing is not the same as empty and no two entries read alike.
private struct Layout {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(512) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ words: SIMD4<UInt64>) {
    for index in words.indices { append(Int64(bitPattern: words[index])) }
  }

  mutating func append(_ value: Int64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) {
    withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ place: Entry.Place?) {
    bytes.append(place == nil ? 0 : 1)
    guard let place else { return }
    append(place.pool.value)
    append(place.bucket.rawValue)
  }

  mutating func append(optional value: Int64?) {
    bytes.append(value == nil ? 0 : 1)
    if let value { append(value) }
  }

  mutating func append(optional text: String?) {
    bytes.append(text == nil ? 0 : 1)
    if let text { append(text) }
  }

  func hash() -> EntryHash { EntryHash(digest: SHA256.hash(data: bytes)) }
}
