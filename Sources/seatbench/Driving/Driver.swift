import Glibc
import Histogram
import SeatClient

/// Runs scripts over connections of their own, a bounded number of requests in flight on each, in one thread: the load
/// must not need more of the machine than what it measures.
struct Driver<Work: Script> {
  private var lines: [Line]
  private let depth: Int
  /// Microseconds from sending a request to its reply's last line.
  private(set) var latencies = Histogram<UInt64>(
    highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
  private(set) var answered = 0
  var isRecording = true
  /// Where an answer is received.
  private var arrived = [UInt8](repeating: 0, count: 65_536)

  private struct Line {
    let descriptor: Int32
    var script: Work
    var sent: [UInt64] = []
    var sentHead = 0
    var output: [UInt8] = []
    var outputHead = 0
    var input: [UInt8] = []
    var hasGreeting = false

    var inFlight: Int { sent.count - sentHead }
  }

  /// - Parameter depth: requests in flight on each connection.
  init(socket: String, scripts: [Work], depth: Int) throws {
    self.depth = depth
    lines = []
    for script in scripts {
      let descriptor = try UnixSocket.connect(socket)
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
      lines.append(Line(descriptor: descriptor, script: script))
    }
  }

  var scripts: [Work] { lines.map(\.script) }

  /// Runs until every script has finished, or until `end` (microseconds of `Driver.now`).
  mutating func run(until end: UInt64? = nil) throws {
    for index in lines.indices { try fill(index) }
    var pollers = lines.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    while lines.contains(where: { !$0.script.isFinished || $0.inFlight > 0 }) {
      if let end, Self.now >= end { return }
      for index in lines.indices {
        pollers[index].events = Int16(lines[index].output.isEmpty ? POLLIN : POLLIN | POLLOUT)
      }
      guard poll(&pollers, nfds_t(pollers.count), 1_000) >= 0 || errno == EINTR else { throw DriverError.system(errno) }
      for index in lines.indices where pollers[index].revents != 0 {
        try receive(index)
        try fill(index)
      }
    }
  }

  /// Takes the answers of what is in flight, and asks nothing more meanwhile.
  mutating func rest() throws {
    for index in lines.indices {
      while lines[index].inFlight > 0 || !lines[index].output.isEmpty {
        var poller = pollfd(
          fd: lines[index].descriptor, events: Int16(lines[index].output.isEmpty ? POLLIN : POLLIN | POLLOUT),
          revents: 0)
        guard poll(&poller, 1, 1_000) >= 0 || errno == EINTR else { throw DriverError.system(errno) }
        if poller.revents & Int16(POLLOUT) != 0 { try flush(index) }
        if poller.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { try receive(index) }
      }
    }
  }

  func close() { lines.forEach { _ = Glibc.close($0.descriptor) } }

  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
  }

  private mutating func fill(_ index: Int) throws {
    let now = Self.now
    var output: [UInt8] = []
    swap(&output, &lines[index].output)
    while lines[index].inFlight < depth, lines[index].script.next(into: &output) { lines[index].sent.append(now) }
    swap(&output, &lines[index].output)
    try flush(index)
  }

  private mutating func flush(_ index: Int) throws {
    guard !lines[index].output.isEmpty else { return }
    let head = lines[index].outputHead
    let descriptor = lines[index].descriptor
    let count = lines[index].output[head...].withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard count >= 0 || errno == EAGAIN || errno == EINTR else { throw DriverError.system(errno) }
    lines[index].outputHead += max(0, count)
    if lines[index].outputHead == lines[index].output.count {
      lines[index].output.removeAll(keepingCapacity: true)
      lines[index].outputHead = 0
    }
  }

  private mutating func receive(_ index: Int) throws {
    let descriptor = lines[index].descriptor
    let count = arrived.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count > 0 else { throw DriverError.closed }
    let now = Self.now
    // Taken out while it is read: a line that is copied for the sake of its input would make every change of its script a
    // copy of all that the script holds.
    var input: [UInt8] = []
    swap(&input, &lines[index].input)
    input.append(contentsOf: arrived[..<count])
    var start = 0
    while let end = input[start...].firstIndex(of: UInt8(ascii: "\n")) {
      take(input[start..<end], index, now)
      start = end + 1
    }
    input.removeFirst(start)
    swap(&input, &lines[index].input)
  }

  private mutating func take(_ line: ArraySlice<UInt8>, _ index: Int, _ now: UInt64) {
    guard lines[index].hasGreeting else {
      lines[index].hasGreeting = true
      return
    }
    guard line.begins(with: "OK") || line.begins(with: "ERR") else { return }
    let sent = lines[index].sent[lines[index].sentHead]
    lines[index].sentHead += 1
    if lines[index].sentHead == 1_024 {
      lines[index].sent.removeFirst(1_024)
      lines[index].sentHead = 0
    }
    if isRecording {
      answered += 1
      latencies.record(max(1, now - sent))
    }
    lines[index].script.take(line)
  }
}

enum DriverError: Error, CustomStringConvertible {
  case system(Int32)
  case closed

  var description: String {
    switch self {
    case .system(let code): String(cString: strerror(code))
    case .closed: "the daemon has closed a connection"
    }
  }
}
