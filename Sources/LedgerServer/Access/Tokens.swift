internal import Crypto
internal import SeatLedger

/// Secrets of tokens: made here, shown once, compared in constant time.
enum Tokens {
  /// A new token with a 256-bit secret.
  static func issue(_ name: TokenName) -> IssuedToken {
    let secret = SymmetricKey(size: .bits256).withUnsafeBytes { hexadecimal($0) }
    let id = SymmetricKey(size: .init(bitCount: 96)).withUnsafeBytes { hexadecimal($0) }
    return IssuedToken(name: name, id: id, secret: secret, secretHash: hash(secret))
  }

  static func hash(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

  /// Whether `secret` is the one behind `hash`, in a time that does not tell how much of it is right.
  static func matches(_ secret: String, _ hash: [UInt8]) -> Bool {
    let own = Self.hash(secret)
    guard own.count == hash.count else { return false }
    return zip(own, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
