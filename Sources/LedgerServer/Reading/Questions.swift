internal import LedgerStore
internal import SeatLedger
internal import SeatProtocol

extension ReadJob.Work {
  /// The question that a line asks; `nil` for a line that asks none.
  init?(_ line: RequestLine, _ authorization: Authorization, _ caller: Caller) {
    let paging = Paging(limit: line.options.limit, after: line.options.after)
    let schools = line.code(.school).map { [$0] } ?? authorization.schools.map { Array($0) }
    func inTenant(_ make: @escaping @Sendable (TenantRecord) throws(BadCursor) -> Query) -> Self {
      .query(tenant: authorization.tenant) { tenant throws(Refusal) in
        guard let tenant else { throw .internalError }
        do throws(BadCursor) {
          return try make(tenant)
        } catch {
          throw .badValue("+after", "+after= takes a cursor as next= gave it")
        }
      }
    }
    func inLedger(_ make: @escaping @Sendable () -> Query) -> Self {
      .query(tenant: nil) { _ throws(Refusal) in make() }
    }
    switch line.command.name {
    case .eligibility:
      guard let tenant = authorization.tenant else { return nil }
      self = .eligibility(line, tenant: tenant, caller)
    case .tenantList: self = inLedger { .tenants(paging) }
    case .programList: self = inLedger { .programs(paging) }
    case .testList: self = inLedger { .tests(of: line.code(.program), paging) }
    case .schoolList: self = inTenant { .schools(of: $0, paging) }
    case .grantList: self = inTenant { .grants(of: $0, paging) }
    case .tokenList: self = inTenant { .tokens(of: $0, paging) }
    case .balance:
      self = inTenant { tenant throws(BadCursor) in
        try .balance(of: tenant, PoolFilter(line, schools), paging)
      }
    case .attempts:
      let filter = AttemptFilter(
        schools: schools, candidate: line.candidate(.candidate), test: line.code(.test), year: line.year(.year),
        state: line.text(.state).flatMap(Attempt.State.init(rawValue:)))
      self = inTenant { tenant throws(BadCursor) in try .attempts(of: tenant, filter, paging) }
    case .statement:
      self = inTenant { tenant throws(BadCursor) in
        try .statement(
          of: tenant, PoolFilter(line, schools), from: line.date(.from).map(tenant.zone.start),
          to: line.date(.to).map(tenant.zone.end), paging)
      }
    default: return nil
    }
  }
}

extension PoolFilter {
  fileprivate init(_ line: RequestLine, _ schools: [SchoolCode]?) {
    self.init(schools: schools, program: line.code(.program), year: line.year(.year), fund: line.code(.fund))
  }
}
