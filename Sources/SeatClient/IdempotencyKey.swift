internal import Glibc

/// Makes idempotency keys that grow with time (UUIDv7, RFC 9562): orderly keys keep the ledger's index of them small and
/// warm.
package struct IdempotencyKeys {
  private var last: UInt64 = 0
  private var count: UInt64 = 0
  private var random = SystemRandomNumberGenerator()

  package init() {}

  package mutating func next() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    // 12 bits count the keys of one millisecond; a full count borrows from the next one.
    if now > last {
      (last, count) = (now, 0)
    } else {
      count += 1
      if count > 0xFFF { (last, count) = (last + 1, 0) }
    }
    let high = last << 16 | 0x7000 | count
    let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(4))-\(digits.dropFirst(12).prefix(4))-"
      + "\(digits.dropFirst(16).prefix(4))-\(digits.suffix(12))"
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
