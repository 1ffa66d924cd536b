internal import Synchronization

/// Numbers that tell the daemon's watches apart.
final class WatchNumbers: Sendable {
  private let last = Atomic<Int>(0)

  func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
