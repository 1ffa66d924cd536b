import Testing

@testable import seatctl

@Suite("Words of the command line")
struct CommandLineTextTests {
  @Test(
    "what a sentence says of the protocol's words is said in those of a shell, and nothing else is touched",
    arguments: [
      ("say proctor=attested", "say --proctor attested"), ("With +dry it tells", "With --dry it tells"),
      ("school=…", "--school …"), ("transfer needs year= or expires=, as", "transfer needs --year or --expires, as"),
      ("+as-of= takes a date", "--as-of takes a date"), ("use +idem=KEY.", "use --idem KEY."),
      ("approve reason=\"worked hard\", then", "approve --reason \"worked hard\", then"),
      ("certificate-through=2026-02-28", "certificate-through=2026-02-28"), ("a = b, 1+1", "a = b, 1+1"), ("", ""),
    ])
  func sentence(_ said: String, _ shown: String) {
    #expect(CommandLineText.sentence(said) == shown)
  }
}
