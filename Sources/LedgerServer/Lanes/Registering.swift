internal import LedgerStore
internal import SeatLedger
internal import SeatProtocol

extension RequestLine {
  /// The change of the registry that this line asks for; `nil` for a line that asks for something else.
  func registration() throws(Refusal) -> Registration? {
    switch command.name {
    case .schoolAdd: .school(try code(needed: .school), name: text(.name) ?? "")
    case .grantAdd: .grant(try grant())
    case .grantRemove: .ungrant(try grant())
    case .tokenIssue: .issue(Tokens.issue(try code(needed: .name)))
    case .tokenRevoke: .revoke(try code(needed: .name))
    default: nil
    }
  }

  private func grant() throws(Refusal) -> Grant {
    guard let role = text(.role).flatMap(Role.init(rawValue:)), let principal = text(.principal) else {
      throw .internalError
    }
    let school: SchoolCode? = code(.school)
    guard role.isOfSchool == (school != nil) else {
      throw role.isOfSchool
        ? Refusal(.missingArgument, nil, "the role \(role.rawValue) is of one school: school=…") {
          $0.add(.argument, ArgumentName.school.rawValue)
        } : .badValue("school", "the role \(role.rawValue) is of the whole tenant; leave school= out")
    }
    return Grant(principal: principal, role: role, school: school)
  }

  private func code<Kind>(needed name: ArgumentName) throws(Refusal) -> Code<Kind> {
    guard let code: Code<Kind> = code(name) else { throw .internalError }
    return code
  }
}

extension LedgerChange {
  init(_ line: RequestLine) throws(Refusal) {
    guard let name = line.text(.name) else { throw .internalError }
    switch line.command.name {
    case .tenantAdd:
      guard let code: TenantCode = line.code(.tenant), let zone = line.text(.zone) else { throw .internalError }
      guard Zones.zone(named: zone) != nil else {
        throw .badValue("zone", "zone= takes \(ValueType.zone.expected)")
      }
      self = .tenant(code, name: name, zone: zone)
    case .programAdd:
      guard let code: ProgramCode = line.code(.program), let profile = line.profile else { throw .internalError }
      self = .program(Program(code: code, name: name, profile: profile))
    case .testAdd:
      guard let program: ProgramCode = line.code(.program), let series: SeriesCode = line.code(.series),
        let code: TestCode = line.code(.test), let minutes = line.integer(.minutes)
      else { throw .internalError }
      self = .test(Test(code: code, program: program, series: series, name: name, minutes: Int(minutes)))
    default: throw .internalError
    }
  }

  var name: String {
    switch self {
    case .tenant(let code, _, _): "tenant \(code)"
    case .program(let program): "program \(program.code)"
    case .test(let test): "test \(test.code)"
    }
  }

  var answer: Fields {
    var fields = Fields()
    switch self {
    case .tenant(let code, let name, let zone):
      fields.add(.tenant, code)
      fields.add(.name, name)
      fields.add(.zone, zone)
    case .program(let program):
      fields.add(.program, program.code)
      fields.add(.name, program.name)
    case .test(let test):
      fields.add(.program, test.program)
      fields.add(.series, test.series)
      fields.add(.test, test.code)
      fields.add(.name, test.name)
      fields.add(.minutes, test.minutes)
    }
    return fields
  }
}

extension RequestLine {
  /// The profile that `program.add` names field by field.
  fileprivate var profile: Profile? {
    guard let coverage = text(.coverage).flatMap(Profile.Coverage.init(rawValue:)),
      let waitBinds = text(.waitBinds).flatMap(Profile.Wait.init(rawValue:)),
      let noShow = text(.noShow).flatMap(Profile.NoShow.init(rawValue:)), let free = integer(.freeRetests),
      let wait = integer(.waitDays), let cutoff = integer(.cutoff), let years = integer(.certificate),
      let approvalNeeded = flag(.approvalNeeded), let startsAnew = flag(.startsAnew),
      let retestInYear = flag(.retestInYear), let fee = flag(.fee), let renewable = flag(.renewable),
      let proctor = flag(.proctor)
    else { return nil }
    return Profile(
      coverage: coverage, expiry: integer(.expiry).map { .days(Int($0)) } ?? .yearEnd, freeRetests: Int(free),
      paidRetests: integer(.paidRetests).map { .limited(Int($0)) } ?? .unlimited, approvalNeeded: approvalNeeded,
      waitDays: Int(wait), waitBinds: waitBinds, startsAnew: startsAnew, retestInYear: retestInYear, noShow: noShow,
      cutoffDays: Int(cutoff), orderFee: fee, certificateYears: Int(years), certificateRenewable: renewable,
      proctor: proctor)
  }
}
