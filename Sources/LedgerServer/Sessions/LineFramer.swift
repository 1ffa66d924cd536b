internal import NIOCore

/// Cuts a stream of bytes into lines, with a bound on each.
struct LineFramer {
  /// A line's most bytes, its end included.
  static let mostBytes = 8_192

  enum Piece {
    /// Without its LF.
    case line([UInt8])
    /// Said once for a line that is longer; what is left of it is skipped.
    case tooLong
  }

  private var buffer = ByteBuffer()
  private var isSkipping = false

  mutating func append(_ bytes: inout ByteBuffer) {
    buffer.discardReadBytes()
    buffer.writeBuffer(&bytes)
  }

  /// Something of a line has come, but not its end.
  var hasPartialLine: Bool { buffer.readableBytes > 0 || isSkipping }

  mutating func next() -> Piece? {
    while true {
      let view = buffer.readableBytesView
      guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
        guard view.count >= Self.mostBytes || isSkipping else { return nil }
        let wasSkipping = isSkipping
        buffer.clear()
        isSkipping = true
        if wasSkipping { return nil }
        return .tooLong
      }
      let length = end - view.startIndex
      let bytes = buffer.readBytes(length: length) ?? []
      buffer.moveReaderIndex(forwardBy: 1)
      if buffer.readableBytes == 0 { buffer.clear() }
      if isSkipping {
        isSkipping = false
        continue
      }
      return length < Self.mostBytes ? .line(bytes) : .tooLong
    }
  }
}
