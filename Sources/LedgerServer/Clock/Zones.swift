internal import Foundation
package import SeatLedger
internal import Synchronization

/// IANA zones with their offsets resolved once: Foundation's calendar is too slow to ask again.
package enum Zones {
  private static let resolved = Mutex<[String: Zone]>([:])

  /// `nil` for a name that is no zone of the IANA database.
  package static func zone(named name: String) -> Zone? {
    if let zone = resolved.withLock({ $0[name] }) { return zone }
    guard name.contains("/") || name == "UTC", let zone = resolve(name) else { return nil }
    resolved.withLock { $0[name] = zone }
    return zone
  }

  /// From 1970 to 2100; beyond that no law has been made yet.
  private static func resolve(_ name: String) -> Zone? {
    guard let zone = TimeZone(identifier: name) else { return nil }
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    var moment = Date(timeIntervalSince1970: 0)
    let first = zone.secondsFromGMT(for: moment)
    var transitions: [Zone.Transition] = []
    while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end, next > moment {
      transitions.append(
        Zone.Transition(at: Int64(next.timeIntervalSince1970.rounded()), offset: zone.secondsFromGMT(for: next)))
      moment = next
    }
    return Zone(name: name, firstOffset: first, transitions: transitions)
  }
}
