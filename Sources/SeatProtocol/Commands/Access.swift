package import SeatLedger

/// Who may run a command.
package enum Access: Hashable, Sendable {
  case anybody
  /// Whoever holds any grant.
  case granted
  /// Operators always may.
  case roles(Set<Role>)
}
