internal import Glibc
package import LedgerStore
package import SeatLedger

/// Who a connection speaks for, and what it may do.
package struct Principal: Sendable {
  /// `uid:1001` or `token:NAME`: what the journal notes.
  package let name: String
  /// What tells any two principals apart: tokens of two tenants may have one name.
  let identity: String
  /// Of a user, whose groups may have grants, too.
  private let uid: UInt32?
  /// The tenant that a token belongs to.
  package let tenant: TenantCode?
  /// root or the daemon's own user, who need no grant.
  package let isHost: Bool
  package var grants: [Credentials.Held] = []

  var holder: Credentials.Holder { Credentials.Holder(name: name, uid: uid, tenant: tenant) }

  /// Whom an operator has made one may run everything, in every tenant.
  package var isOperator: Bool { isHost || grants.contains { $0.grant.role == .operator } }

  /// The user at the other end of a socket.
  package init(uid: UInt32) {
    name = "uid:\(uid)"
    isHost = uid == 0 || uid == geteuid()
    identity = name
    self.uid = uid
    tenant = nil
  }

  package init(token: Credentials.Token) {
    name = token.principal
    identity = "\(token.tenant.text) \(token.principal)"
    uid = nil
    tenant = token.tenant
    isHost = false
  }
}
