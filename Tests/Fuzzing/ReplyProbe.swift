import Foundation
import SeatLedger
import SeatProtocol

/// Whatever goes into a reply, each of its lines is one line and reads back to the same.
enum ReplyProbe {
  static func check(_ input: [UInt8]) throws(Broken) {
    var choices = Choices(input)
    let isJSON = choices.flag()
    let tag = choices.flag() ? "t-\(choices.byte())" : nil
    var reply = Reply.ok()
    for _ in 0..<choices.below(4) { reply.lines.append(line(&choices)) }
    reply.end = end(&choices)
    var bytes: [UInt8] = []
    ReplyEncoder(tag: tag, isJSON: isJSON).encode(reply, into: &bytes)

    try require(bytes.last == UInt8(ascii: "\n"), "no end of the line")
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Broken("not UTF-8") }
    let isPrintable = text.unicodeScalars.allSatisfy { $0 == "\n" || !isControl($0) }
    try require(isPrintable, "a control character: \(text.debugDescription)")
    let lines = text.dropLast().unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    try require(lines.count == reply.lines.count + 1, "\(lines.count) lines of \(reply.lines.count + 1)")
    for (index, text) in lines.enumerated() {
      guard let read = ReplyLine(text), read.tag == tag else { throw Broken("does not read: \(text)") }
      if index < reply.lines.count {
        try check(read, is: reply.lines[index], isJSON)
      } else {
        try check(read, is: reply.end, isJSON)
      }
    }
  }

  private static func line(_ choices: inout Choices) -> Reply.Line {
    switch choices.below(4) {
    case 0: .data(fields(&choices))
    case 1: .note(fields(&choices))
    case 2: .event(fields(&choices))
    default: .text(choices.text())
    }
  }

  private static func end(_ choices: inout Choices) -> Reply.End {
    guard choices.flag() else { return .ok(fields(&choices)) }
    let code = ErrorCode.allCases[choices.below(ErrorCode.allCases.count)]
    let rule = choices.flag() ? Rule.allCases[choices.below(Rule.allCases.count)] : nil
    let (message, argument) = (choices.text(), choices.text())
    return .refused(Refusal(code, rule, message) { $0.add(.argument, argument) })
  }

  /// Fields of different names.
  private static func fields(_ choices: inout Choices) -> Fields {
    var fields = Fields()
    let first = choices.below(FieldName.allCases.count)
    for index in 0..<choices.below(4) {
      let name = FieldName.allCases[(first + index) % FieldName.allCases.count]
      if choices.flag() { fields.add(name, choices.text()) } else { fields.add(name, Int(choices.byte()) - 128) }
    }
    return fields
  }

  private static func check(_ read: ReplyLine, is line: Reply.Line, _ isJSON: Bool) throws(Broken) {
    switch (line, read.kind) {
    case (.data(let fields), .data), (.note(let fields), .note), (.event(let fields), .event):
      try check(read.body, holds: fields, isJSON)
    case (.text(let text), .note) where isJSON:
      var fields = Fields()
      fields.add(.text, text)
      try check(read.body, holds: fields, isJSON)
    case (.text, .note): break
    default: throw Broken("\(line) reads as \(read.kind)")
    }
  }

  private static func check(_ read: ReplyLine, is end: Reply.End, _ isJSON: Bool) throws(Broken) {
    switch (end, read.kind) {
    case (.ok(let fields), .ok): try check(read.body, holds: fields, isJSON)
    case (.refused(let refusal), .error(let code)):
      try require(code == refusal.code.rawValue, "another code: \(code)")
      try require(read.value(.retry) == refusal.code.retry.rawValue, "another retry: \(read.body)")
      try require(read.value(.msg) == printable(refusal.message), "another message: \(read.body)")
    default: throw Broken("\(end) reads as \(read.kind)")
    }
  }

  private static func check(_ body: String, holds fields: Fields, _ isJSON: Bool) throws(Broken) {
    guard isJSON else {
      let same = Fields(stored: body).pairs.elementsEqual(fields.pairs) { $0.name == $1.name && $0.value == $1.value }
      return try require(same, "\(fields.string) reads as \(body)")
    }
    guard let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else {
      throw Broken("not JSON: \(body)")
    }
    try require(object.count == fields.pairs.count, "\(fields.pairs.count) fields read as \(object.count): \(body)")
    for (name, value) in fields.pairs {
      let text = (object[name] as? String) ?? (object[name] as? NSNumber)?.stringValue
      try require(text.map { $0.utf8.elementsEqual(value.utf8) } == true, "\(name)=\(value) reads as \(body)")
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }

  /// As a value comes back: a control character without an escape of its own is told as `?`.
  private static func printable(_ text: String) -> String {
    let kept: Set<Unicode.Scalar> = ["\n", "\r", "\t"]
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) && !kept.contains($0) ? "?" : $0 }))
  }
}
