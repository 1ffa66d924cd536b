package import Postgres
package import SeatLedger

/// A change of what all tenants share: made alone, under the lock of tenant 0, the ledger itself.
package enum LedgerChange: Sendable {
  case tenant(TenantCode, name: String, zone: String)
  case program(Program)
  case test(Test)

  package static let statements = [
    lockSelf, insertTenant, insertDistrict, LedgerIdentity.insertProgram, LedgerIdentity.insertTest, insertAudit,
  ]

  package enum Outcome: Sendable {
    case made
    /// Its code is taken.
    case exists
    /// COMMIT was sent, but its answer is missing or says less than that it is safe.
    case unknown(String)
  }

  package func run(
    ledger: String, principal: String, actor: String?, request: String, at now: Instant, keep: Bool,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> Outcome {
    var pipeline = Pipeline()
    pipeline.add(Load.begin)
    pipeline.add(Self.lockSelf)
    let step = add(to: &pipeline, ledger: ledger)
    var audit = Parameters()
    audit.add(now.microseconds)
    audit.add(principal)
    audit.add(actor)
    audit.add(request)
    pipeline.add(Self.insertAudit, audit)
    let isMade = try connection.exchange(pipeline)[step].count > 0
    var end = Pipeline()
    guard keep, isMade else {
      end.add(Save.rollback)
      _ = try connection.exchange(end)
      return isMade ? .made : .exists
    }
    end.add(Save.commit)
    do throws(PostgresError) {
      let tag = try connection.exchange(end)[0].tag
      return tag == "COMMIT" && connection.warnings.isEmpty ? .made : .unknown("the server answered \(tag)")
    } catch {
      return .unknown("\(error)")
    }
  }

  private func add(to pipeline: inout Pipeline, ledger: String) -> Int {
    var parameters = Parameters()
    switch self {
    case .tenant(let code, let name, let zone):
      parameters.add(code.text)
      parameters.add(name)
      parameters.add(zone)
      parameters.add(EntryHash.genesis(ledger: ledger, tenant: code).bytes)
      let step = pipeline.add(Self.insertTenant, parameters)
      var district = Parameters()
      district.add(code.text)
      pipeline.add(Self.insertDistrict, district)
      return step
    case .program(let program): return pipeline.add(LedgerIdentity.insertProgram, Parameters(program))
    case .test(let test): return pipeline.add(LedgerIdentity.insertTest, Parameters(test))
    }
  }

  private static let lockSelf = Statement(
    "lock_self", "UPDATE tenant SET last_audit = last_audit + 1 WHERE tenant_id = 0")

  private static let insertTenant = Statement(
    "insert_tenant",
    """
    INSERT INTO tenant (tenant_id, code, name, zone, last_hash)
    SELECT max(tenant_id) + 1, $1::text, $2::text, $3::text, $4::bytea FROM tenant
    ON CONFLICT (code) DO NOTHING RETURNING tenant_id
    """)

  private static let insertDistrict = Statement(
    "insert_district",
    """
    INSERT INTO school (tenant_id, code, name)
    SELECT tenant_id, 'district', name FROM tenant WHERE code = $1::text ON CONFLICT DO NOTHING
    """)

  private static let insertAudit = Statement(
    "insert_self_audit",
    """
    INSERT INTO audit (tenant_id, number, recorded_at, principal, actor, request)
    SELECT 0, last_audit, $1::int8, $2::text, $3::text, $4::text FROM tenant WHERE tenant_id = 0
    """)
}
