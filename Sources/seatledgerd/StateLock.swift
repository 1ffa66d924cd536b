import Foundation

/// One daemon a state directory: held by the kernel for as long as the process lives.
struct StateLock: ~Copyable {
  private let descriptor: Int32

  static func take(in directory: String) throws -> StateLock {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let path = "\(directory)/lock"
    let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SettingsError("\(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw SettingsError(
        "\(directory): another seatledgerd uses it; stop that one or choose another --state-directory")
    }
    return StateLock(descriptor: descriptor)
  }

  consuming func release() { close(descriptor) }
}
