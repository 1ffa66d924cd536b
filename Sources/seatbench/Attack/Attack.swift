/// What a hostile or careless client does.
enum Attack: String, CaseIterable {
  /// Many connections that say nothing.
  case silent
  /// Many connections, each with a line that never ends, a byte at a time.
  case halfLines = "half-lines"
  /// Asks for long lists and reads none of them.
  case unread
  /// One line of many mebibytes.
  case endlessLine = "endless-line"
  /// Short requests, as many as the daemon takes.
  case pings
  /// Short requests with long replies.
  case help
  /// Lines of nothing.
  case blanks
  /// Words that are no commands, of the length that costs most: a nearest one is looked for.
  case nonsense
  /// Lists as long as they may be.
  case lists
  /// Questions, as many as may be in flight.
  case balances
  /// Changes, as many as may be in flight.
  case changes
  /// The same over many connections.
  case changesOfMany = "changes-of-many"
  /// Many connections of one principal, each of which waits for its answer before it asks again.
  case crowdOfPings = "crowd-of-pings"
  case crowdOfBalances = "crowd-of-balances"
  case crowdOfChanges = "crowd-of-changes"
  /// Connects and leaves, again and again.
  case connects

  var connections: Int {
    switch self {
    case .silent, .halfLines, .changesOfMany, .crowdOfPings, .crowdOfBalances, .crowdOfChanges: 60
    case .unread, .endlessLine, .pings, .help, .blanks, .nonsense, .lists, .balances, .changes: 1
    case .connects: 0
    }
  }

  var reads: Bool { self != .unread }

  var waitsForAnswers: Bool {
    switch self {
    case .crowdOfPings, .crowdOfBalances, .crowdOfChanges: true
    case .silent, .halfLines, .unread, .endlessLine, .pings, .help, .blanks, .nonsense, .lists, .balances, .changes,
      .changesOfMany, .connects:
      false
    }
  }

  /// What is sent again and again.
  func payload(tenant: String, school: String) -> [UInt8] {
    switch self {
    case .silent, .connects: []
    case .halfLines: Array("r".utf8)
    case .unread, .lists: Array("test.list +limit=1000\n".utf8)
    case .endlessLine: [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
    case .pings, .crowdOfPings: Array("ping\n".utf8)
    case .help: Array("help\n".utf8)
    case .blanks: [UInt8](repeating: UInt8(ascii: "\n"), count: 65_536)
    case .nonsense: [UInt8](repeating: UInt8(ascii: "p"), count: 12) + [UInt8(ascii: "\n")]
    case .balances, .crowdOfBalances: Array("balance tenant=\(tenant) school=\(school)\n".utf8)
    case .changes, .changesOfMany, .crowdOfChanges:
      Array("purchase tenant=\(tenant) school=\(school) program=ase-entry-level seats=1 unit-price=1.00\n".utf8)
    }
  }

  /// Milliseconds between two sends of one connection; 0 for as fast as it goes.
  var pause: Int32 { self == .halfLines ? 10 : 0 }
}
