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
    return Self.text(high, low)
  }

  /// 8, 4, 4, 4 and 12 hexadecimal digits.
  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        let half = digit < 16 ? high : low
        let value = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(digit % 16))) & 0xF
        text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        place += 1
      }
      return place
    }
  }
}
