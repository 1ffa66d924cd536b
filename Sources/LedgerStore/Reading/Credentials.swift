package import Postgres
package import SeatLedger

/// What the grants and tokens say of a principal, in every tenant.
package enum Credentials {
  package static let statements = [selectGrants, selectToken]

  /// A grant with the tenant that gave it.
  package struct Held: Hashable, Sendable {
    package let tenant: TenantCode
    package let grant: Grant
    package let tenantName: String
    /// IANA: what a client needs to know which day it is there.
    package let tenantZone: String
  }

  /// A token that is not revoked.
  package struct Token: Sendable {
    package let tenant: TenantCode
    package let principal: String
    package let secretHash: [UInt8]
  }

  /// Whom grants are given to.
  package struct Holder: Hashable, Sendable {
    /// `uid:1001` or `token:NAME`.
    package let name: String
    /// Of a user, who may have grants by its groups.
    package let uid: UInt32?
    /// Where a token belongs to one; its name is good in no other.
    let tenant: TenantCode?

    package init(name: String, uid: UInt32? = nil, tenant: TenantCode?) {
      self.name = name
      self.uid = uid
      self.tenant = tenant
    }
  }

  /// - Parameters:
  ///   - holders: each once.
  ///   - names: those under which a holder may have grants.
  package static func grants(of holders: [Holder], names: (Holder) -> [String]) -> Question<[Holder: [Held]]> {
    let asked = holders.enumerated().flatMap { index, holder in names(holder).map { (Int32(index), $0, holder.tenant) }
    }
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, asked) { $0.0 })
    parameters.add(ArrayParameter(.text, asked) { $0.1 })
    parameters.add(ArrayParameter(.text, asked) { $0.2?.text ?? "" })
    return Question(selectGrants, parameters) { rows in
      var held = Dictionary(uniqueKeysWithValues: holders.map { ($0, [Held]()) })
      rows.forEach { row in
        let holder = holders[Int(row.integer())]
        if let grant = Held(&row) { held[holder]?.append(grant) }
      }
      return held
    }
  }

  package static func token(_ id: String) -> Question<Token?> {
    var parameters = Parameters()
    parameters.add(id)
    return Question(selectToken, parameters) { rows in
      rows.first { row in
        Token(tenant: Code(stored: row.text()), principal: "token:\(row.text())", secretHash: row.bytes())
      }
    }
  }

  private static let selectGrants = Statement(
    "select_principal",
    """
    SELECT h.holder, t.code, t.name, t.zone, g.principal, g.role::text, g.school
    FROM unnest($1::int4[], $2::text[], $3::text[]) h (holder, principal, tenant)
    JOIN access_grant g ON g.principal = h.principal
    JOIN tenant t ON t.tenant_id = g.tenant_id AND (h.tenant = '' OR t.code = h.tenant)
    WHERE g.principal NOT LIKE 'token:%' OR EXISTS (
      SELECT FROM token k
      WHERE k.tenant_id = g.tenant_id AND 'token:' || k.name = g.principal AND k.revoked_at IS NULL)
    ORDER BY h.holder, t.code, g.role, g.school
    """)

  private static let selectToken = Statement(
    "select_token",
    """
    SELECT t.code, k.name, k.secret_hash FROM token k JOIN tenant t USING (tenant_id)
    WHERE k.id = $1::text AND k.revoked_at IS NULL
    """)
}

extension Credentials.Held {
  fileprivate init?(_ row: inout Row) {
    tenant = TenantCode(stored: row.text())
    (tenantName, tenantZone) = (row.text(), row.text())
    guard let grant = Grant(&row) else { return nil }
    self.grant = grant
  }
}
