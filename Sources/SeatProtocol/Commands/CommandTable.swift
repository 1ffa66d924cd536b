internal import SeatLedger

/// One command as the protocol knows it. Parsing, roles, `help`, the client's options and its completion all read this
/// table, so a command is added here, with its name and its own refusals, and where it is carried out.
package struct CommandSpec: Sendable {
  package let name: CommandName
  /// One line for a person.
  package let summary: String
  package let access: Access
  package let effect: Effect
  package let scope: Scope
  package let arguments: [Argument]
  package let options: Set<OptionName>
  /// Arguments of which one is needed: the seats of a pool die with a year, or on a day of their own.
  let either: [ArgumentName]

  package struct Argument: Sendable {
    package let name: ArgumentName
    package let type: ValueType
    package let isRequired: Bool
  }

  /// What a command does to the ledger, and so which options it takes and who carries it out.
  package enum Effect: Sendable {
    /// Speaks about the connection alone.
    case session
    /// Reads, and answers with a bounded number of rows.
    case read
    case list
    /// Changes something inside one tenant.
    case change
    /// Changes something that all tenants share.
    case ledgerChange
    /// Runs for as long as it takes.
    case task
  }

  /// Whose business a command is.
  package enum Scope: Sendable {
    case ledger
    /// One tenant's: `tenant=` may be left out by a principal that belongs to exactly one.
    case tenant
    /// One tenant's, or where `tenant=` is left out that of all.
    case tenantOrAll
  }

  private init(
    _ name: CommandName, _ summary: String, _ access: Access, _ effect: Effect, _ scope: Scope, _ arguments: [Argument]
  ) {
    self.name = name
    self.summary = summary
    self.access = access
    self.effect = effect
    self.scope = scope
    self.arguments = arguments
    options =
      switch effect {
      case .session, .read: [.json]
      case .list where [.balance, .statement, .costs].contains(name): [.json, .limit, .after, .asOf, .known]
      case .list: [.json, .limit, .after]
      case .change: [.json, .idem, .dry, .actor]
      case .ledgerChange: [.json, .dry, .actor]
      case .task where name == .rollover: [.json, .dry, .actor]
      case .task where name == .clockSet: [.json, .dry]
      case .task: [.json]
      }
    let names = arguments.map(\.name)
    either = names.contains(.year) && names.contains(.expires) ? [.year, .expires] : []
  }

  package subscript(name: ArgumentName) -> Argument? { arguments.first { $0.name == name } }

  func argument(named name: String) -> Argument? {
    for index in arguments.indices where arguments[index].name.rawValue == name { return arguments[index] }
    return nil
  }
}

extension CommandSpec {
  package static let all: [CommandSpec] = CommandName.allCases.map(spec(of:))

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name.rawValue, $0) })

  package static func named(_ text: String) -> CommandSpec? { byName[text] }

  package init(of name: CommandName) { self = Self.spec(of: name) }

  private static func spec(of name: CommandName) -> CommandSpec {
    func spec(
      _ summary: String, _ access: Access, _ effect: Effect, _ arguments: Argument...
    ) -> CommandSpec {
      CommandSpec(name, summary, access, effect, .ledger, arguments)
    }
    func inside(
      _ summary: String, _ access: Access, _ effect: Effect, scope: Scope = .tenant, _ arguments: Argument...
    ) -> CommandSpec {
      CommandSpec(name, summary, access, effect, scope, [may(.tenant, .code)] + arguments)
    }
    switch name {
    case .hello: return spec("greets again: version, limits, capabilities", .anybody, .session, may(.v, .count(1...1)))
    case .auth: return spec("makes a token this connection's principal", .anybody, .session, need(.token, .token))
    case .whoami: return spec("tells who you are and what you may do", .anybody, .session)
    case .ping: return spec("answers", .anybody, .session)
    case .quit: return spec("answers and closes the connection", .anybody, .session)
    case .help: return spec("explains the commands, or one of them", .anybody, .session, may(.command, .text(64)))
    case .status: return spec("tells how the daemon is", .granted, .read)

    case .tenantAdd:
      return spec(
        "adds a district", .roles([]), .ledgerChange, need(.tenant, .code), need(.name, .text(200)), need(.zone, .zone))
    case .tenantList: return spec("lists the districts", .roles([]), .list)
    case .schoolAdd:
      return inside("adds a school", .roles([.finance]), .change, need(.school, .code), need(.name, .text(200)))
    case .schoolList: return inside("lists the schools", .roles([.finance, .school, .auditor]), .list)
    case .programAdd:
      return spec(
        "adds a program with its profile", .roles([]), .ledgerChange, need(.program, .code), need(.name, .text(200)),
        need(.coverage, choice(Profile.Coverage.self)), need(.expiry, .countOr("year-end", Profile.days)),
        need(.freeRetests, .count(Profile.retests)), need(.paidRetests, .countOr("unlimited", Profile.retests)),
        need(.approvalNeeded, .flag), need(.waitDays, .count(Profile.days)),
        need(.waitBinds, choice(Profile.Wait.self)), need(.startsAnew, .flag), need(.retestInYear, .flag),
        need(.noShow, choice(Profile.NoShow.self)), need(.cutoff, .count(Profile.days)), need(.fee, .flag),
        need(.certificate, .count(Profile.years)), need(.renewable, .flag), need(.proctor, .flag))
    case .programList: return spec("lists the programs and their profiles", .granted, .list)
    case .testAdd:
      return spec(
        "adds a test to a program's series", .roles([]), .ledgerChange, need(.program, .code), need(.series, .code),
        need(.test, .code), need(.name, .text(200)), need(.minutes, .count(Test.minutes)))
    case .testList: return spec("lists the tests", .granted, .list, may(.program, .code))

    case .grantAdd:
      return inside(
        "gives a principal a role", .roles([.finance]), .change, need(.principal, .principal),
        need(.role, choice(Role.self)), may(.school, .code))
    case .grantList: return inside("lists who may do what", .roles([.finance]), .list)
    case .grantRemove:
      return inside(
        "takes a role back", .roles([.finance]), .change, need(.principal, .principal),
        need(.role, choice(Role.self)), may(.school, .code))
    case .tokenIssue:
      return inside("makes a token and shows its secret, this once", .roles([.finance]), .change, need(.name, .code))
    case .tokenRevoke: return inside("ends a token", .roles([.finance]), .change, need(.name, .code))
    case .tokenList: return inside("lists the tokens, without their secrets", .roles([.finance]), .list)

    case .purchase:
      return inside(
        "books seats that the district bought", .roles([.finance]), .change, need(.school, .code),
        need(.program, .code), need(.seats, seats), need(.unitPrice, .money), may(.year, .year), may(.fee, .money),
        may(.fund, .code), may(.po, .text(64)), may(.invoice, .text(64)), may(.on, .date),
        may(.kind, choice(Pool.Kind.self)))
    case .return:
      return inside(
        "books seats back to the vendor", .roles([.finance]), .change, need(.school, .code),
        need(.program, .code), may(.year, .year), may(.expires, .date), need(.seats, seats), may(.fund, .code), reason)
    case .transfer:
      return inside(
        "moves available seats to another school", .roles([.finance]), .change, need(.from, .code),
        need(.to, .code), need(.program, .code), may(.year, .year), may(.expires, .date), need(.seats, seats),
        may(.fund, .code))
    case .reverse:
      return inside(
        "posts the opposite of an entry, once", .roles([.finance, .school]), .change, need(.entry, .number), reason)
    case .hold:
      return inside(
        "holds seats without naming candidates", .roles([.school, .finance]), .change, need(.school, .code),
        need(.program, .code), may(.year, .year), may(.expires, .date), need(.seats, seats), need(.until, .date),
        may(.fund, .code))
    case .release:
      return inside(
        "gives held seats back", .roles([.school, .finance]), .change, need(.hold, .number), may(.seats, seats))
    case .eligibility:
      return inside(
        "tells whether a candidate may try a test, and why", .roles([.finance, .school, .auditor]), .read,
        need(.school, .code), need(.candidate, .candidate), need(.test, .code), may(.on, .moment))
    case .reserve:
      return inside(
        "reserves a candidate's next attempt at a test", .roles([.school]), .change, need(.school, .code),
        need(.candidate, .candidate), need(.test, .code), may(.on, .moment), may(.at, .time), may(.fund, .code),
        may(.hold, .number), may(.evenIfPassed, .yes))
    case .schedule:
      return inside(
        "moves an attempt's appointment", .roles([.school]), .change, need(.attempt, .number),
        need(.on, .moment))
    case .approve:
      return inside(
        "approves a paid retest beforehand", .roles([.approver]), .change, need(.school, .code),
        need(.candidate, .candidate), need(.test, .code), reason)
    case .start:
      return inside(
        "starts a reserved attempt", .roles([.school]), .change, need(.attempt, .number), may(.at, .time),
        may(.minutes, .count(Test.minutes)), may(.proctor, .choice(["attested"])))
    case .result:
      return inside(
        "posts a started attempt's outcome", .roles([.school]), .change, need(.attempt, .number),
        need(.outcome, choice(Outcome.self)), may(.on, .date))
    case .cancel:
      return inside(
        "cancels a reserved attempt", .roles([.school]), .change, need(.attempt, .number),
        may(.reason, .text(500)))
    case .noShow:
      return inside(
        "posts that nobody came", .roles([.school]), .change, need(.attempt, .number), may(.reason, .text(500)))

    case .attempts:
      return inside(
        "lists attempts", .roles([.finance, .school, .auditor]), .list, may(.school, .code),
        may(.candidate, .candidate), may(.test, .code), may(.number, .count(1...1_000)), may(.year, .year),
        may(.state, choice(Attempt.State.self)))
    case .balance:
      return inside(
        "lists pools and where their seats are", .roles([.finance, .school, .auditor]), .list,
        may(.school, .code), may(.program, .code), may(.year, .year), may(.fund, .code))
    case .statement:
      return inside(
        "lists the journal's entries", .roles([.finance, .auditor]), .list, may(.school, .code),
        may(.program, .code), may(.year, .year), may(.fund, .code), may(.from, .date), may(.to, .date))
    case .costs:
      return inside(
        "tells where the money is", .roles([.finance, .auditor]), .list,
        may(.by, .choice(["school", "fund", "program"])), may(.school, .code), may(.program, .code),
        may(.year, .year), may(.fund, .code))
    case .forecast:
      return inside(
        "tells what will be wasted at the present pace", .roles([.finance, .auditor]), .list, may(.year, .year),
        may(.school, .code))
    case .reconcile:
      return inside(
        "compares the vendor's figures with ours", .roles([.finance, .auditor]), .read, need(.program, .code),
        need(.year, .year), need(.purchased, figure), need(.reserved, figure), need(.burned, figure),
        need(.voided, figure))
    case .rebalance:
      return inside(
        "tells which idle seats to move where", .roles([.finance, .auditor]), .read, need(.program, .code),
        need(.year, .year))
    case .runway:
      return inside(
        "tells until when attempts are of use, and who stands before each", .roles([.school, .finance, .auditor]),
        .read,
        may(.school, .code), need(.program, .code), may(.year, .year))
    case .yearList:
      return inside(
        "lists the years and whether they are sealed", .roles([.finance]), .list, may(.program, .code),
        may(.year, .year))
    case .yearSeal:
      return inside(
        "closes a program's year for good", .roles([.finance]), .change, need(.program, .code), need(.year, .year))
    case .rollover:
      return inside(
        "expires what is due, or tells what would be", .roles([.scheduler]), .task, scope: .tenantOrAll,
        may(.year, .year))
    case .rolloverReport:
      return inside(
        "tells what a year's pools have left behind, or would", .roles([.finance, .auditor, .scheduler]), .list,
        may(.year, .year), may(.by, .choice(["school", "fund", "program"])))
    case .lookup:
      return inside(
        "tells what became of an idempotency key", .roles([.finance, .school, .approver]), .read,
        need(.idem, .key))
    case .verify:
      return inside(
        "proves the journal and the tables beside it", .roles([.auditor, .finance]), .task, scope: .tenantOrAll,
        may(.head, .head))
    case .watch:
      return inside(
        "tells every entry from a position on, under the request's tag", .roles([.finance, .auditor, .school]), .task,
        may(.since, .count(0...999_999_999_999_999_999)), may(.school, .code))
    case .unwatch: return spec("ends a watch", .granted, .session, need(.tag, .text(33)))
    case .metrics: return spec("counts the daemon's work in Prometheus' text format", .roles([]), .task)
    case .batchBegin: return inside("begins a batch that is done whole or not at all", .granted, .change)
    case .batchCommit: return spec("runs the batch", .granted, .session)
    case .batchAbort: return spec("drops the batch", .granted, .session)
    case .clockSet: return spec("sets the test clock forward", .roles([]), .task, need(.at, .instant))
    }
  }

  /// At most this many seats in one command.
  private static let seats = ValueType.count(1...1_000_000)

  /// A vendor's figure.
  private static let figure = ValueType.count(0...1_000_000_000)

  private static let reason = need(.reason, .text(500))

  private static func need(_ name: ArgumentName, _ type: ValueType) -> Argument {
    Argument(name: name, type: type, isRequired: true)
  }

  private static func may(_ name: ArgumentName, _ type: ValueType) -> Argument {
    Argument(name: name, type: type, isRequired: false)
  }

  private static func choice<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> ValueType {
    .choice(Choice.allCases.map(\.rawValue))
  }
}
