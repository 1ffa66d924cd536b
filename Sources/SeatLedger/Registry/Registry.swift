/// Who belongs to a tenant and who may do what in it, as far as a batch needs to know.
package struct Registry: Sendable {
  package var schools: Set<SchoolCode> = []
  package var grants: Set<Grant> = []
  /// By name, whether it is revoked.
  package var tokens: [TokenName: Bool] = [:]

  package init(schools: Set<SchoolCode> = []) { self.schools = schools }
}

/// A role that a principal holds in a tenant, for one school where the role is of a school.
package struct Grant: Hashable, Sendable {
  package let principal: String
  package let role: Role
  package let school: SchoolCode?

  package init(principal: String, role: Role, school: SchoolCode?) {
    self.principal = principal
    self.role = role
    self.school = school
  }
}

/// A change of the registry.
package enum Registration: Hashable, Sendable {
  case school(SchoolCode, name: String)
  case grant(Grant)
  case ungrant(Grant)
  case issue(IssuedToken)
  case revoke(TokenName)
}

/// A new token: its secret is shown once and stored only as a hash.
package struct IssuedToken: Hashable, Sendable {
  package let name: TokenName
  /// Public, unique in the whole ledger.
  package let id: String
  package let secret: String
  /// SHA-256 of the secret.
  package let secretHash: [UInt8]

  package init(name: TokenName, id: String, secret: String, secretHash: [UInt8]) {
    self.name = name
    self.id = id
    self.secret = secret
    self.secretHash = secretHash
  }
}

/// One line of the audit list: who registered what, when.
package struct Audit: Sendable {
  package let registration: Registration
  package let recorded: Instant
  package let principal: String
  package let actor: String?
  /// The command and its arguments; a token's secret is no argument.
  package let request: String
  package var kept: Kept?
}
