import SeatSession
import Testing

@Suite("Shares of a place")
struct CrowdTests {
  private enum Place: Int { case first, second }

  private final class Connection: Sendable {}

  private struct Client {
    let principal: String
    let connection = Connection()

    var id: Crowd.Client { Crowd.Client(connection: ObjectIdentifier(connection), principal: principal) }
  }

  private let crowd = Crowd()

  private let greedy = Client(principal: "uid:1")
  private let rival = Client(principal: "uid:2")
  private let modest = Client(principal: "uid:3")
  private let sixty = (0..<60).map { _ in Client(principal: "uid:4") }
  private let now: UInt64 = 1_000_000_000

  /// Sends as many requests of a client as may go, one behind the other, up to `most`.
  private func send(
    _ client: Client, most: Int = 1, to place: Place = .first, after pause: UInt64 = 0
  ) -> Int {
    for own in 0..<most {
      let manner = crowd.notice(client.id, asksOne: most == 1, at: now + pause)
      guard crowd.admits(client.id, manner, to: place.rawValue, most: 1_000, shared: 4, at: now + pause) else {
        return own
      }
      crowd.enter(place.rawValue)
    }
    return most
  }

  private func sendEach(_ clients: [Client], after pause: UInt64 = 0) -> Int {
    clients.map { send($0, after: pause) }.reduce(0, +)
  }

  @Test("a client has a place to itself as long as it is alone there")
  func alone() { #expect(send(greedy, most: 1_000) == 1_000) }

  @Test("and no more goes there than it can have use of, but for those that ask one thing at a time")
  func full() {
    #expect(send(greedy, most: 900) == 900)
    #expect(send(rival, most: 900) == 100)
    #expect(sendEach(sixty) == 60)
  }

  @Test("a batch counts as the commands that it holds, and waits for room whoever sends it")
  func batches() {
    crowd.enter(Place.first.rawValue, 1_000)
    #expect(send(modest) == 1, "one command of who asks one thing at a time goes beyond")
    #expect(!crowd.admits(rival.id, .one, 500, to: Place.first.rawValue, most: 1_000, shared: 4, at: now))
    crowd.leave(Place.first.rawValue, 1_000)
    #expect(crowd.admits(rival.id, .one, 500, to: Place.first.rawValue, most: 1_000, shared: 4, at: now))
  }

  @Test("beside one that asks one thing at a time it has its part of a small number, and so have its likes")
  func beside() {
    #expect(send(modest) == 1)
    #expect(send(greedy, most: 500) == 3)
    #expect(send(rival, most: 500) == 0)
    #expect(send(modest) == 1)
  }

  @Test("it keeps others small at other places, too: they share its processors")
  func elsewhere() {
    #expect(send(modest, to: .second) == 1)
    #expect(send(greedy, most: 500) == 4)
  }

  @Test("what one client alone asks, one thing at a time, keeps nobody small; least of all itself")
  func itself() {
    #expect(send(greedy) == 1)
    #expect(send(greedy, most: 500) == 500)
  }

  @Test("when the modest one has not come back for a while, the place is free again")
  func later() {
    #expect(send(modest) == 1)
    #expect(send(greedy, most: 500, after: Crowd.memory) == 500)
  }

  @Test("many connections of one principal, one request on each, have the place to themselves")
  func sixtyAlone() {
    #expect(sendEach(sixty) == 60)
    #expect(sendEach(sixty) == 60)
  }

  @Test("beside a principal that asks one thing at a time they are a crowd, too")
  func sixtyBeside() {
    #expect(sendEach(sixty) == 60)
    #expect(send(modest) == 1)
    #expect(sendEach(sixty) == 0)
    #expect(send(modest) == 1)
    #expect(sendEach(sixty, after: Crowd.memory) == 60)
  }

  @Test("and yet more modest than one connection that does not wait for its answers")
  func sixtyBesideOne() {
    #expect(sendEach(sixty) == 60)
    #expect(send(greedy, most: 500) == 0)
  }

  @Test("a script that opens a connection for each of its questions asks one thing at a time")
  func script() {
    for _ in 0..<10 {
      let next = Client(principal: "uid:5")
      #expect(crowd.notice(next.id, asksOne: true, at: now) == .one)
      crowd.forget(next.id)
    }
    #expect(send(greedy, most: 500) == 4)
  }

  @Test("a client that sends several at a time is not modest when but one of them is left")
  func lastOfSeveral() {
    var habit = Crowd.Habit()
    let moments = [(true, 0), (false, 0), (true, Crowd.memory - 1), (true, Crowd.memory)]
    #expect(moments.map { habit.note(isAlone: $0, at: now + $1) } == [true, false, false, true])
  }
}
