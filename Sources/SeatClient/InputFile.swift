internal import Glibc

/// The bytes of a file that a person names, or of standard input.
package enum InputFile {
  /// - Parameter path: `-` is standard input.
  /// - Returns: one byte more than is allowed tells that there is more.
  package static func bytes(of path: String) throws(InputFault) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputFault(path, errno) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= CSVFile.mostBytes {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw InputFault(path, errno) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}

package struct InputFault: Error {
  package let message: String

  init(_ path: String, _ code: Int32) { message = "\(path) cannot be read: \(String(cString: strerror(code)))" }
}
