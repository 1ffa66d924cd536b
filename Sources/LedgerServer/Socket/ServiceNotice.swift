internal import Glibc

/// Tells the service manager how the daemon is, where one asks for it (`NOTIFY_SOCKET`).
package struct ServiceNotice: Sendable {
  private let path: String?
  /// How often the service manager wants to hear that the daemon lives; `nil` where it does not.
  package let watchdogInterval: Duration?

  package enum State: String, Sendable {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
    case watchdog = "WATCHDOG=1"
  }

  package init(_ environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"]
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let interval = isForUs ? environment["WATCHDOG_USEC"].flatMap(Int64.init) : nil
    // Twice in the interval that it allows.
    watchdogInterval = interval.map { .microseconds($0 / 2) }
  }

  package func send(_ state: State) {
    guard let path, path.utf8.count < 108, path.hasPrefix("/") || path.hasPrefix("@") else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      bytes.copyBytes(from: path.utf8)
      // An abstract address is written with @ and begins with a zero.
      if path.hasPrefix("@") { bytes[0] = 0 }
    }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(descriptor, state.rawValue, state.rawValue.utf8.count, 0, address, size)
      }
    }
  }
}
