import SeatLedger
import SeatProtocol
import Testing

@Suite("Replies")
struct ReplyTests {
  /// Any text, with more than its share of what could break a line.
  private static func text(_ random: inout some RandomNumberGenerator) -> String {
    let nasty: [Unicode.Scalar] = [
      "\"", "\\", "\n", "\r", "\t", "\0", " ", "=", "'", "\u{7F}", "\u{85}", "ä", "€", "😀", "@", "+",
    ]
    return String(
      String.UnicodeScalarView(
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
          Bool.random(using: &random)
            ? nasty.randomElement(using: &random) ?? "x"
            : Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &random))
        }))
  }

  @Test("whatever goes in, one line comes out that reads back to the same")
  func roundTrip() {
    for seed in 1...20_000 as ClosedRange<UInt64> {
      var random = Seeded(state: seed)
      let value = Self.text(&random)
      var fields = Fields()
      fields.add(.reason, value)
      fields.add(.seats, 7)
      var bytes: [UInt8] = []
      ReplyEncoder(tag: "t").encode(.ok(fields), into: &bytes)
      let readable = String(value.unicodeScalars.map { Self.isUnprintable($0) ? "?" : Character($0) })
      #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1 && bytes.last == UInt8(ascii: "\n"), "seed \(seed)")
      let line = ReplyLine(String(decoding: bytes.dropLast(), as: UTF8.self))
      #expect(line?.value(.reason)?.unicodeScalars.elementsEqual(readable.unicodeScalars) == true, "seed \(seed)")
      #expect(line?.value(.seats) == "7" && line?.tag == "t", "seed \(seed)")
    }
  }

  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && !"\n\r\t".unicodeScalars.contains(scalar)) || (0x7F..<0xA0).contains(scalar.value)
  }

  @Test("JSON has counts as numbers and everything else as strings")
  func json() {
    var fields = Fields()
    fields.add(.school, "920318")
    fields.add(.available, 40)
    fields.add(.cost, Money(cents: 160_000))
    fields.add(.reason, "a \"b\"\n")
    var bytes: [UInt8] = []
    ReplyEncoder(tag: nil, isJSON: true).encode(.data(fields), into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"D {"school":"920318","available":40,"cost":"1600.00","reason":"a \"b\"\n"}"# + "\n")
  }

  @Test("JSON has a count as text where JSON itself would write it otherwise", arguments: ["-0", "+5", "007", "1.0"])
  func unusualNumber(_ value: String) {
    var fields = Fields()
    fields.add(.available, value)
    var bytes: [UInt8] = []
    ReplyEncoder(tag: nil, isJSON: true).encode(.data(fields), into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == #"D {"available":"\#(value)"}"# + "\n")
  }

  @Test("an error says code, retry, rule, facts and a sentence, in this order")
  func errors() {
    var bytes: [UInt8] = []
    let refusal = Refusal(.tooEarly, .retestWait, "wait") { $0.add(.earliest, CivilDate(day: 20_000)) }
    ReplyEncoder(tag: "a").encode(.refused(refusal), into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == "@a ERR state.too-early retry=no rule=R5 earliest=2024-10-04 msg=wait\n"
    )
  }

  @Test("help knows every command, its arguments and its errors")
  func help() throws {
    for spec in CommandSpec.all {
      let line = try #require(try RequestParser.parse(Array("help command=\(spec.name.rawValue)".utf8)[...]))
      let reply = Help.reply(to: line)
      #expect(reply.lines.count == 2 + spec.arguments.count)
    }
  }

  private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
