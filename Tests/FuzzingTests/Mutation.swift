/// Changes inputs a little, as a fuzzer does, but the same way with every run.
struct Mutation<Random: RandomNumberGenerator> {
  let corpus: [[UInt8]]
  var random: Random

  mutating func next() -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<number(0...4) where !bytes.isEmpty {
      let place = number(0...bytes.count - 1)
      switch number(0...5) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2:
        bytes.insert(contentsOf: Array(" =\"\\+@.-:ÄÿZ9\u{0}\t".utf8).shuffled(using: &random).prefix(2), at: place)
      case 3: bytes.removeSubrange(place...)
      case 4:
        let other = corpus.randomElement(using: &random) ?? []
        bytes.insert(contentsOf: other.suffix(number(0...other.count)), at: place)
      default: bytes.append(contentsOf: bytes[place...])
      }
    }
    return bytes
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}
