internal import Glibc
package import SeatProtocol

/// A connection to the daemon's control socket for a client that may wait: one thread, one conversation.
package struct ControlConnection: ~Copyable {
  private let descriptor: Int32
  private var unread: [UInt8] = []
  private var position = 0
  package let greeting: ReplyLine

  private init(descriptor: Int32, greeting: ReplyLine, unread: [UInt8]) {
    self.descriptor = descriptor
    self.greeting = greeting
    self.unread = unread
  }

  deinit { close(descriptor) }

  /// Where the daemon listens unless it is told otherwise.
  package static let standardPath = "/run/seatledger/control.sock"

  package static func open(_ path: String) throws(ControlConnectionError) -> ControlConnection {
    let descriptor = try UnixSocket.connect(path)
    var unread: [UInt8] = []
    var position = 0
    let line: String
    do throws(ControlConnectionError) {
      setTimeout(greetingTimeout, of: descriptor)
      line = try readLine(descriptor, &unread, &position, most: longestGreeting) {
        .noDaemon(
          "nothing has greeted on \(path) for \(greetingTimeout) seconds; is the daemon waiting for its database?")
      }
      setTimeout(0, of: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    // Where there is no room for another connection, that is said instead.
    guard let greeting = ReplyLine(line), line.hasPrefix("* SEATLEDGER 1.") || line.hasPrefix("ERR ") else {
      close(descriptor)
      throw .notOurProtocol(line)
    }
    return ControlConnection(descriptor: descriptor, greeting: greeting, unread: Array(unread[position...]))
  }

  /// Bytes, some times as many as any greeting has.
  private static let longestGreeting = 8_192

  /// Seconds. A daemon that has its database greets at once.
  private static let greetingTimeout = 10

  /// - Parameter seconds: 0: for ever.
  private static func setTimeout(_ seconds: Int, of descriptor: Int32) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  package mutating func send(_ text: String) throws(ControlConnectionError) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .closed }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Says that nothing more will be sent; the daemon answers what it has and closes.
  package mutating func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next line, waited for.
  package mutating func readText() throws(ControlConnectionError) -> String {
    try Self.readLine(descriptor, &unread, &position)
  }

  /// Whether something has come that was not read yet.
  package var hasUnread: Bool {
    if unread[position...].contains(UInt8(ascii: "\n")) { return true }
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, 0) > 0
  }

  package mutating func read() throws(ControlConnectionError) -> ReplyLine {
    let text = try readText()
    guard let line = ReplyLine(text) else { throw .notOurProtocol(text) }
    return line
  }

  /// Sends one line and gathers its reply; the last line ends it.
  package mutating func ask(_ request: String) throws(ControlConnectionError) -> [ReplyLine] {
    try send(request + "\n")
    var lines: [ReplyLine] = []
    repeat { lines.append(try read()) } while lines.last?.kind.isFinal == false
    return lines
  }

  /// - Parameter most: a line of more bytes is none of ours.
  private static func readLine(
    _ descriptor: Int32, _ unread: inout [UInt8], _ position: inout Int, most: Int = .max,
    onTimeout: () -> ControlConnectionError = { .closed }
  ) throws(ControlConnectionError) -> String {
    while true {
      if let end = unread[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return String(decoding: unread[position..<end], as: UTF8.self)
      }
      unread.removeFirst(position)
      position = 0
      guard unread.count < most else { throw .notOurProtocol(String(decoding: unread.prefix(80), as: UTF8.self)) }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { throw onTimeout() }
      guard count > 0 else { throw .closed }
      unread.append(contentsOf: chunk[..<count])
    }
  }
}

package enum ControlConnectionError: Error, CustomStringConvertible {
  case noDaemon(String)
  /// The socket is there for others.
  case notAllowed(String)
  case closed
  case notOurProtocol(String)

  package var description: String {
    switch self {
    case .noDaemon(let what): "no daemon answers: \(what)"
    case .notAllowed(let what): what
    case .closed: "the daemon has closed the connection"
    case .notOurProtocol(let line): "this is not seatledger's protocol: \(line.prefix(80))"
    }
  }
}

/// Connecting to a Unix socket by its path.
package enum UnixSocket {
  package static func connect(_ path: String) throws(ControlConnectionError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw .noDaemon("\(path) is too long for a socket's path")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .noDaemon(String(cString: strerror(errno))) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let code = errno
      close(descriptor)
      if code == EACCES { throw .notAllowed(Self.owner(of: path)) }
      let why = String(cString: strerror(code))
      throw .noDaemon("\(path): \(why); is seatledgerd running, and is --socket right?")
    }
    return descriptor
  }

  /// Whose the socket is: its group may speak to the daemon. Where nobody else may look, its directory tells.
  private static func owner(of path: String) -> String {
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    var status = stat()
    guard stat(path, &status) == 0 || stat(directory, &status) == 0 else { return "\(path) is not open to you" }
    let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? String(status.st_gid)
    return "\(path) is open to the group \(group) alone; ask for membership of it (who has it now must log in anew)"
  }
}
