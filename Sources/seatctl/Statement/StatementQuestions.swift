import SeatClient
import SeatLedger
import SeatProtocol

extension Statement {
  /// Asks for balances and entries as the journal knew them at one position, and adds them up against each other before
  /// anything is shown: what does not add up is not signed.
  static func ask(_ order: Order, _ connection: inout ControlConnection) throws(Failure) -> Statement {
    guard !order.has(.asOf) else {
      throw .usage(UsageError("a statement's period ends with --to, or is one --month; leave --as-of out"))
    }
    let standpoint = try Standpoint.ask(&connection)
    guard let district = standpoint.district(order[.tenant]) else {
      // The daemon knows how to refuse it.
      _ = try connection.gather(order.request)
      throw .unsound("the daemon knows a district that it does not list: \(order[.tenant] ?? "")")
    }
    let today = standpoint.today(in: district)
    let last = order[.to].flatMap { CivilDate($0) } ?? today
    let isYearOver = order[.year].flatMap { AcademicYear($0) }.map { $0.lastDay < today } ?? false
    let period = Period(
      from: order[.from].flatMap { CivilDate($0) }, to: last,
      rest: last < today ? .nothing : isYearOver ? .latePostings : .everything)
    let isOpenEnded = order[.year] == nil && order[.from] == nil && order[.to] == nil
    let scope = Scope(
      school: order[.school], program: order[.program],
      year: order[.year].flatMap { AcademicYear($0) } ?? (isOpenEnded ? AcademicYear(containing: today) : nil),
      fund: order[.fund])
    let questions = Questions(tenant: district.code, scope: scope)
    let known = try questions.position(order, &connection)
    let lines = try questions.lines(period, known: known, &connection)
    let opening = try period.from.map { from throws(Failure) in
      try questions.balances(at: from - 1, known: known, &connection)
    }
    let statement = Statement(
      district: district, scope: scope, period: period, known: known, made: standpoint.clock(in: district),
      opening: opening ?? Balances(), closing: try questions.balances(at: period.to, known: known, &connection),
      expiring: try questions.expiring(on: period.to, known: known, &connection),
      lines: lines.ordered(from: opening?[.available] ?? .none, in: scope))
    guard statement.opening + statement.change == statement.closing else {
      throw .unsound("the entries do not lead from the opening balance to the closing one: run seatctl verify")
    }
    return statement
  }
}

/// The questions whose answers make a statement.
private struct Questions {
  let tenant: String
  let scope: Statement.Scope

  private func request(_ command: CommandName) -> RequestText {
    var request = RequestText(command.rawValue)
    let arguments: [(ArgumentName, String?)] = [
      (.tenant, tenant), (.school, scope.school), (.program, scope.program), (.year, scope.year?.description),
      (.fund, scope.fund),
    ]
    for case (let name, let value?) in arguments { request.add(name.rawValue, value) }
    return request
  }

  /// Where the journal stands, or stood when it was known what is asked for.
  func position(_ order: Order, _ connection: inout ControlConnection) throws(Failure) -> Int64 {
    var request = request(.balance)
    if let known = order.options.first(where: { $0.name == .known })?.value { request.add(option: .known, known) }
    request.add(option: .limit, "1")
    return try connection.gather(request).end.value(.seq).flatMap(Int64.init) ?? 0
  }

  func lines(
    _ period: Statement.Period, known: Int64, _ connection: inout ControlConnection
  ) throws(Failure) -> [StatementLine] {
    var request = request(.statement)
    guard known > 0 else {
      // Whoever may not read a statement is not shown an empty one.
      request.add(option: .limit, "1")
      _ = try connection.gather(request)
      return []
    }
    if let from = period.from { request.add(ArgumentName.from.rawValue, from.description) }
    request.add(ArgumentName.to.rawValue, period.to.description)
    request.add(option: .known, String(known))
    return try connection.gather(request, follows: true).rows.compactMap { StatementLine($0) }
  }

  /// Seats that a day's end takes: at that day's end they are still there.
  func expiring(
    on day: CivilDate, known: Int64, _ connection: inout ControlConnection
  ) throws(Failure) -> Int64 {
    guard known > 0 else { return 0 }
    var request = request(.balance)
    request.add(option: .asOf, day.description)
    request.add(option: .known, String(known))
    let pools = try connection.gather(request, follows: true).rows.filter {
      $0.value(.expires) == day.description && $0.value(.kind) == Pool.Kind.seats.rawValue
    }
    return pools.reduce(0) { sum, pool in
      [FieldName.available, .held, .reserved].reduce(sum) { $0 + (pool.value($1).flatMap(Int64.init) ?? 0) }
    }
  }

  /// At the end of a day.
  func balances(
    at day: CivilDate, known: Int64, _ connection: inout ControlConnection
  ) throws(Failure) -> Balances {
    var balances = Balances()
    guard known > 0 else { return balances }
    func end(of command: CommandName) throws(Failure) -> ReplyLine {
      var request = request(command)
      request.add(option: .asOf, day.description)
      request.add(option: .known, String(known))
      request.add(option: .limit, "1")
      return try connection.gather(request).end
    }
    let seats = try end(of: .balance)
    let money = try end(of: .costs)
    for place in Balances.Place.allCases {
      balances[place] = Amount(
        seats: place.counts.reduce(0) { $0 + (seats.value($1).flatMap(Int64.init) ?? 0) },
        cents: money.value(place.money).flatMap { Money(anySum: $0) }?.cents ?? 0)
    }
    return balances
  }
}
