import SeatLedger
import SeatProtocol
import Testing

@Suite("Request lines")
struct RequestParserTests {
  private func parse(_ text: String) throws(BadLine) -> RequestLine? { try RequestParser.parse(Array(text.utf8)[...]) }

  private func code(_ bytes: [UInt8]) -> String {
    do throws(BadLine) {
      return try RequestParser.parse(bytes[...]) == nil ? "nothing" : "fine"
    } catch {
      return error.refusal.code.rawValue
    }
  }

  @Test(
    "what is well formed is read",
    arguments: [
      "ping", "@a ping", "@A_b.c-1   ping  ", "ping\r", "balance tenant=920 +json +limit=1000",
      #"tenant.add tenant=920 name="Wake \"County\" \\ Schools" zone=America/New_York"#,
      "school.add name=Äpfel school=a tenant=t", "purchase school=a program=p seats=1000000 unit-price=1000000.00",
    ])
  func fine(_ line: String) { #expect(code(Array(line.utf8)) == "fine") }

  @Test("lines of nothing are ignored", arguments: ["", "   ", "\r", "  \r"])
  func nothing(_ line: String) { #expect(code(Array(line.utf8)) == "nothing") }

  @Test(
    "what is not gets its error",
    arguments: [
      ("pong", "syntax.unknown-command"), ("PING", "syntax.unknown-command"), ("balance.", "syntax.unknown-command"),
      ("@ ping", "syntax.bad-value"), ("@a,b ping", "syntax.bad-value"),
      ("@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ping", "syntax.bad-value"), ("ping x=1", "syntax.unknown-argument"),
      ("balance tenant", "syntax.bad-value"), ("balance tenant=", "syntax.bad-value"),
      ("balance tenant=a tenant=b", "syntax.duplicate-argument"),
      ("balance +limit=5 +limit=5", "syntax.duplicate-argument"),
      ("balance +limit=0", "syntax.bad-value"), ("balance +limit=1001", "syntax.bad-value"),
      ("balance +dry", "syntax.unknown-argument"), ("ping +json=1", "syntax.bad-value"),
      ("ping +json=", "syntax.bad-value"),
      ("schedule attempt=1", "syntax.missing-argument"), ("schedule attempt=0 on=2025-01-01", "syntax.bad-value"),
      ("schedule attempt=01 on=2025-01-01", "syntax.bad-value"),
      ("schedule attempt=1 on=2025-02-30", "syntax.bad-value"),
      ("start attempt=1 at=2025-02-03", "syntax.bad-value"), ("start attempt=1 proctor=yes", "syntax.bad-value"),
      ("return school=a program=b seats=1000001 reason=x", "syntax.bad-value"),
      ("purchase school=a program=b seats=1 unit-price=40", "syntax.bad-value"),
      ("purchase school=a program=b seats=1 unit-price=1000000.01", "syntax.bad-value"),
      ("purchase school=a program=b seats=1 unit-price=040.00", "syntax.bad-value"),
      ("school.list tenant=\"a", "syntax.bad-quote"), ("school.list tenant=\"a\"b", "syntax.bad-quote"),
      ("school.list tenant=a\"b", "syntax.bad-quote"), ("school.list tenant=it's", "syntax.bad-quote"),
      ("school.list tenant=a\\b", "syntax.bad-quote"), (#"school.list tenant="\x""#, "syntax.bad-quote"),
      ("school.list tenant=Upper", "syntax.bad-value"), ("ping\tx", "syntax.bad-byte"),
      ("pi\u{0}ng", "syntax.bad-byte"),
      ("a\rb", "syntax.bad-byte"), ("school.add name=\u{85}", "syntax.bad-byte"), ("@a\u{7F} ping", "syntax.bad-byte"),
    ])
  func bad(_ line: String, _ expected: String) { #expect(code(Array(line.utf8)) == expected) }

  @Test(
    "invalid UTF-8 is a bad byte", arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]])
  func invalidUTF8(_ bytes: [UInt8]) { #expect(code(Array("school.add name=".utf8) + bytes) == "syntax.bad-byte") }

  @Test("an error goes to its tag")
  func tags() {
    do throws(BadLine) {
      _ = try parse("@t1 balance tenant=Upper")
      Issue.record("not refused")
    } catch {
      #expect(error.tag == "t1")
    }
  }

  @Test("the same request has one canonical form, in whatever order and quotes it comes")
  func canonical() throws {
    let one = try #require(try parse("reserve tenant=t test=b candidate=k school=a +idem=x"))
    let other = try #require(try parse(#"@z reserve school="a" candidate=k tenant=t test="b" +actor=me +json"#))
    #expect(one.canonical == "reserve candidate=k school=a test=b")
    #expect(one.canonical == other.canonical)
  }

  @Test(
    "a slip is met with what was meant",
    arguments: [
      ("blance", "balance"), ("reserv", "reserve"), ("no-shw", "no-show"), ("tenant.ad", "tenant.add"),
    ])
  func spelling(_ word: String, _ meant: String) {
    #expect(Spelling.nearest(to: word, among: CommandName.allCases.map(\.rawValue)) == meant)
  }
}
