import SeatSession
import Testing

@Suite("Shares of a place")
struct CrowdTests {
  private final class Client: Sendable {}

  private var crowd = Crowd()
  private let greedy = Client()
  private let other = Client()
  private let modest = Client()
  private let now = ContinuousClock.now

  /// Sends as many requests of a client as are admitted, up to `most`.
  private mutating func send(_ client: Client, most: Int, after pause: Duration = .zero) -> Int {
    var own = 0
    while own < most, crowd.admits(ObjectIdentifier(client), own: own, most: 1_000, shared: 4, at: now + pause) {
      crowd.enter(ObjectIdentifier(client), isModest: most == 1, at: now + pause)
      own += 1
    }
    return own
  }

  @Test("a client has a place to itself as long as it is alone there")
  mutating func alone() { #expect(send(greedy, most: 2_000) == 1_000) }

  @Test("beside one that asks one thing at a time it has its part of a small number, and so have its likes")
  mutating func beside() {
    #expect(send(modest, most: 1) == 1)
    #expect(send(greedy, most: 500) == 3)
    // Each may always have one.
    #expect(send(other, most: 500) == 1)
  }

  @Test("what one client alone asks, one thing at a time, keeps nobody small; least of all itself")
  mutating func itself() {
    #expect(send(greedy, most: 1) == 1)
    #expect(send(greedy, most: 500) == 500)
  }

  @Test("when the modest one has not come back for a while, the place is free again")
  mutating func later() {
    #expect(send(modest, most: 1) == 1)
    #expect(send(greedy, most: 500, after: Crowd.memory) == 500)
  }
}
