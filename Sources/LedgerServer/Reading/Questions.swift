internal import LedgerStore
internal import SeatLedger
internal import SeatProtocol

extension ReadJob.Work {
  /// The question that a line asks; `nil` for a line that asks none.
  init?(_ line: RequestLine, _ authorization: Authorization, _ caller: Caller) {
    let paging = Paging(limit: line.options.limit, after: line.options.after)
    let schools = line.code(.school).map { [$0] } ?? authorization.schools.map { Array($0) }
    func inTenant(_ make: @escaping @Sendable (TenantRecord) throws(BadQuestion) -> Query) -> Self {
      inTenantNow { tenant, _ throws(BadQuestion) in try make(tenant) }
    }
    func inTenantNow(_ make: @escaping @Sendable (TenantRecord, Instant) throws(BadQuestion) -> Query) -> Self {
      .query(tenant: authorization.tenant) { tenant, now throws(Refusal) in
        guard let tenant else { throw .internalError }
        do throws(BadQuestion) {
          return try make(tenant, now)
        } catch {
          switch error {
          case .cursor: throw .badValue("+after", "+after= takes a cursor as next= gave it")
          case .moment: throw .badValue("+as-of", "+as-of= names an hour that the clocks skip that day")
          }
        }
      }
    }
    func inLedger(_ make: @escaping @Sendable () -> Query) -> Self {
      .query(tenant: nil) { _, _ throws(Refusal) in make() }
    }
    switch line.command.name {
    case .eligibility:
      guard let tenant = authorization.tenant else { return nil }
      self = .eligibility(tenant: tenant, caller)
    case .tenantList: self = inLedger { .tenants(paging) }
    case .programList: self = inLedger { .programs(paging) }
    case .testList: self = inLedger { .tests(of: line.code(.program), paging) }
    case .schoolList: self = inTenant { .schools(of: $0, paging) }
    case .grantList: self = inTenant { .grants(of: $0, paging) }
    case .tokenList: self = inTenant { .tokens(of: $0, paging) }
    case .balance:
      self = inTenant { tenant throws(BadQuestion) in
        try .balance(of: tenant, PoolFilter(line, schools), Horizon(line, tenant), paging)
      }
    case .attempts:
      let filter = AttemptFilter(
        schools: schools, candidate: line.candidate(.candidate), test: line.code(.test), year: line.year(.year),
        number: line.integer(.number), state: line.text(.state).flatMap(Attempt.State.init(rawValue:)))
      self = inTenant { tenant throws(BadQuestion) in try .attempts(of: tenant, filter, paging) }
    case .statement:
      self = inTenant { tenant throws(BadQuestion) in
        try .statement(
          of: tenant, PoolFilter(line, schools), from: line.date(.from).map(tenant.zone.start),
          to: line.date(.to).map(tenant.zone.end), Horizon(line, tenant), paging)
      }
    case .costs:
      let by = line.text(.by).flatMap(CostsBy.init(rawValue:))
      self = inTenant { tenant throws(BadQuestion) in
        .costs(of: tenant, PoolFilter(line, schools), by: by, try Horizon(line, tenant), paging)
      }
    case .forecast:
      self = inTenantNow { tenant, now throws(BadQuestion) in
        let year = line.year(.year) ?? AcademicYear(containing: tenant.zone.date(of: now))
        return .forecast(of: tenant, year: year, schools: schools, at: now, paging)
      }
    case .reconcile:
      guard let year = line.year(.year) else { return nil }
      func figure(_ name: ArgumentName) -> Int64 { line.integer(name) ?? 0 }
      let figures = VendorFigures(
        purchased: figure(.purchased), reserved: figure(.reserved), burned: figure(.burned), voided: figure(.voided))
      self = .ofProgram(tenant: authorization.tenant) { tenant, program, _ in
        .reconcile(of: tenant, program: program.code, year: year, figures)
      }
    case .rebalance:
      guard let year = line.year(.year) else { return nil }
      self = .ofProgram(tenant: authorization.tenant) { tenant, program, now in
        .rebalance(of: tenant, program: program, year: year, at: now)
      }
    case .runway:
      let showsCandidates = authorization.schools != nil
      self = .ofProgram(tenant: authorization.tenant) { tenant, program, now in
        let year = line.year(.year) ?? AcademicYear(containing: tenant.zone.date(of: now))
        return .runway(of: tenant, program, year: year, schools: schools, showsCandidates: showsCandidates)
      }
    case .rolloverReport:
      let by = line.text(.by).flatMap(CostsBy.init(rawValue:))
      self = inTenantNow { tenant, now throws(BadQuestion) in
        let year = line.year(.year) ?? AcademicYear(containing: tenant.zone.date(of: now))
        return .rolloverReport(of: tenant, year: year, by: by, at: now, paging)
      }
    case .yearList:
      self = inTenant { .years(of: $0, program: line.code(.program), year: line.year(.year), paging) }
    default: return nil
    }
  }
}

extension Horizon {
  /// A date stands for its end; what happens in the very moment that is named counts.
  ///
  /// - Throws: where the moment falls in a spring gap of the tenant's zone.
  fileprivate init(_ line: RequestLine, _ tenant: TenantRecord) throws(BadQuestion) {
    let effective: Instant? =
      switch line.options.asOf {
      case .none: nil
      case .date(let date): tenant.zone.end(of: date)
      case .some(let moment): try Self.moment(moment, tenant.zone).adding(microseconds: 1)
      }
    switch line.options.known {
    case .none: self.init(effectiveBefore: effective)
    case .entry(let entry): self.init(effectiveBefore: effective, lastEntry: entry)
    case .date(let date): self.init(effectiveBefore: effective, recordedBefore: tenant.zone.end(of: date))
    }
  }

  private static func moment(_ moment: Moment, _ zone: Zone) throws(BadQuestion) -> Instant {
    guard let appointment = Appointment(moment, in: zone) else { throw .moment }
    return appointment.begins
  }
}

extension PoolFilter {
  fileprivate init(_ line: RequestLine, _ schools: [SchoolCode]?) {
    self.init(schools: schools, program: line.code(.program), year: line.year(.year), fund: line.code(.fund))
  }
}
