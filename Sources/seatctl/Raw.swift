import Glibc
import SeatClient
import SeatProtocol

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
    var requests = OpenRequests()
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
        requests.ask(pending)
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
        if bytes.isEmpty { return pending.isEmpty && requests.isSettled ? .fine : .tryAgain }
        requests.hear(bytes)
        let code = writeAll(bytes, to: STDOUT_FILENO)
        guard code == 0 else { return Advice.tell(.output("standard output", code)) }
      }
    }
  }

  private static func read(_ descriptor: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
  }
}

/// How many requests are not answered: a conversation that the daemon closes with none of them open, as it does behind
/// `quit`, has come to its end.
private struct OpenRequests {
  private var asked = 0
  private var answered = 0
  private var request = LineStart()
  private var reply = LineStart()

  var isSettled: Bool { answered >= asked && reply.isEmpty }

  mutating func ask(_ bytes: [UInt8]) {
    // Lines of nothing are not answered.
    request.take(bytes) { line in if line.contains(where: { $0 != " " && $0 != "\r" }) { asked += 1 } }
  }

  mutating func hear(_ bytes: [UInt8]) {
    reply.take(bytes) { line in if ReplyLine(line)?.kind.isFinal == true { answered += 1 } }
  }
}

/// The beginnings of lines as their bytes come: no more of one is kept than tells its kind.
private struct LineStart {
  private var text: [UInt8] = []

  /// A tag and a word.
  private static let most = 64

  var isEmpty: Bool { text.isEmpty }

  mutating func take(_ bytes: [UInt8], _ end: (String) -> Void) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        end(String(decoding: text, as: UTF8.self))
        text.removeAll()
      } else if text.count < Self.most {
        text.append(byte)
      }
    }
  }
}
