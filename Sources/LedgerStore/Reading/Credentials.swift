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

  /// - Parameter principals: a uid and its groups, or a token.
  /// - Parameter tenant: where a token belongs to one; its name is good in no other.
  package static func grants(of principals: [String], in tenant: TenantCode?) -> Question<[Held]> {
    var parameters = Parameters()
    parameters.add(ArrayParameter(.text, principals) { $0 })
    parameters.add(tenant?.text)
    return Question(selectGrants, parameters) { rows in
      rows.map { row in
        let tenant = TenantCode(stored: row.text())
        let (name, zone) = (row.text(), row.text())
        return Grant(&row).map { Held(tenant: tenant, grant: $0, tenantName: name, tenantZone: zone) }
      }.compactMap { $0 }
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
    SELECT t.code, t.name, t.zone, g.principal, g.role::text, g.school FROM access_grant g JOIN tenant t USING (tenant_id)
    WHERE g.principal = ANY ($1::text[]) AND ($2::text IS NULL OR t.code = $2::text)
      AND (g.principal NOT LIKE 'token:%' OR EXISTS (
        SELECT FROM token k
        WHERE k.tenant_id = g.tenant_id AND 'token:' || k.name = g.principal AND k.revoked_at IS NULL))
    ORDER BY t.code, g.role, g.school
    """)

  private static let selectToken = Statement(
    "select_token",
    """
    SELECT t.code, k.name, k.secret_hash FROM token k JOIN tenant t USING (tenant_id)
    WHERE k.id = $1::text AND k.revoked_at IS NULL
    """)
}
