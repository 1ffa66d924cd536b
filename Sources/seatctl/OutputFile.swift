import Glibc

/// Where a report goes: standard output, or a file that is there whole or not at all.
struct OutputFile: ~Copyable {
  private let descriptor: Int32
  /// As the command line names it; `nil` is standard output.
  private let path: String?
  /// The file beside its place until it is whole; `nil` where it is written in its place.
  private let temporary: (path: String, target: String)?
  private var isFinished = false
  private var buffer: [UInt8] = []
  /// Bytes written so far.
  private(set) var position: UInt64 = 0

  private static let bufferSize = 1 << 16

  /// - Parameter path: `nil` and `-` are standard output. A device or a pipe is written as it is; a file that is there
  ///   keeps its mode and the links that lead to it.
  static func open(_ path: String?) throws(Failure) -> OutputFile {
    guard let path, path != "-" else { return OutputFile(descriptor: STDOUT_FILENO, path: nil, temporary: nil) }
    guard !path.isEmpty else { throw .usage(UsageError("the file to be written has no name")) }
    var status = stat()
    let exists = stat(path, &status) == 0
    guard !exists || status.st_mode & S_IFMT != S_IFDIR else { throw .output(path, EISDIR) }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .output(path, errno) }
      return OutputFile(descriptor: descriptor, path: path, temporary: nil)
    }
    let target = exists ? resolved(path) : path
    guard let target, !target.hasSuffix("/") else { throw .output(path, EISDIR) }
    let name = target.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    var template = Array("\(target.dropLast(name.count)).\(name).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw .output(path, errno) }
    let mask = umask(0)
    umask(mask)
    // mkstemp's file is nobody else's to read.
    fchmod(descriptor, exists ? status.st_mode & 0o777 : 0o666 & ~mask)
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return OutputFile(descriptor: descriptor, path: path, temporary: (temporary, target))
  }

  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  private init(descriptor: Int32, path: String?, temporary: (path: String, target: String)?) {
    self.descriptor = descriptor
    self.path = path
    self.temporary = temporary
  }

  /// What was not finished leaves nothing behind.
  deinit {
    guard path != nil, !isFinished else { return }
    close(descriptor)
    if let temporary { unlink(temporary.path) }
  }

  private func failure(_ code: Int32) -> Failure { .output(path ?? "standard output", code) }

  mutating func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  mutating func write(_ bytes: [UInt8]) throws(Failure) {
    buffer += bytes
    position += UInt64(bytes.count)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes over what stands at a place already.
  mutating func write(_ bytes: [UInt8], at place: UInt64) throws(Failure) {
    try flush()
    let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(place)) }
    guard count == bytes.count else { throw failure(errno) }
  }

  private mutating func flush() throws(Failure) {
    let code = writeAll(buffer, to: descriptor)
    guard code == 0 else { throw failure(code) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Gives the file its name.
  consuming func finish() throws(Failure) {
    try flush()
    guard path != nil else { return }
    if let temporary {
      guard fsync(descriptor) == 0, rename(temporary.path, temporary.target) == 0 else { throw failure(errno) }
    }
    isFinished = true
    guard close(descriptor) == 0 else { throw failure(errno) }
  }
}

/// - Returns: 0, or why not all of it could be written.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return count < 0 ? errno : EIO }
    rest = rest.dropFirst(count)
  }
  return 0
}
