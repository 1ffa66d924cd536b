import Foundation
import Fuzzing
import TestSupport
import Testing

/// Inputs that nobody meant. `Scripts/fuzz` looks for more of them with the same promises; what it found is in the corpus.
@Suite("Fuzz")
struct FuzzTests {
  private static func corpus(_ target: FuzzTarget) throws -> [[UInt8]] {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fuzzing/Corpus/\(target.rawValue)")
    return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().map {
      Array(try Data(contentsOf: directory.appendingPathComponent($0)))
    }
  }

  @Test("every promise is kept for every input of the corpus", arguments: FuzzTarget.allCases)
  func corpus(_ target: FuzzTarget) throws {
    let corpus = try Self.corpus(target)
    #expect(corpus.count >= 8)
    for input in corpus { try target.check(input) }
  }

  @Test(
    "and for many that are made from them",
    arguments: [(FuzzTarget.requests, 3_000), (.replies, 3_000), (.conversations, 2_000)])
  func mutated(_ target: FuzzTarget, _ inputs: Int) throws {
    var mutation = Mutation(corpus: try Self.corpus(target), random: SplitMix64(seed: 920))
    for count in 1...inputs {
      let input = mutation.next()
      do {
        try target.check(input)
      } catch {
        Issue.record("input \(count), \(input): \(error)")
        return
      }
    }
  }
}
