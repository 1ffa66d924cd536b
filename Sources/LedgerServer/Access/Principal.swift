internal import Glibc
package import LedgerStore
package import SeatLedger

/// Who a connection speaks for, and what it may do.
package struct Principal: Sendable {
  /// `uid:1001` or `token:NAME`: what the journal notes.
  package let name: String
  /// What tells any two principals apart: tokens of two tenants may have one name.
  let identity: String
  /// Names that grants may be given to: its own, and those of its groups.
  package let names: [String]
  /// The tenant that a token belongs to.
  package let tenant: TenantCode?
  /// root or the daemon's own user, who need no grant.
  package let isHost: Bool
  package var grants: [Credentials.Held] = []

  var holder: Credentials.Holder { Credentials.Holder(names: names, tenant: tenant) }

  /// Whom an operator has made one may run everything, in every tenant.
  package var isOperator: Bool { isHost || grants.contains { $0.grant.role == .operator } }

  /// The user at the other end of a socket.
  package init(uid: UInt32) {
    name = "uid:\(uid)"
    isHost = uid == 0 || uid == geteuid()
    identity = name
    names = [name] + (uid == Self.nobody ? [] : Self.groups(of: uid).map { "group:\($0)" })
    tenant = nil
  }

  package init(token: Credentials.Token) {
    name = token.principal
    identity = "\(token.tenant.text) \(token.principal)"
    names = [name]
    tenant = token.tenant
    isHost = false
  }

  /// The overflow uid: it stands for every user that a namespace does not know, and can be granted nothing.
  private static let nobody: UInt32 = 65_534

  /// As many as almost every user has; who is in more is asked for once more, with the room that is needed.
  private static let ordinaryGroups: Int32 = 64

  private static func groups(of uid: UInt32) -> [String] {
    guard let user = getpwuid(uid) else { return [] }
    var count = ordinaryGroups
    var ids = [gid_t](repeating: 0, count: Int(count))
    if getgrouplist(user.pointee.pw_name, user.pointee.pw_gid, &ids, &count) < 0 {
      ids = [gid_t](repeating: 0, count: Int(count))
      guard getgrouplist(user.pointee.pw_name, user.pointee.pw_gid, &ids, &count) >= 0 else { return [] }
    }
    return ids.prefix(Int(count)).compactMap { id in getgrgid(id).map { String(cString: $0.pointee.gr_name) } }
  }
}
