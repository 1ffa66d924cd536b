import Glibc
import SeatClient

/// Lines from standard input to the daemon and its lines to standard output, as they are.
enum Raw {
  static func run(_ socket: String) -> ExitStatus {
    do throws(ControlConnectionError) {
      let descriptor = try UnixSocket.connect(socket)
      defer { close(descriptor) }
      return pump(descriptor)
    } catch {
      Screen.note("seatctl: \(error)")
      return ExitStatus(error)
    }
  }

  /// Both directions at once: the daemon may stop reading until its answers are read.
  private static func pump(_ descriptor: Int32) -> ExitStatus {
    var pending: [UInt8] = []
    var isInputOpen = true
    while true {
      let wantsInput = isInputOpen && pending.isEmpty
      var pollers = [
        pollfd(fd: wantsInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(pending.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
      ]
      if poll(&pollers, 2, -1) < 0, errno == EINTR { continue }
      if pollers[0].revents != 0 {
        pending = read(STDIN_FILENO)
        if pending.isEmpty {
          isInputOpen = false
          shutdown(descriptor, Int32(SHUT_WR))
        }
      }
      if pollers[1].revents & Int16(POLLOUT) != 0 {
        let count = pending.withUnsafeBytes {
          send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        if count > 0 { pending.removeFirst(count) }
      }
      if pollers[1].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
        let bytes = read(descriptor)
        if bytes.isEmpty { return isInputOpen || !pending.isEmpty ? .tryAgain : .fine }
        guard writeAll(bytes) else { return .fine }
      }
    }
  }

  /// - Returns: `false` when nobody reads any more.
  private static func writeAll(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func read(_ descriptor: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
  }
}
