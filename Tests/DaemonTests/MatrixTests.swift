import Glibc
import SeatClient
import SeatLedger
import SeatProtocol
import TestSupport
import Testing

/// Every command, as every role, in its own tenant and in somebody else's.
@Suite("Who may do what")
struct MatrixTests {
  /// The roles that the protocol gives to each command, beside operators: f finance, s school, a approver, r scheduler,
  /// u auditor; `*` whoever holds a grant, `+` anybody. Written down here once more, apart from the command table.
  private static let roles: [CommandName: String] = [
    .hello: "+", .auth: "+", .whoami: "+", .ping: "+", .quit: "+", .help: "+", .status: "*",
    .tenantAdd: "", .tenantList: "", .schoolAdd: "f", .schoolList: "fsu", .programAdd: "", .programList: "*",
    .testAdd: "", .testList: "*", .grantAdd: "f", .grantList: "f", .grantRemove: "f", .tokenIssue: "f",
    .tokenRevoke: "f", .tokenList: "f", .purchase: "f", .return: "f", .transfer: "f", .reverse: "fs", .hold: "sf",
    .release: "sf", .eligibility: "sfu", .reserve: "s", .schedule: "s", .approve: "a", .start: "s", .result: "s",
    .cancel: "s", .noShow: "s", .attempts: "sfu", .balance: "fus", .statement: "fu", .costs: "fu", .forecast: "fu",
    .runway: "sfu", .reconcile: "fu", .rebalance: "fu", .rollover: "r", .rolloverReport: "fur",
    .yearList: "f", .yearSeal: "f",
    .lookup: "fsa", .verify: "uf", .watch: "fus", .unwatch: "*", .metrics: "", .batchBegin: "*", .batchCommit: "*",
    .batchAbort: "*", .clockSet: "",
  ]

  private static let letters: [Role: Character] = [
    .finance: "f", .school: "s", .approver: "a", .scheduler: "r", .auditor: "u",
  ]

  private let daemon: TestDaemon

  init() throws {
    daemon = try TestDaemon(database: try TestDatabase.make())
    for tenant in ["own", "other"] {
      try daemon.ask("tenant.add tenant=\(tenant) name=T zone=America/New_York")
      for school in ["apex", "cary"] {
        try daemon.ask("school.add tenant=\(tenant) school=\(school) name=S")
        try daemon.ask("purchase tenant=\(tenant) school=\(school) program=ase-entry-level seats=9 unit-price=40.00")
        // The same candidates and keys in both tenants.
        try daemon.ask("reserve tenant=\(tenant) school=\(school) candidate=\(school)1 test=brakes +idem=\(school)")
      }
    }
  }

  /// A value of each argument's shape; attempt 2 is apex's.
  private static func line(_ spec: CommandSpec, tenant: String, school: String) -> String {
    var line = spec.name == .watch ? "@w \(spec.name.rawValue)" : spec.name.rawValue
    for argument in spec.arguments where argument.isRequired || [.tenant, .school, .year].contains(argument.name) {
      let value: String
      switch argument.name {
      case .tenant: value = tenant
      case .school, .from: value = school
      case .to: value = "district"
      case .program: value = "ase-entry-level"
      case .test: value = spec.name == .testAdd ? "new-test" : "brakes"
      case .year: value = "2024-2025"
      case .attempt: value = school == "apex" ? "2" : "4"
      case .entry, .hold: value = "99"
      case .role: value = "auditor"
      case .until: value = "2024-09-01"
      case .idem: value = "apex"
      case .zone: value = "UTC"
      case .principal: value = "token:somebody"
      case .token: value = "a.b"
      case .tag: value = "w"
      case .at: value = "2024-01-01T00:00:00Z"
      default:
        switch argument.type {
        case .count(let range): value = "\(max(1, range.lowerBound))"
        case .money: value = "1.00"
        case .flag, .yes: value = "yes"
        case .choice(let words): value = words[0]
        case .date, .moment: value = "2024-08-01"
        case .countOr(let word, _): value = word
        default: value = "x1"
        }
      }
      line += " \(argument.name.rawValue)=\(value)"
    }
    return spec.options.contains(.dry) ? line + " +dry" : line
  }

  /// The code of the refusal; "OK" where there is none.
  private static func code(_ connection: inout ControlConnection, _ line: String) throws -> (code: String, text: String)
  {
    try connection.send(line + "\n")
    while true {
      let text = try connection.readText()
      guard let reply = ReplyLine(text), reply.kind.isFinal else { continue }
      if case .error(let code) = reply.kind { return (code, text) }
      return ("OK", text)
    }
  }

  private func connect(as role: Role?) throws -> ControlConnection {
    let name = role?.rawValue ?? "nobody"
    let issued = try daemon.ask("token.issue tenant=own name=\(name)")
    let token = try #require(issued.split(separator: " ").first { $0.hasPrefix("token=") })
    if let role {
      try daemon.ask(
        "grant.add tenant=own principal=token:\(name) role=\(role.rawValue)\(role.isOfSchool ? " school=apex" : "")")
    }
    var connection = try daemon.connect()
    _ = try connection.ask("auth \(token)")
    return connection
  }

  private static let commands = CommandSpec.all.filter { ![.quit, .auth].contains($0.name) }

  @Test("the command table grants what the protocol grants", arguments: CommandName.allCases)
  func table(_ name: CommandName) throws {
    let spec = CommandSpec(of: name)
    let written = try #require(Self.roles[name])
    switch spec.access {
    case .anybody: #expect(written == "+")
    case .granted: #expect(written == "*")
    case .roles(let roles): #expect(Set(roles.compactMap { Self.letters[$0] }) == Set(written))
    }
  }

  @Test("at the socket, too", arguments: [.finance, .school, .approver, .scheduler, .auditor] as [Role])
  func matrix(_ role: Role) throws {
    var connection = try connect(as: role)
    let letter = try #require(Self.letters[role])
    for spec in Self.commands {
      let written = Self.roles[spec.name] ?? ""
      let isAllowed = written == "+" || written == "*" || written.contains(letter)
      let (own, text) = try Self.code(&connection, Self.line(spec, tenant: "own", school: "apex"))
      #expect(own.hasPrefix("auth.") != isAllowed && own != "notfound.tenant", "\(spec.name) as \(role): \(text)")
      #expect(isAllowed || own == "auth.forbidden", "\(text)")
      if spec.name == .batchBegin { _ = try connection.ask("batch.abort") }
      if spec.name == .watch { _ = try connection.ask("unwatch tag=w") }
      if spec[.tenant] != nil, spec.scope != .ledger {
        // What is another tenant's answers as what does not exist.
        let foreign = try Self.code(&connection, Self.line(spec, tenant: "other", school: "apex"))
        let nowhere = try Self.code(&connection, Self.line(spec, tenant: "nowhere", school: "apex"))
        #expect(foreign.code == "notfound.tenant", "\(spec.name) as \(role): \(foreign.text)")
        #expect(foreign.text.replacing("other", with: "nowhere") == nowhere.text)
      }
      if isAllowed, role.isOfSchool, spec[.school] != nil || spec[.attempt] != nil {
        let (code, text) = try Self.code(&connection, Self.line(spec, tenant: "own", school: "cary"))
        #expect(code == "auth.forbidden", "\(spec.name) for another school: \(text)")
      }
    }
  }

  @Test("without a grant nothing answers but who one is and how to ask")
  func nobody() throws {
    var connection = try connect(as: nil)
    for spec in Self.commands {
      let (code, text) = try Self.code(&connection, Self.line(spec, tenant: "own", school: "apex"))
      let isFree = Self.roles[spec.name] == "+"
      #expect((code == "auth.required") != isFree, "\(text)")
    }
  }

  @Test("finance grants inside its tenant, but no role that reaches beyond it")
  func grants() throws {
    var connection = try connect(as: .finance)
    for (role, isAllowed) in [
      (Role.finance, true), (.school, true), (.approver, true), (.auditor, true), (.operator, false),
      (.scheduler, false),
    ] {
      let school = role.isOfSchool ? " school=apex" : ""
      let line = "grant.add tenant=own principal=uid:4711 role=\(role.rawValue)\(school)"
      #expect(try Self.code(&connection, line).code == (isAllowed ? "OK" : "auth.forbidden"), "\(role)")
    }
    #expect(try Self.code(&connection, "grant.add principal=uid:65534 role=auditor").code == "syntax.bad-value")
  }

  @Test("an operator by a grant is one in every tenant")
  func operators() throws {
    var connection = try connect(as: .operator)
    #expect(try Self.code(&connection, "tenant.list").code == "OK")
    #expect(try Self.code(&connection, "balance tenant=other").code == "OK")
    #expect(try Self.code(&connection, "rollover +dry").code == "OK")
    #expect(try Self.code(&connection, "balance").code == "syntax.missing-argument")
    try daemon.ask("grant.remove tenant=own principal=token:operator role=operator")
    #expect(try Self.code(&connection, "tenant.list").code == "auth.required")
  }

  @Test("who has grants in several tenants names the one that is to be rolled over")
  func several() throws {
    for tenant in ["own", "other"] { try daemon.ask("grant.add tenant=\(tenant) principal=uid:4711 role=scheduler") }
    func ask(_ command: String) throws -> Int32 {
      try run(
        "/usr/bin/setpriv",
        [
          "--reuid", "4711", "--regid", "\(getgid())", "--clear-groups", TestDaemon.program("seatctl"), "--socket",
          daemon.socket, command,
        ]
      ).status
    }
    #expect(try ask("rollover") == 64)
    #expect(try ask("verify") == 77)
  }

  @Test("a user has the grants of its groups, as the system's list has them now")
  func groups() throws {
    // Every Debian has a user of this name, and a group of it.
    let user = try #require(getpwnam("games"))
    let group = try #require(getgrgid(user.pointee.pw_gid))
    func balance() throws -> Int32 {
      try run(
        "/usr/bin/setpriv",
        [
          "--reuid", "\(user.pointee.pw_uid)", "--regid", "\(getgid())", "--clear-groups",
          TestDaemon.program("seatctl"), "--socket", daemon.socket, "balance",
        ]
      ).status
    }
    #expect(try balance() == 77)
    try daemon.ask("grant.add tenant=own principal=group:\(String(cString: group.pointee.gr_name)) role=auditor")
    #expect(try balance() == 0)
  }

  @Test("who loses the grants gets out of the batch, too")
  func openBatch() throws {
    for (role, command) in [(Role.finance, "batch.commit"), (.auditor, "batch.abort")] {
      var connection = try connect(as: role)
      _ = try Self.code(&connection, "batch.begin tenant=own")
      try daemon.ask("grant.remove tenant=own principal=token:\(role.rawValue) role=\(role.rawValue)")
      #expect(try Self.code(&connection, command).code == "auth.required")
      #expect(try Self.code(&connection, "whoami").code == "OK")
    }
  }

  @Test("a revoked token ends at once, on a connection that is open")
  func revoked() throws {
    var connection = try connect(as: .auditor)
    #expect(try Self.code(&connection, "balance tenant=own").code == "OK")
    try daemon.ask("token.revoke tenant=own name=auditor")
    #expect(try Self.code(&connection, "balance tenant=own").code == "auth.required")
  }
}
