internal import SeatLedger

/// Writes every line that leaves the daemon. Values are written by `Fields` alone, so none can break a line.
package struct ReplyEncoder: Sendable {
  private let tag: String?
  private let isJSON: Bool

  package init(tag: String?, isJSON: Bool = false) {
    self.tag = tag
    self.isJSON = isJSON
  }

  package func encode(_ reply: Reply, into bytes: inout [UInt8]) {
    for line in reply.lines { encode(line, into: &bytes) }
    begin(&bytes)
    switch reply.end {
    case .ok(let fields):
      bytes.append(contentsOf: "OK".utf8)
      end(fields, &bytes)
    case .refused(let refusal):
      bytes.append(contentsOf: "ERR ".utf8)
      bytes.append(contentsOf: refusal.body)
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  package func encode(_ line: Reply.Line, into bytes: inout [UInt8]) {
    begin(&bytes)
    switch line {
    case .data(let fields):
      bytes.append(UInt8(ascii: "D"))
      end(fields, &bytes)
    case .note(let fields):
      bytes.append(UInt8(ascii: "I"))
      end(fields, &bytes)
    case .text(let text):
      bytes.append(UInt8(ascii: "I"))
      if isJSON {
        var fields = Fields()
        fields.add(.text, text)
        end(fields, &bytes)
      } else {
        // Whatever it is, it stays one line.
        bytes.append(UInt8(ascii: " "))
        let scalars = text.unicodeScalars.map { Fields.isUnprintable($0) ? " " : $0 }
        bytes.append(contentsOf: String(String.UnicodeScalarView(scalars)).utf8)
        bytes.append(UInt8(ascii: "\n"))
      }
    case .event(let fields):
      bytes.append(UInt8(ascii: "E"))
      end(fields, &bytes)
    }
  }

  private func begin(_ bytes: inout [UInt8]) {
    guard let tag else { return }
    bytes.append(UInt8(ascii: "@"))
    bytes.append(contentsOf: tag.utf8)
    bytes.append(UInt8(ascii: " "))
  }

  private func end(_ fields: Fields, _ bytes: inout [UInt8]) {
    if isJSON {
      bytes.append(UInt8(ascii: " "))
      JSONLine.write(fields, into: &bytes)
    } else if !fields.isEmpty {
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: fields.text)
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}

extension Refusal {
  /// Code, retry, rule, what a program may want to know, and the sentence for a person; the same with `+json`.
  fileprivate var body: [UInt8] {
    var rest = Fields()
    rest.add(.retry, code.retry.rawValue)
    if let rule { rest.add(.rule, rule.name) }
    rest.append(fields)
    rest.add(.msg, message)
    return Array(code.rawValue.utf8) + [UInt8(ascii: " ")] + rest.text
  }
}
