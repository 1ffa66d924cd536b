import SeatSession
import Testing

@Suite("Shares of a place")
struct CrowdTests {
  private final class Client: Sendable {}

  private var crowd = Crowd<Place>()

  private enum Place { case first, second }

  private let greedy = Client()
  private let other = Client()
  private let modest = Client()
  private let now = ContinuousClock.now

  /// Sends as many requests of a client as are admitted, up to `most`.
  private mutating func send(
    _ client: Client, most: Int, to place: Place = .first, after pause: Duration = .zero
  ) -> Int {
    let id = ObjectIdentifier(client)
    var own = 0
    while own < most, crowd.admits(id, to: place, own: own, most: 1_000, shared: 4, at: now + pause) {
      if most == 1 { crowd.notice(id, at: now + pause) }
      crowd.enter(place)
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

  @Test("it keeps others small at other places, too: they share its processors")
  mutating func elsewhere() {
    #expect(send(modest, most: 1, to: .second) == 1)
    #expect(send(greedy, most: 500) == 4)
  }

  @Test("what one client alone asks, one thing at a time, keeps nobody small; least of all itself")
  mutating func itself() {
    #expect(send(greedy, most: 1) == 1)
    #expect(send(greedy, most: 500) == 500)
  }

  @Test("when the modest one has not come back for a while, the place is free again")
  mutating func later() {
    #expect(send(modest, most: 1) == 1)
    #expect(send(greedy, most: 500, after: Crowd<Place>.memory) == 500)
  }
}
