/// The requests of one connection that are under way: all of them in one place, or one that must be alone.
struct UnderWay {
  private var place: Router.Place?
  private var requests = 0
  /// The commands that those are of, and of which those are that are of several.
  private var commands = 0
  private var weights: [Int: Int] = [:]

  var isEmpty: Bool { requests == 0 }

  /// Whether one more may go to a place, as far as those before it are concerned: they stay in the order in which they came
  /// if they are in the same one.
  func leavesRoom(in place: Router.Place) -> Bool {
    isEmpty || place == self.place && commands < place.mostOfOne
  }

  mutating func add(_ ticket: Int, to place: Router.Place, weight: Int) {
    self.place = place
    requests += 1
    commands += weight
    if weight > 1 { weights[ticket] = weight }
  }

  mutating func addAlone() { requests += 1 }

  /// - Returns: the place that has more room now, and how much.
  mutating func finish(_ ticket: Int) -> (place: Router.Place, weight: Int)? {
    requests -= 1
    let weight = weights.removeValue(forKey: ticket) ?? 1
    defer {
      commands = isEmpty ? 0 : commands - weight
      if isEmpty { place = nil }
    }
    return place.map { ($0, weight) }
  }
}
