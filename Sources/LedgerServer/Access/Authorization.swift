internal import LedgerStore
package import SeatLedger
package import SeatProtocol

/// Whose books a request may touch, as its principal's grants and the command table say.
package struct Authorization: Sendable {
  /// `nil` for a command of the ledger itself, or for all tenants.
  package let tenant: TenantCode?
  /// `nil`: the whole tenant.
  package let schools: Set<SchoolCode>?

  /// - Parameter batch: the tenant of the batch that the line is queued in.
  package init(_ line: RequestLine, by principal: Principal, in batch: TenantCode? = nil) throws(Refusal) {
    let spec = line.command
    if case .anybody = spec.access {
      (tenant, schools) = (nil, nil)
      return
    }
    if principal.isOperator {
      (tenant, schools) = (try Self.tenant(of: line, default: batch), nil)
      return
    }
    guard !principal.grants.isEmpty else {
      throw Refusal(.authRequired, nil, "\(principal.name) holds no grant; ask an operator for one, or auth token=…")
    }
    let tenants = Set(principal.grants.map(\.tenant))
    tenant = try Self.tenant(of: line, default: batch ?? (tenants.count == 1 ? tenants.first : nil))
    guard let tenant else {
      guard spec.access == .granted else {
        guard spec.isOpen(to: principal.grants.map(\.grant.role)) else { throw Self.forbidden(spec) }
        throw Self.missingTenant(spec)
      }
      schools = nil
      return
    }
    guard tenants.contains(tenant) else {
      throw Refusal(.noTenant, nil, "no tenant \(tenant) here; whoami shows yours")
    }
    schools = try Self.schools(line, principal.grants.filter { $0.tenant == tenant }.map(\.grant))
  }

  private static func tenant(of line: RequestLine, default only: TenantCode?) throws(Refusal) -> TenantCode? {
    switch line.command.scope {
    case .ledger: return nil
    case .tenantOrAll: return line.code(.tenant) ?? only
    case .tenant:
      if let tenant: TenantCode = line.code(.tenant) ?? only { return tenant }
      throw missingTenant(line.command)
    }
  }

  private static func missingTenant(_ spec: CommandSpec) -> Refusal {
    Refusal(.missingArgument, nil, "\(spec.name.rawValue) needs tenant=: a district's code") {
      $0.add(.argument, ArgumentName.tenant.rawValue)
    }
  }

  /// The schools for which one of the roles that a command asks for is held; `nil`: all of them.
  private static func schools(_ line: RequestLine, _ grants: [Grant]) throws(Refusal) -> Set<SchoolCode>? {
    guard case .roles(let roles) = line.command.access else { return nil }
    let held = grants.filter { roles.contains($0.role) }
    guard !held.isEmpty else { throw forbidden(line.command) }
    try checkGrantable(line)
    let schools = Set(held.compactMap(\.school))
    if held.contains(where: { $0.school == nil }) { return nil }
    if let named: SchoolCode = line.code(.school), !schools.contains(named) {
      throw Refusal(.forbidden, nil, "your grants do not reach school \(named); whoami shows them")
    }
    return schools
  }

  /// Finance grants inside its tenant, but not what reaches beyond it.
  private static func checkGrantable(_ line: RequestLine) throws(Refusal) {
    guard line.command.name == .grantAdd || line.command.name == .grantRemove,
      line.text(.role).flatMap(Role.init(rawValue:))?.isGrantableByFinance == false
    else { return }
    let roles = Role.allCases.filter(\.isGrantableByFinance).map(\.rawValue).joined(separator: ", ")
    throw Refusal(.forbidden, nil, "your grants allow \(line.command.name.rawValue) for \(roles) alone")
  }

  private static func forbidden(_ spec: CommandSpec) -> Refusal {
    Refusal(.forbidden, nil, "your grants do not allow \(spec.name.rawValue); whoami shows them")
  }
}

extension CommandSpec {
  fileprivate func isOpen(to held: [Role]) -> Bool {
    if case .roles(let roles) = access { held.contains { roles.contains($0) } } else { true }
  }
}
