import SeatClient
import SeatLedger
import SeatProtocol

/// What `rollover` and `rollover.report` do on the command line beyond the protocol's command: a page that is filed, and
/// the comparison with a rehearsal that was saved.
struct YearEnd {
  let order: Order
  let conversation: Conversation

  func run() throws(Failure) -> ExitStatus {
    if let file = order.own[.compare] { return try compare(file) }
    return try writePage(order.own[.html] ?? "")
  }

  // MARK: The page

  private func writePage(_ file: String) throws(Failure) -> ExitStatus {
    // Before anything is moved: a page that cannot be written is told in time.
    var output = try OutputFile.open(file)
    if order.spec.name == .rollover {
      var plain = order
      plain.own = [:]
      let status = conversation.run(plain)
      guard status == .fine else { return status }
    }
    var ledger = try YearEndLedger(door: conversation.door)
    let standpoint = try ledger.standpoint()
    let year = year(standpoint)
    var reports: [YearEndReport] = []
    for tenant in try tenants(year, &ledger) { reports.append(try report(of: tenant, year, standpoint, &ledger)) }
    try output.write(YearEndPage(reports: reports).html)
    try output.finish()
    Screen.note("\(file) holds \(reports.count == 1 ? "the report" : "\(reports.count) reports")")
    return .fine
  }

  /// The year that was named; else for a rollover that was real the last one that is over, and otherwise what the daemon
  /// takes: the running one. It is over where it is over in all districts.
  private func year(_ standpoint: Standpoint) -> String? {
    if let year = order[.year] { return year }
    let districts = standpoint.district(order[.tenant]).map { [$0] } ?? standpoint.districts
    guard order.spec.name == .rollover, !order.has(.dry), let today = districts.map(standpoint.today).min() else {
      return nil
    }
    return AcademicYear(start: AcademicYear(containing: today).start - 1).description
  }

  /// The tenant that was named; else all that have pools, or for somebody who belongs to one, that one.
  private func tenants(_ year: String?, _ ledger: inout YearEndLedger) throws(Failure) -> [String?] {
    if let tenant = order[.tenant] { return [tenant] }
    guard order.spec.name == .rollover else { return [nil] }
    var request = RequestText(CommandName.rollover.rawValue)
    if let year { request.add(ArgumentName.year.rawValue, year) }
    request.add(option: .dry)
    return try ledger.ask(request).rows.map { $0[.tenant] }
  }

  private func report(
    of tenant: String?, _ year: String?, _ standpoint: Standpoint, _ ledger: inout YearEndLedger
  ) throws(Failure) -> YearEndReport {
    let byProgram = try ledger.report(tenant: tenant, year: year, by: .program)
    let clock = standpoint.district(byProgram.end[.tenant]).map(standpoint.clock) ?? ""
    return YearEndReport(
      made: "\(clock.prefix(10)) \(clock.dropFirst(11).prefix(5))",
      byProgram: byProgram,
      byFund: try ledger.report(tenant: tenant, year: year, by: .fund).rows,
      bySchool: try ledger.report(tenant: tenant, year: year, by: .school).rows,
      pools: try ledger.report(tenant: tenant, year: year, by: nil).rows)
  }

  // MARK: The comparison

  private func compare(_ file: String) throws(Failure) -> ExitStatus {
    let rehearsal = try Rehearsal(file: file)
    guard let year = order[.year] ?? rehearsal.year else {
      throw .usage(UsageError("\(file) does not say which year it is of; add --year 2024-2025"))
    }
    var ledger = try YearEndLedger(door: conversation.door)
    let now = try ledger.standing(of: rehearsal, tenant: order[.tenant], year: year)
    let comparison = Comparison(of: rehearsal, with: now)
    if let answer = comparison.answer(isJSON: conversation.screen.isJSON) {
      Screen.write(conversation.screen.text(of: answer, to: order, today: nil))
    }
    Screen.note(comparison.summary)
    return comparison.isSame ? .fine : .refused
  }
}
