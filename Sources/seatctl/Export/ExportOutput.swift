import Glibc

/// Where an export goes: standard output, or a file that is there whole or not at all.
struct ExportOutput: ~Copyable {
  private let descriptor: Int32
  private let path: String?
  private var buffer: [UInt8] = []
  /// Bytes written so far.
  private(set) var position: UInt64 = 0

  private static let bufferSize = 1 << 16

  static func open(_ path: String?) throws(ExportStop) -> ExportOutput {
    guard let path else { return ExportOutput(descriptor: STDOUT_FILENO, path: nil) }
    let descriptor = Glibc.open(unfinished(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .output(path, errno) }
    return ExportOutput(descriptor: descriptor, path: path)
  }

  private init(descriptor: Int32, path: String?) {
    self.descriptor = descriptor
    self.path = path
  }

  private static func unfinished(_ path: String) -> String { "\(path).unfinished" }

  mutating func write(_ text: String) throws(ExportStop) { try write(Array(text.utf8)) }

  mutating func write(_ bytes: [UInt8]) throws(ExportStop) {
    buffer += bytes
    position += UInt64(bytes.count)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes over what stands at a place already.
  mutating func write(_ bytes: [UInt8], at place: UInt64) throws(ExportStop) {
    try flush()
    let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(place)) }
    guard count == bytes.count else { throw .output(path ?? "standard output", errno) }
  }

  private mutating func flush() throws(ExportStop) {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .output(path ?? "standard output", errno) }
      rest = rest.dropFirst(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Gives the file its name.
  consuming func finish() throws(ExportStop) {
    try flush()
    guard let path else { return }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(Self.unfinished(path), path) == 0 else {
      throw .output(path, errno)
    }
  }

  consuming func abandon() {
    guard let path else { return }
    close(descriptor)
    unlink(Self.unfinished(path))
  }
}

/// Why an export ends before its end.
enum ExportStop: Error {
  case failure(Failure)
  case output(String, Int32)
  case tooLong(String)

  /// A file that cannot be written is the command line's mistake.
  var failure: Failure {
    switch self {
    case .failure(let failure): failure
    case .output(let path, let code):
      .usage(UsageError("\(path) cannot be written: \(String(cString: strerror(code)))"))
    case .tooLong(let what): .usage(UsageError(what))
    }
  }
}
