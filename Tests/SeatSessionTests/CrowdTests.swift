import SeatSession
import Testing

@Suite("Shares of a place")
struct CrowdTests {
  private typealias Places = Crowd<Place>

  private enum Place { case first, second }

  private final class Connection: Sendable {}

  private struct Client {
    let principal: String
    let connection = Connection()

    var id: Places.Client { Places.Client(connection: ObjectIdentifier(connection), principal: principal) }
  }

  private var places = Places()

  private let greedy = Client(principal: "uid:1")
  private let rival = Client(principal: "uid:2")
  private let modest = Client(principal: "uid:3")
  private let sixty = (0..<60).map { _ in Client(principal: "uid:4") }
  private let now = ContinuousClock.now

  /// Sends as many requests of a client as may go, one behind the other, up to `most`.
  private mutating func send(
    _ client: Client, most: Int = 1, to place: Place = .first, after pause: Duration = .zero
  ) -> Int {
    for own in 0..<most {
      let manner = places.notice(client.id, isAlone: most == 1, at: now + pause)
      guard places.admits(client.id, manner, to: place, most: 1_000, shared: 4, at: now + pause) else { return own }
      places.enter(place)
    }
    return most
  }

  private mutating func sendEach(_ clients: [Client], after pause: Duration = .zero) -> Int {
    clients.map { send($0, after: pause) }.reduce(0, +)
  }

  @Test("a client has a place to itself as long as it is alone there")
  mutating func alone() { #expect(send(greedy, most: 1_000) == 1_000) }

  @Test("and no more goes there than it can have use of, but for those that ask one thing at a time")
  mutating func full() {
    #expect(send(greedy, most: 900) == 900)
    #expect(send(rival, most: 900) == 100)
    #expect(sendEach(sixty) == 60)
  }

  @Test("beside one that asks one thing at a time it has its part of a small number, and so have its likes")
  mutating func beside() {
    #expect(send(modest) == 1)
    #expect(send(greedy, most: 500) == 3)
    #expect(send(rival, most: 500) == 0)
    #expect(send(modest) == 1)
  }

  @Test("it keeps others small at other places, too: they share its processors")
  mutating func elsewhere() {
    #expect(send(modest, to: .second) == 1)
    #expect(send(greedy, most: 500) == 4)
  }

  @Test("what one client alone asks, one thing at a time, keeps nobody small; least of all itself")
  mutating func itself() {
    #expect(send(greedy) == 1)
    #expect(send(greedy, most: 500) == 500)
  }

  @Test("when the modest one has not come back for a while, the place is free again")
  mutating func later() {
    #expect(send(modest) == 1)
    #expect(send(greedy, most: 500, after: .milliseconds(250)) == 500)
  }

  @Test("many connections of one principal, one request on each, have the place to themselves")
  mutating func sixtyAlone() {
    #expect(sendEach(sixty) == 60)
    #expect(sendEach(sixty) == 60)
  }

  @Test("beside a principal that asks one thing at a time they are a crowd, too")
  mutating func sixtyBeside() {
    #expect(sendEach(sixty) == 60)
    #expect(send(modest) == 1)
    #expect(sendEach(sixty) == 0)
    #expect(send(modest) == 1)
    #expect(sendEach(sixty, after: .milliseconds(250)) == 60)
  }

  @Test("and yet more modest than one connection that does not wait for its answers")
  mutating func sixtyBesideOne() {
    #expect(sendEach(sixty) == 60)
    #expect(send(greedy, most: 500) == 0)
  }

  @Test("a script that opens a connection for each of its questions asks one thing at a time")
  mutating func script() {
    for _ in 0..<10 {
      let next = Client(principal: "uid:5")
      #expect(places.notice(next.id, isAlone: true, at: now) == .one)
      places.forget(next.id)
    }
    #expect(send(greedy, most: 500) == 4)
  }
}
