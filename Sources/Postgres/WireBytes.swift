/// Bytes of a parameter, written one behind the other in the order of the network.
///
/// Room for much is made at once and a value is put into it where it belongs: a batch writes hundreds of columns, and to
/// append each to an array took a tenth of a lane's time.
struct WireBytes: Sendable {
  /// What is written and, behind it, room.
  private var storage: [UInt8]
  private(set) var count = 0

  init(capacity: Int) { storage = Array(repeating: 0, count: capacity) }

  mutating func append(_ value: Int16) { put(value.bigEndian) }

  mutating func append(_ value: Int32) { put(value.bigEndian) }

  mutating func append(_ value: Int64) { put(value.bigEndian) }

  /// Two numbers that stand side by side.
  mutating func append(_ first: Int32, _ second: Int32) {
    put((UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))).bigEndian)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    makeRoom(bytes.count)
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    storage.withUnsafeMutableBytes { room in
      UnsafeMutableRawBufferPointer(rebasing: room[count...]).baseAddress?.copyMemory(
        from: source, byteCount: bytes.count)
    }
    count += bytes.count
  }

  mutating func append(_ byte: UInt8) { put(byte) }

  /// Writes over what was written, or kept free, at `offset`.
  mutating func write(_ value: Int32, at offset: Int) {
    storage.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self) }
  }

  mutating func removeAll(behind length: Int) { count = min(count, length) }

  /// What was written.
  consuming func finished() -> [UInt8] {
    storage.removeLast(storage.count - count)
    return storage
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  private mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    makeRoom(MemoryLayout<Value>.size)
    storage.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: count, as: Value.self) }
    count += MemoryLayout<Value>.size
  }

  private mutating func makeRoom(_ length: Int) {
    guard count + length > storage.count else { return }
    storage.append(contentsOf: repeatElement(0, count: max(length, storage.count)))
  }
}
