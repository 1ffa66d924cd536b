import SeatLedger
import SeatProtocol
import Testing

/// Lines that nobody meant: whatever comes, the parser answers, and what it takes it takes for what it is.
@Suite("Fuzz")
struct FuzzTests {
  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let corpus = [
    "@a reserve tenant=920 school=920318 candidate=k7Qm test=brakes on=2025-02-03T09:00 +idem=sis-88",
    "purchase tenant=920 school=s program=ase-entry-level year=2024-2025 seats=40 unit-price=40.00 po=\"a \\\"b\\\" \\\\ \\n\"",
    "balance +as-of=2025-06-30T23:59:59-04:00 +known=12 +limit=1000 +json", "batch.begin tenant=d +dry +actor=\"J Ö\"",
    "verify head=12:\(String(repeating: "ab", count: 32))", "grant.add principal=uid:0 role=school school=x",
    "program.add program=p name=N coverage=test expiry=90 paid-retests=unlimited", "  ping  ", "@w watch since=0",
  ]

  private static func mutated(_ random: inout Random) -> [UInt8] {
    var bytes = Array((corpus.randomElement(using: &random) ?? "").utf8)
    for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2:
        bytes.insert(contentsOf: Array(" =\"\\+@.-:ÄÿZ9\u{0}\t".utf8).shuffled(using: &random).prefix(2), at: place)
      case 3: bytes.removeSubrange(place...)
      case 4:
        let other = Array((corpus.randomElement(using: &random) ?? "").utf8)
        bytes.insert(contentsOf: other.suffix(Int.random(in: 0...other.count, using: &random)), at: place)
      default: bytes.append(contentsOf: bytes[place...])
      }
    }
    return bytes
  }

  @Test("a line is taken, ignored or refused; what is taken reads back to the same")
  func parser() throws {
    var random = Random(state: 920)
    var taken = 0
    for _ in 0..<30_000 {
      let bytes = Self.mutated(&random)
      do {
        guard let line = try RequestParser.parse(bytes[...]) else {
          #expect(bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
          continue
        }
        taken += 1
        let tenant = line.text(.tenant).map { " tenant=\($0)" } ?? ""
        let again = try RequestParser.parse(Array("\(line.canonical)\(tenant)".utf8)[...])
        #expect(again?.canonical == line.canonical, "\(bytes)")
      } catch {
        var reply: [UInt8] = []
        ReplyEncoder(tag: error.tag).encode(.refused(error.refusal), into: &reply)
        // One line, that a client can read.
        #expect(reply.last == UInt8(ascii: "\n") && !reply.dropLast().contains { $0 < 0x20 }, "\(bytes)")
        #expect(ReplyLine(String(decoding: reply.dropLast(), as: UTF8.self))?.kind.isFinal == true)
      }
    }
    #expect(taken > 3_000)
  }
}
