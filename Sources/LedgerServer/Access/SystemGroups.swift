internal import Glibc
internal import LedgerStore
internal import NIOCore

/// The names that grants may be given to: a principal's own, and those of a user's groups.
///
/// The system's list of groups may be a directory server far away, so it is asked where nobody but grants waits, and its
/// word is good for a second: who leaves a group has that group's grants no longer than that.
struct SystemGroups {
  private var known: [UInt32: (names: [String], asked: NIODeadline)] = [:]

  private static let life = TimeAmount.seconds(1)

  /// Users to remember; past that all are forgotten, and asked for again.
  private static let most = 512

  mutating func names(of holder: Credentials.Holder) -> [String] {
    guard let uid = holder.uid, uid != Self.nobody else { return [holder.name] }
    let now = NIODeadline.now()
    if let (names, asked) = known[uid], now < asked + Self.life { return names }
    if known.count >= Self.most { known.removeAll() }
    let names = [holder.name] + Self.groups(of: uid).map { "group:\($0)" }
    known[uid] = (names, now)
    return names
  }

  /// The overflow uid: it stands for every user that a namespace does not know, and can be granted nothing.
  private static let nobody: UInt32 = 65_534

  /// As many as almost every user has; who is in more is asked for once more, with the room that is needed.
  private static let ordinaryGroups: Int32 = 64

  /// Bytes for one line of the system's lists; a group with more members than fit grants nothing.
  private static let longestLine = 1 << 18

  /// Into memory of its own: what the plain calls give is one place for all threads.
  private static func groups(of uid: UInt32) -> [String] {
    var line = [CChar](repeating: 0, count: longestLine)
    var user = passwd()
    var found: UnsafeMutablePointer<passwd>?
    guard getpwuid_r(uid, &user, &line, line.count, &found) == 0, found != nil else { return [] }
    var count = ordinaryGroups
    var ids = [gid_t](repeating: 0, count: Int(count))
    if getgrouplist(user.pw_name, user.pw_gid, &ids, &count) < 0 {
      ids = [gid_t](repeating: 0, count: Int(count))
      guard getgrouplist(user.pw_name, user.pw_gid, &ids, &count) >= 0 else { return [] }
    }
    return ids.prefix(Int(count)).compactMap(name)
  }

  private static func name(of id: gid_t) -> String? {
    var line = [CChar](repeating: 0, count: longestLine)
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    guard getgrgid_r(id, &entry, &line, line.count, &found) == 0, found != nil else { return nil }
    return String(cString: entry.gr_name)
  }
}
