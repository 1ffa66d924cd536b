import SeatSession
import Testing

@Suite("Shares of a place")
struct CrowdTests {
  private var crowd = Crowd<String, Int>()
  private let now = ContinuousClock.now

  /// Sends as many requests of a client as are admitted, up to `most`.
  private mutating func send(_ client: Int, most: Int, after pause: Duration = .zero) -> Int {
    var own = 0
    while own < most, crowd.admits(client, to: "lane", own: own, most: 1_000, shared: 4, at: now + pause) {
      crowd.enter("lane", client, isModest: most == 1, at: now + pause)
      own += 1
    }
    return own
  }

  @Test("a client has a place to itself as long as it is alone there")
  mutating func alone() { #expect(send(1, most: 2_000) == 1_000) }

  @Test("beside one that asks one thing at a time it has its part of a small number, and so have its likes")
  mutating func beside() {
    #expect(send(7, most: 1) == 1)
    #expect(send(1, most: 500) == 3)
    // Each may always have one.
    #expect(send(2, most: 500) == 1)
    #expect(crowd.admits(1, to: "another lane", own: 500, most: 1_000, shared: 4, at: now))
  }

  @Test("what one client alone asks, one thing at a time, keeps nobody small; least of all itself")
  mutating func itself() {
    #expect(send(1, most: 1) == 1)
    #expect(send(1, most: 500) == 500)
  }

  @Test("when the modest one has not come back for a while, the place is free again")
  mutating func later() {
    #expect(send(7, most: 1) == 1)
    #expect(send(1, most: 500, after: Crowd<String, Int>.memory) == 500)
  }
}
