internal import LedgerStore
internal import NIOCore

/// Grants as they were read last, and since when they are known: good for every request that had come before they were
/// asked for, whoever asked. Sixty connections of one principal then need one question for all that waits on them.
struct KnownGrants {
  private var known: [Credentials.Holder: Known] = [:]

  private struct Known {
    let grants: [Credentials.Held]
    let asked: NIODeadline
  }

  /// Principals to remember; past that all are forgotten, and asked for again.
  private static let most = 512

  /// - Parameter arrival: of the request that they are to decide.
  func grants(of holder: Credentials.Holder, since arrival: NIODeadline) -> [Credentials.Held]? {
    known[holder].flatMap { $0.asked > arrival ? $0.grants : nil }
  }

  /// - Parameter asked: a moment before the database was asked.
  mutating func note(_ grants: [Credentials.Held], of holder: Credentials.Holder, asked: NIODeadline) {
    if known.count >= Self.most { known.removeAll() }
    known[holder] = Known(grants: grants, asked: asked)
  }
}
