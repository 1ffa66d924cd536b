import SeatClient
import SeatLedger
import SeatProtocol

/// A conversation that gathers whole reports.
struct YearEndLedger: ~Copyable {
  private var connection: ControlConnection

  struct Answer {
    var rows: [ReplyValues] = []
    var end = ReplyValues([])
  }

  enum By: String {
    case school, fund, program
  }

  init(door: Door) throws(Failure) { connection = try door.open() }

  mutating func standpoint() throws(Failure) -> Standpoint { try Standpoint.ask(&connection) }

  /// One reply, of a list to its end.
  mutating func ask(_ request: RequestText, follows: Bool = false) throws(Failure) -> Answer {
    let answer = try connection.gather(request, follows: follows)
    return Answer(rows: answer.rows.map { ReplyValues($0) }, end: ReplyValues(answer.end))
  }

  /// A year's report to its last page. Without a year, the running one's.
  mutating func report(tenant: String?, year: String?, by: By?) throws(Failure) -> Answer {
    var request = RequestText(CommandName.rolloverReport.rawValue)
    if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    if let year { request.add(ArgumentName.year.rawValue, year) }
    if let by { request.add(ArgumentName.by.rawValue, by.rawValue) }
    return try ask(request, follows: true)
  }

  /// What a rehearsal is compared with: the same kind of lines as things stand now.
  mutating func standing(
    of rehearsal: Rehearsal, tenant: String?, year: String
  ) throws(Failure) -> [ReplyValues] {
    switch rehearsal.kind {
    case .pools: return try report(tenant: tenant ?? rehearsal.tenant, year: year, by: nil).rows
    case .tenants:
      var request = RequestText(CommandName.rollover.rawValue)
      if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
      request.add(ArgumentName.year.rawValue, year)
      request.add(option: .dry)
      return try ask(request).rows
    }
  }
}
