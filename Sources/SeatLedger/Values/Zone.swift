/// An IANA zone with its offsets resolved beforehand, so that the core needs no calendar of anybody else's.
package struct Zone: Hashable, Sendable {
  package struct Transition: Hashable, Sendable {
    /// Seconds since 1970 from which the offset holds.
    package let at: Int64
    /// Seconds east of UTC.
    package let offset: Int

    package init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  package let name: String
  private let firstOffset: Int
  private let transitions: [Transition]

  /// - Parameters:
  ///   - firstOffset: seconds east of UTC before the first transition.
  ///   - transitions: in ascending order.
  package init(name: String, firstOffset: Int, transitions: [Transition]) {
    self.name = name
    self.firstOffset = firstOffset
    self.transitions = transitions
  }

  package static var utc: Self { Self(name: "UTC", firstOffset: 0, transitions: []) }

  /// Seconds east of UTC at a moment given in seconds since 1970.
  package func offset(at seconds: Int64) -> Int {
    let index = firstTransition(after: seconds)
    return index == 0 ? firstOffset : transitions[index - 1].offset
  }

  package func date(of instant: Instant) -> CivilDate { civilTime(of: instant).date }

  package func civilTime(of instant: Instant) -> CivilTime {
    let local = instant.seconds + Int64(offset(at: instant.seconds))
    let day = local.dividedDown(by: 86_400)
    return CivilTime(date: CivilDate(day: Int32(clamping: day)), second: Int(local - day * 86_400))
  }

  /// The first moment of a day: midnight, or the end of the gap where the clocks skip midnight.
  package func start(of date: CivilDate) -> Instant {
    let midnight = CivilTime(date: date, second: 0)
    if let instant = instant(of: midnight) { return instant }
    let before = localSeconds(midnight) - 86_400
    let index = firstTransition(after: before - Int64(offset(at: before)))
    return Instant(seconds: transitions[min(index, transitions.count - 1)].at)
  }

  /// The moment just past a day.
  package func end(of date: CivilDate) -> Instant { start(of: date + 1) }

  /// The moment at which the clocks show `time`: the first of the two in an autumn fold, `nil` in a spring gap.
  package func instant(of time: CivilTime) -> Instant? {
    let local = localSeconds(time)
    for guess in [offset(at: local - 86_400), offset(at: local + 86_400)] {
      let seconds = local - Int64(guess)
      if offset(at: seconds) == guess { return Instant(seconds: seconds) }
    }
    return nil
  }

  private func localSeconds(_ time: CivilTime) -> Int64 { Int64(time.date.day) * 86_400 + Int64(time.second) }

  private func firstTransition(after seconds: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Zone {
  /// RFC 3339 with this zone's offset, to the second: `2025-02-03T09:00:00-05:00`.
  package func rfc3339(_ instant: Instant) -> String {
    let time = civilTime(of: instant)
    let offset = offset(at: instant.seconds)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let clock = "\(two(time.second / 3600)):\(two(time.second / 60 % 60)):\(two(time.second % 60))"
    let minutes = abs(offset) / 60
    return "\(time.date)T\(clock)\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
