import Foundation
import Glibc
import SeatClient

/// The daemon behind a socket as the kernel sees it: its memory and its processor time.
struct DaemonProcess {
  private let pid: Int32

  /// - Throws: where no daemon answers.
  init(socket: String) throws(ControlConnectionError) {
    let descriptor = try UnixSocket.connect(socket)
    defer { close(descriptor) }
    // struct ucred: pid, uid and gid, 32 bits each.
    var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
    pid = credentials.pid
  }

  /// Resident memory in KiB.
  var residentKiB: Int {
    let pages = fields("statm").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE)) / 1_024
  }

  /// Processor time since its start, in microseconds.
  var processorMicroseconds: Int {
    // The second field is a name in parentheses; user and system time are the 14th and the 15th.
    let after = fields("stat").drop { !$0.hasSuffix(")") }.dropFirst(12)
    let ticks = after.prefix(2).compactMap { Int($0) }.reduce(0, +)
    return ticks * 1_000_000 / sysconf(Int32(_SC_CLK_TCK))
  }

  private func fields(_ file: String) -> [Substring] {
    ((try? String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)) ?? "").split(whereSeparator: \.isWhitespace)
  }
}
