import SeatLedger
import SeatProtocol

/// A line is ignored, taken or refused. What is taken reads back to the same; what is refused is refused in one line.
enum RequestProbe {
  static func check(_ line: [UInt8]) throws(Broken) {
    let request: RequestLine?
    do {
      request = try RequestParser.parse(line[...])
    } catch {
      return try checkRefusal(error)
    }
    guard let request else {
      let isBlank = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
      return try require(isBlank, "something was ignored")
    }
    try require(!line.contains { $0 < 0x20 && $0 != UInt8(ascii: "\r") }, "a control byte was taken")
    let tenant = request.text(.tenant).map { " tenant=\($0)" } ?? ""
    do {
      let again = try RequestParser.parse(Array("\(request.canonical)\(tenant)".utf8)[...])
      try require(again?.canonical == request.canonical, "\(request.canonical) reads back as \(again?.canonical ?? "")")
      try require(again?.options.key == nil, "a value became an option")
    } catch let broken as Broken {
      throw broken
    } catch {
      throw Broken("\(request.canonical) does not read back: \(error)")
    }
  }

  private static func checkRefusal(_ bad: BadLine) throws(Broken) {
    var reply: [UInt8] = []
    ReplyEncoder(tag: bad.tag).encode(.refused(bad.refusal), into: &reply)
    let (line, end) = (String(decoding: reply.dropLast(), as: UTF8.self), reply.last)
    try require(end == UInt8(ascii: "\n") && !reply.dropLast().contains { $0 < 0x20 }, "a refusal is not one line")
    guard let read = ReplyLine(line) else { throw Broken("a refusal does not read: \(line)") }
    try require(read.kind == .error(code: bad.refusal.code.rawValue) && read.tag == bad.tag, "another refusal: \(line)")
  }
}
