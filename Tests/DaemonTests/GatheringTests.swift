import Testing

@testable import LedgerServer

@Suite("Gathering")
struct GatheringTests {
  @Test("a batch takes what it can carry, in order, and one that is heavier alone goes alone")
  func weights() {
    var gathering = Gathering<Int>(mostOfABatch: 10) { $0 }
    for weight in [4, 6, 1, 30, 2, 9] { _ = gathering.admit(weight) }
    #expect((0..<4).map { _ in gathering.take() } == [[4, 6], [1], [30], [2]])
    #expect(gathering.take() == [9])
    #expect(gathering.take().isEmpty && gathering.count == 0)
  }

  @Test("of what is done in the background each batch takes a share, and what somebody waits for passes it")
  func background() {
    var gathering = Gathering<Int>(mostOfABatch: 10, mostInBackground: 4, weight: abs) { $0 < 0 }
    for weight in [-3, -1, -2, -9, 5, -1, 6] { _ = gathering.admit(weight) }
    #expect(gathering.count == 7)
    #expect((0..<4).map { _ in gathering.take() } == [[5, -3, -1], [6, -2], [-9], [-1]])
    #expect(gathering.take().isEmpty && gathering.count == 0)
  }

  @Test("more than may wait is refused, until a batch is taken")
  func full() {
    var gathering = Gathering<Int>(mostOfABatch: 512)
    var admitted = 0
    while gathering.admit(admitted) { admitted += 1 }
    #expect(admitted == 65_536)
    let batch = gathering.take()
    let hasRoom = gathering.admit(0)
    #expect(batch.count == 512 && hasRoom)
  }
}
