import SeatClient
import SeatLedger
import SeatProtocol

/// The journal for a bookkeeping program: every entry that moves seats, and at the end of each month what the ledger's own
/// balances and costs say, as assertions that the other program checks.
struct JournalExport<Syntax: JournalSyntax> {
  private let syntax: Syntax
  private let arguments: [(name: ArgumentName, value: String)]
  private let options: [(name: OptionName, value: String)]
  private var accounts: Set<JournalAccount> = []
  private var first: CivilDate?
  private var last: CivilDate?

  init(_ syntax: Syntax, _ order: ExportOrder) {
    self.syntax = syntax
    arguments = order.arguments
    options = order.options
  }

  /// Both programs sort by date themselves, so what comes late in the journal may come late in the file.
  consuming func write(_ connection: inout ControlConnection, _ output: inout OutputFile) throws(Failure) {
    var head = request(.statement, options)
    head.add(option: .limit, "1")
    let seq = try connection.gather(head).end.value(.seq) ?? "0"
    // What is posted while this is written stays out of all of it.
    let known = options.contains { $0.name == .known } || seq == "0" ? [] : [(name: OptionName.known, value: seq)]
    let tenant = arguments.first { $0.name == .tenant }.map { "tenant \($0.value), " } ?? ""
    try output.write(syntax.head("Seatledger: \(tenant)the journal through entry \(seq)"))
    let syntax = syntax
    var (accounts, first, last) = (accounts, first, last)
    try connection.pages(of: request(.statement, options + known)) { page throws(Failure) in
      for transaction in page.rows.compactMap({ JournalTransaction($0.fields) }) {
        accounts.formUnion([transaction.from, transaction.to])
        first = min(first ?? transaction.date, transaction.date)
        last = max(last ?? transaction.date, transaction.date)
        try output.write(syntax.transaction(transaction))
      }
    }
    (self.accounts, self.first, self.last) = (accounts, first, last)
    for day in days {
      let assertions = try assertions(on: day, options.filter { $0.name != .asOf } + known, &connection)
      if !assertions.isEmpty { try output.write(syntax.assertions(assertions, on: day)) }
    }
    try output.write("\n")
    guard let day = self.first else { return }
    for account in accountsAndThoseAbove.sorted() { try output.write(syntax.declaration(of: account, since: day)) }
  }

  // MARK: Days

  /// The last day of each month, and the last one on which anything happened.
  private var days: [CivilDate] {
    guard let first, let last else { return [] }
    var days: [CivilDate] = []
    var (year, month, _) = first.parts
    while true {
      (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
      guard let next = CivilDate(year: year, month: month, day: 1), next - 1 < last else { break }
      days.append(next - 1)
    }
    days.append(last)
    // What stood in the middle of a day can only be asserted of the days before it.
    guard let asOf = options.first(where: { $0.name == .asOf })?.value, CivilDate(asOf) == nil else { return days }
    return days.filter { $0 < last }
  }

  // MARK: What the ledger says

  private func assertions(
    on day: CivilDate, _ options: [(name: OptionName, value: String)], _ connection: inout ControlConnection
  ) throws(Failure) -> [JournalAssertion] {
    let options = options + [(.asOf, day.description)]
    var seats: [JournalAccount: Int64] = [:]
    for row in try connection.gather(request(.balance, options), follows: true).rows {
      let values = row.fields.values
      let parts = [FieldName.fund, .school, .program, .expires].compactMap { values[$0.rawValue] }
      for bucket in Bucket.allCases {
        seats[JournalAccount(.init(bucket), parts), default: 0] += Int64(values[bucket.rawValue] ?? "") ?? 0
      }
      seats[JournalAccount(.purchased, parts), default: 0] -= Int64(values[FieldName.purchased.rawValue] ?? "") ?? 0
    }
    let cents = try cents(options, &connection)
    let amounts =
      seats.map { ($0.key, JournalAmount.seats($0.value)) } + cents.map { ($0.key, JournalAmount.cents($0.value)) }
    let known = accountsAndThoseAbove
    return amounts.filter { known.contains($0.0) || !$0.1.isNothing }.sorted { $0.0 < $1.0 }.map {
      JournalAssertion(account: $0.0, amount: $0.1)
    }
  }

  /// Money by fund, where the journal has all of a fund's entries: with other filters, seats that came from other pools
  /// stand below the same accounts.
  private func cents(
    _ options: [(name: OptionName, value: String)], _ connection: inout ControlConnection
  ) throws(Failure) -> [JournalAccount: Int64] {
    var cents: [JournalAccount: Int64] = [:]
    guard arguments.allSatisfy({ $0.name == .tenant || $0.name == .year }) else { return cents }
    let roots: [(JournalAccount.Root, FieldName, sign: Int64)] = [
      (.available, .available, 1), (.encumbered, .encumbered, 1), (.expended, .expended, 1),
      (.forfeited, .forfeited, 1), (.wasted, .wasted, 1), (.returned, .returned, 1), (.purchased, .purchased, -1),
    ]
    var request = request(.costs, options)
    request.add(ArgumentName.by.rawValue, ArgumentName.fund.rawValue)
    var totals: [JournalAccount.Root: Int64] = [:]
    for row in try connection.gather(request, follows: true).rows {
      let values = row.fields.values
      guard let fund = values[FieldName.fund.rawValue] else { continue }
      for (root, name, sign) in roots {
        let amount = sign * (values[name.rawValue].flatMap { Money(anySum: $0) }?.cents ?? 0)
        totals[root, default: 0] += amount
        // Held and reserved seats stand in accounts of their own below what is encumbered.
        if root != .encumbered { cents[JournalAccount(root, [fund])] = amount }
      }
    }
    for (root, amount) in totals { cents[JournalAccount(root, [])] = amount }
    return cents
  }

  /// With the accounts that assertions speak of: a root, and a root's fund.
  private var accountsAndThoseAbove: Set<JournalAccount> {
    var all = accounts
    for account in accounts {
      all.insert(JournalAccount(account.root, Array(account.parts.prefix(1))))
      all.insert(JournalAccount(account.root, []))
      if account.root == .held || account.root == .reserved { all.insert(JournalAccount(.encumbered, [])) }
    }
    return all
  }

  private func request(_ command: CommandName, _ options: [(name: OptionName, value: String)]) -> RequestText {
    var request = RequestText(command.rawValue)
    for (name, value) in arguments { request.add(name.rawValue, value) }
    for (option, value) in options { request.add(option: option, value) }
    return request
  }
}
