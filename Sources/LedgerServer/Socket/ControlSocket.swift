internal import Glibc

/// The control socket's file: made with its mode from the first moment on, taken over from a dead daemon, never from a
/// live one; or handed over by systemd, and then nobody's to remove.
package struct ControlSocket: ~Copyable {
  package let descriptor: Int32
  private let path: String?
  private let lock: Int32

  private init(descriptor: Int32, path: String?, lock: Int32) {
    self.descriptor = descriptor
    self.path = path
    self.lock = lock
  }

  /// Connections that the kernel keeps until they are accepted.
  private static let backlog: Int32 = 512

  /// The owner and the group may connect; everybody may look whether it is there.
  private static let mode: mode_t = 0o660
  private static let directoryMode: mode_t = 0o755

  /// The first descriptor that systemd hands over.
  private static let firstInherited: Int32 = 3

  /// The socket that systemd has opened for this process, if it has.
  package static func inherited(_ environment: [String: String]) -> ControlSocket? {
    guard environment["LISTEN_PID"] == String(getpid()), environment["LISTEN_FDS"] == "1" else { return nil }
    return ControlSocket(descriptor: firstInherited, path: nil, lock: -1)
  }

  /// Makes the socket at `path`, in a directory of its own.
  package static func bind(at path: String) throws(ControlSocketError) -> ControlSocket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else {
      throw .failed("\(path): a socket's path has at most \(capacity - 1) bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }

    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if !directory.isEmpty {
      if mkdir(directory, directoryMode) == 0 {
        // Whatever the umask has taken away: who may use the socket is the socket's own matter.
        _ = chmod(directory, directoryMode)
      } else if errno != EEXIST {
        throw .failed(system(directory))
      }
    }
    // The lock is the daemon's life: the kernel lets go of it when the process ends, however it ends.
    let lock = open("\(path).lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw .failed(system("\(path).lock")) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw .inUse(path)
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .failed(system(path)) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    do throws(ControlSocketError) {
      try replaceDead(&address, descriptor, path)
    } catch {
      close(descriptor)
      close(lock)
      throw error
    }
    return ControlSocket(descriptor: descriptor, path: path, lock: lock)
  }

  private static func replaceDead(_ address: inout sockaddr_un, _ descriptor: Int32, _ path: String)
    throws(ControlSocketError)
  {
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    func with(_ body: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32) -> Int32 {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0, size) }
      }
    }
    // Somebody without our lock may still listen there: a daemon under systemd, or another program.
    if with(Glibc.connect) == 0 { throw .inUse(path) }
    if errno == ECONNREFUSED {
      // Linux says the same of any file.
      var what = stat()
      guard lstat(path, &what) == 0, what.st_mode & S_IFMT == S_IFSOCK else {
        throw .failed("\(path): there is a file that is no socket; choose another --socket")
      }
      guard unlink(path) == 0 else { throw .failed(system(path)) }
    }
    // The file is born with the mode that its descriptor has, less the umask, which is the whole process's and is left as
    // it is; what that took away is given back. Nobody is ever let in whom the mode keeps out.
    guard fchmod(descriptor, mode) == 0, with(Glibc.bind) == 0, chmod(path, mode) == 0 else {
      throw .failed(system(path))
    }
    guard listen(descriptor, backlog) == 0 else { throw .failed(system(path)) }
  }

  private static func system(_ what: String) -> String { "\(what): \(String(cString: strerror(errno)))" }

  /// Removes the socket's file, if it is ours.
  package consuming func remove() {
    if let path { unlink(path) }
    if lock >= 0 { close(lock) }
  }
}

package enum ControlSocketError: Error, CustomStringConvertible {
  case inUse(String)
  case failed(String)

  package var description: String {
    switch self {
    case .inUse(let path): "\(path): another daemon listens there; stop it first or choose another --socket"
    case .failed(let what): what
    }
  }
}
