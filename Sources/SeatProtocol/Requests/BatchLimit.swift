/// How much one batch may hold: it is one transaction, and its lines are in memory until the commit.
package enum BatchLimit {
  package static let lines = 1_000
  /// With their ends.
  package static let bytes = 1 << 20
}
