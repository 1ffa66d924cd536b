import SeatLedger
import SeatProtocol

/// What a district's books say about rows that may be done already. Each list is asked for when it is first needed.
struct DistrictRecords {
  private let tenant: String?
  private let kind: ImportKind
  private var knownAttempts: DistrictAttempts?
  private var knownOrders: BookedOrders?
  private var schools: Set<String>?
  private var tests: Set<String>?

  init(tenant: String?, kind: ImportKind) {
    self.tenant = tenant
    self.kind = kind
  }

  mutating func attempts(_ ledger: inout ImportConversation) throws(Failure) -> DistrictAttempts {
    if let knownAttempts { return knownAttempts }
    let attempts = DistrictAttempts(try ledger.list(request(.attempts)))
    knownAttempts = attempts
    return attempts
  }

  mutating func orders(_ ledger: inout ImportConversation) throws(Failure) -> BookedOrders {
    if let knownOrders { return knownOrders }
    let orders = BookedOrders(try ledger.list(request(.statement)))
    knownOrders = orders
    return orders
  }

  /// What has become of a row that was done before, if it no longer stands as it was done.
  mutating func undoing(of row: ImportRow, _ ledger: inout ImportConversation) throws(Failure) -> String? {
    switch kind {
    case .schools: return nil
    case .purchases:
      guard let entry = row.answer[.entry] else { return nil }
      let orders = try orders(&ledger)
      guard let reversal = orders.reversal(of: entry) else { return nil }
      let day = orders.day(of: entry).map { " on \($0)" } ?? ""
      return "an earlier import booked this\(day) as entry \(entry), which entry \(reversal) has reversed"
    case .roster:
      guard let attempt = row.answer[.attempt] else { return nil }
      switch try attempts(&ledger).state(of: attempt) {
      case .reserved, .started: return nil
      case let state:
        return
          "an earlier import reserved attempt \(attempt) for this, which is \(state?.rawValue ?? "reversed") by now"
      }
    case .results:
      guard let attempt = row[.attempt], try attempts(&ledger).state(of: attempt) == .started else { return nil }
      return "an earlier import posted this result, which was reversed: attempt \(attempt) is open again"
    }
  }

  /// A school or a test that there is not: the row then names no attempt for that reason.
  mutating func misspelling(in row: ImportRow, _ ledger: inout ImportConversation) throws(Failure) -> String? {
    if let school = row[.school] {
      if schools == nil { schools = Set(try ledger.list(request(.schoolList)).compactMap { $0[.school] }) }
      if schools?.contains(school) == false { return "no school \(school) here; school.list shows the schools" }
    }
    if let test = row[.test] {
      let every = RequestText(CommandName.testList.rawValue)
      if tests == nil { tests = Set(try ledger.list(every).compactMap { $0[.test] }) }
      if tests?.contains(test) == false { return "no test \(test); test.list shows the tests" }
    }
    return nil
  }

  private func request(_ command: CommandName) -> RequestText {
    var request = RequestText(command.rawValue)
    if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    return request
  }
}
