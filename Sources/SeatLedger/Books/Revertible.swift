/// A table of the books that remembers, from a mark on, what it held before: a batch that is refused takes its changes
/// back. To keep a copy instead would cost a large district's whole books with every batch.
package struct Revertible<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  package private(set) var rows: [Key: Value] = [:]
  /// What the keys that have changed since each mark stood for, the last mark last.
  private var before: [[Key: Value?]] = []

  package subscript(key: Key) -> Value? {
    get { rows[key] }
    set {
      remember(key)
      rows[key] = newValue
    }
  }

  package var count: Int { rows.count }
  package var keys: Dictionary<Key, Value>.Keys { rows.keys }
  package var values: Dictionary<Key, Value>.Values { rows.values }

  /// - Returns: what was there before.
  mutating func updateValue(_ value: Value, forKey key: Key) -> Value? {
    remember(key)
    return rows.updateValue(value, forKey: key)
  }

  /// Changes what stands under a key where it stands: a pool is large, and an entry changes little of it.
  ///
  /// - Returns: `false` where nothing stands there.
  mutating func change<Failure>(_ key: Key, _ body: (inout Value) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard let place = rows.index(forKey: key) else { return false }
    remember(key)
    try body(&rows.values[place])
    return true
  }

  mutating func append<Element>(_ element: Element, to key: Key) where Value == [Element] {
    remember(key)
    rows[key, default: []].append(element)
  }

  mutating func reserveCapacity(_ count: Int) { rows.reserveCapacity(count) }

  mutating func mark(_ mark: Mark) {
    switch mark {
    case .set: before.append([:])
    case .forget:
      guard let inner = before.popLast(), let last = before.indices.last else { return }
      before[last].merge(inner) { outer, _ in outer }
    case .revert: for (key, value) in before.popLast() ?? [:] { rows[key] = value }
    }
  }

  private mutating func remember(_ key: Key) {
    guard let last = before.indices.last, before[last][key] == nil else { return }
    before[last].updateValue(rows[key], forKey: key)
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

extension Revertible: Equatable where Value: Equatable {}
