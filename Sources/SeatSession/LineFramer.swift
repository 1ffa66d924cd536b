/// Cuts a stream of bytes into lines, with a bound on each.
package struct LineFramer: Sendable {
  /// A line's most bytes, its end included.
  package static let mostBytes = 8_192

  package enum Piece: Sendable {
    /// Without its LF.
    case line(ArraySlice<UInt8>)
    /// Said once for a line that is longer, with its beginning; what is left of it is skipped.
    case tooLong(ArraySlice<UInt8>)
  }

  private var buffer: [UInt8] = []
  private var head = 0
  private var isSkipping = false

  package init() {}

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    buffer.removeFirst(head)
    head = 0
    buffer.append(contentsOf: bytes)
  }

  /// Bytes that have come and are in no piece yet.
  package var waiting: Int { buffer.count - head }

  /// Something of a line has come, but not its end, once `next` has nothing more to give.
  package var hasPartialLine: Bool { waiting > 0 || isSkipping }

  /// Ends the input.
  ///
  /// - Returns: the line that had no end, unless it was too long, which is said already.
  package mutating func end() -> ArraySlice<UInt8>? {
    defer { self = LineFramer() }
    return isSkipping ? nil : buffer[head...]
  }

  package mutating func next() -> Piece? {
    while true {
      guard let end = buffer[head...].firstIndex(of: UInt8(ascii: "\n")) else {
        guard waiting >= Self.mostBytes || isSkipping else { return nil }
        let wasSkipping = isSkipping
        let beginning = buffer[head...]
        buffer.removeAll(keepingCapacity: true)
        head = 0
        isSkipping = true
        return wasSkipping ? nil : .tooLong(beginning)
      }
      let line = buffer[head..<end]
      head = end + 1
      if isSkipping {
        isSkipping = false
        continue
      }
      return line.count < Self.mostBytes ? .line(line) : .tooLong(line)
    }
  }
}
