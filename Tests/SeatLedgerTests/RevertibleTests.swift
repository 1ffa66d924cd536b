import TestSupport
import Testing

@testable import SeatLedger

/// A table of the books beside a dictionary that is copied whole wherever the table remembers.
@Suite("A table that takes its changes back")
struct RevertibleTests {
  @Test("holds what a dictionary holds, after every change, mark and return", arguments: 1...40 as ClosedRange<UInt64>)
  func dictionary(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = Revertible<Int, Int>()
    var model: [Int: Int] = [:]
    var marks: [[Int: Int]] = []
    for step in 0..<400 {
      let (key, value) = (Int.random(in: 0..<12, using: &random), Int.random(in: 0..<1_000, using: &random))
      switch Int.random(in: 0..<9, using: &random) {
      case 0...2:
        table[key] = value
        model[key] = value
      case 3, 4:
        table[key] = nil
        model[key] = nil
      case 5:
        let (wasThere, before) = (table.update(value, forKey: key), model.updateValue(value, forKey: key))
        #expect(wasThere == (before != nil))
      case 6:
        let isThere = table.change(key) { $0 += 1 }
        #expect(isThere == (model[key] != nil))
        if let old = model[key] { model[key] = old + 1 }
      case 7:
        table.mark(.set)
        marks.append(model)
      default:
        guard let before = marks.popLast() else { continue }
        if Bool.random(using: &random) {
          table.mark(.forget)
        } else {
          table.mark(.revert)
          model = before
        }
      }
      let held = Dictionary(uniqueKeysWithValues: zip(table.keys, table.values))
      #expect(held == model && table.count == model.count, "seed \(seed), step \(step)")
      #expect((0..<12).allSatisfy { table[$0] == model[$0] }, "seed \(seed), step \(step)")
      let read = table.read(key) { $0 == model[key] }
      #expect(read == (model[key] == nil ? nil : true), "seed \(seed), step \(step)")
    }
  }

  @Test("two tables are equal that hold the same, in whatever order it came")
  func equality() {
    var (one, other) = (Revertible<Int, String>(), Revertible<Int, String>())
    for key in 1...5 { one[key] = "\(key)" }
    for key in (0...5).reversed() { other[key] = "\(key)" }
    #expect(one != other)
    other[0] = nil
    #expect(one == other)
    other[3] = "4"
    #expect(one != other)
  }
}
