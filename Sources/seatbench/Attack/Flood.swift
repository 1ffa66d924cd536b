import Glibc
import SeatClient

/// Sends as much as the daemon takes, or as slowly as it suffers, until it is told to stop.
struct Flood {
  private let socket: String
  private let attack: Attack
  /// As much of the payload as one send may take.
  private let burst: [UInt8]
  private var lines: [Line] = []

  private struct Line {
    let descriptor: Int32
    /// Bytes of the burst that were sent already: a request is never cut in the middle by us.
    var position = 0
    var isOpen = true
  }

  init(_ attack: Attack, socket: String, _ payload: [UInt8]) throws {
    self.socket = socket
    self.attack = attack
    let count = attack == .halfLines ? 1 : max(1, 65_536 / max(1, payload.count))
    burst = Array(repeatElement(payload, count: count).joined())
    for _ in 0..<attack.connections {
      let descriptor = try UnixSocket.connect(socket)
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
      lines.append(Line(descriptor: descriptor))
    }
  }

  mutating func run(while goesOn: () -> Bool) throws {
    defer { lines.forEach { _ = close($0.descriptor) } }
    var pollers = lines.map { pollfd(fd: $0.descriptor, events: 0, revents: 0) }
    let events = Int16((burst.isEmpty || attack.pause > 0 ? 0 : POLLOUT) | (attack.reads ? POLLIN : 0))
    while goesOn() {
      if attack == .connects {
        close(try UnixSocket.connect(socket))
        continue
      }
      for index in pollers.indices { pollers[index].events = lines[index].isOpen ? events : 0 }
      guard poll(&pollers, nfds_t(pollers.count), attack.pause > 0 ? attack.pause : 50) >= 0 || errno == EINTR else {
        throw DriverError.system(errno)
      }
      for index in lines.indices where lines[index].isOpen {
        if pollers[index].revents & Int16(POLLIN) != 0 { drop(index) }
        if attack.pause > 0 || pollers[index].revents & Int16(POLLOUT) != 0 { push(index) }
      }
    }
  }

  private mutating func push(_ index: Int) {
    let (descriptor, position) = (lines[index].descriptor, lines[index].position)
    let count = burst[position...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count < 0, errno != EAGAIN, errno != EINTR { lines[index].isOpen = false }
    if count > 0 { lines[index].position = (position + count) % burst.count }
  }

  private mutating func drop(_ index: Int) {
    let descriptor = lines[index].descriptor
    let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) {
      recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    // The daemon may end it: that is its right.
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { lines[index].isOpen = false }
  }
}
