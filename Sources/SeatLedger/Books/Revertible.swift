/// A table of the books that remembers, from a mark on, what it held before: a batch that is refused takes its changes
/// back. To keep a copy instead would cost a large district's whole books with every batch.
///
/// Its rows lie one behind the other, and what finds them is small: a proof fills tables with rows by the hundred thousand,
/// and to scatter them over a hash table's memory took nearly half of its time.
package struct Revertible<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// Where the row of a key stands.
  private var places: [Key: Int] = [:]
  package private(set) var keys: [Key] = []
  package private(set) var values: [Value] = []
  /// What the keys that have changed since each mark stood for, the last mark last.
  private var before: [[Key: Value?]] = []

  package subscript(key: Key) -> Value? {
    get {
      guard let place = places[key] else { return nil }
      return values[place]
    }
    set {
      remember(key)
      put(newValue, under: key)
    }
  }

  package var count: Int { keys.count }

  /// What `body` makes of what stands under a key, without a copy of it; `nil` where nothing does.
  package func read<Result>(_ key: Key, _ body: (borrowing Value) -> Result) -> Result? {
    guard let place = places[key] else { return nil }
    return body(values[place])
  }

  /// - Returns: whether something was there before.
  mutating func update(_ value: Value, forKey key: Key) -> Bool {
    remember(key)
    return put(value, under: key)
  }

  /// Changes what stands under a key where it stands: a pool is large, and an entry changes little of it.
  ///
  /// - Returns: `false` where nothing stands there.
  mutating func change<Failure>(_ key: Key, _ body: (inout Value) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard let place = places[key] else { return false }
    remember(key)
    try body(&values[place])
    return true
  }

  mutating func append<Element>(_ element: Element, to key: Key) where Value == [Element] {
    remember(key)
    if let place = places[key] { values[place].append(element) } else { put([element], under: key) }
  }

  mutating func reserveCapacity(_ count: Int) {
    places.reserveCapacity(count)
    keys.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  mutating func mark(_ mark: Mark) {
    switch mark {
    case .set: before.append([:])
    case .forget:
      guard let inner = before.popLast(), let last = before.indices.last else { return }
      before[last].merge(inner) { outer, _ in outer }
    case .revert: for (key, value) in before.popLast() ?? [:] { put(value, under: key) }
    }
  }

  private mutating func remember(_ key: Key) {
    guard let last = before.indices.last, before[last][key] == nil else { return }
    before[last].updateValue(self[key], forKey: key)
  }

  /// - Returns: whether something was there before.
  @discardableResult
  private mutating func put(_ value: Value?, under key: Key) -> Bool {
    switch (places[key], value) {
    case (let place?, let value?):
      values[place] = value
      return true
    case (nil, let value?):
      places[key] = keys.count
      keys.append(key)
      values.append(value)
      return false
    case (let place?, nil):
      // The last row takes its place.
      places[keys[keys.count - 1]] = place
      places[key] = nil
      keys.swapAt(place, keys.count - 1)
      values.swapAt(place, values.count - 1)
      keys.removeLast()
      values.removeLast()
      return true
    case (nil, nil): return false
    }
  }
}

/// What is done with the marks that a table remembers from: one stands inside the other.
enum Mark {
  case set
  /// What has changed since the last mark stays.
  case forget
  /// Everything is as it was at the last mark.
  case revert
}

extension Revertible: Equatable where Value: Equatable {
  /// The same rows, in whatever order.
  package static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && zip(left.keys, left.values).allSatisfy { key, value in right[key] == value }
  }
}
