internal import LedgerStore
internal import Synchronization
internal import SeatLedger
internal import SeatProtocol
internal import SeatSession

/// What the daemon says of itself: greeting, hello, whoami, ping, help, status.
package final class DaemonStatus: Sendable {
  private let clock: LedgerClock
  /// Not the ledger's clock, which a test may set forward.
  private let started = ContinuousClock.now
  private let connections = Atomic<Int>(0)
  /// Microseconds since 1970; 0 while there was none.
  private let lastRollover = Atomic<Int64>(0)
  private let mostConnections: Int

  package init(clock: LedgerClock, mostConnections: Int) {
    self.clock = clock
    self.mostConnections = mostConnections
  }

  /// Whole seconds since the daemon began.
  var uptime: Int64 { started.duration(to: .now).components.seconds }

  func count(connections: Int) { self.connections.store(connections, ordering: .relaxed) }

  func noteRollover() { lastRollover.store(clock.now.microseconds, ordering: .relaxed) }

  private static let capabilities = "json,batch,watch,as-of,dry"

  func greeting(for principal: Principal) -> Fields {
    var fields = Fields()
    fields.add(.line, LineFramer.mostBytes)
    fields.add(.principal, principal.name)
    fields.add(.caps, Self.capabilities)
    if clock.isTest { fields.add(.clock, "test") }
    return fields
  }

  /// `nil` for a command that asks for more than the daemon knows of itself.
  func answer(to line: RequestLine, _ principal: Principal) -> Reply? {
    switch line.command.name {
    case .ping: .ok()
    case .whoami: .ok(rows: Self.grants(of: principal), Self.identity(of: principal))
    case .hello: .ok(hello)
    case .help: Help.reply(to: line)
    default: nil
    }
  }

  private var hello: Fields {
    var fields = Fields()
    fields.add(.version, Version.current)
    fields.add(.line, LineFramer.mostBytes)
    fields.add(.caps, Self.capabilities)
    fields.add(
      .limits,
      "in-flight:\(Conversation.mostInFlight),batch:\(BatchLimit.lines),connections:\(mostConnections)")
    return fields
  }

  static func identity(of principal: Principal) -> Fields {
    var fields = Fields()
    fields.add(.principal, principal.name)
    let roles = principal.isOperator ? [.operator] : Set(principal.grants.map(\.grant.role))
    fields.add(.roles, roles.isEmpty ? "none" : roles.map(\.rawValue).sorted().joined(separator: ","))
    return fields
  }

  private static func grants(of principal: Principal) -> [Fields] {
    principal.grants.map { held in
      var fields = Fields()
      fields.add(.tenant, held.tenant)
      fields.add(.role, held.grant.role.rawValue)
      if let school = held.grant.school { fields.add(.school, school) }
      fields.add(.name, held.tenantName)
      fields.add(.zone, held.tenantZone)
      return fields
    }
  }

  func fields(isDatabaseUp: Bool, queue: Int, lanes: Int, watches: Int) -> Fields {
    var fields = Fields()
    let last = lastRollover.load(ordering: .relaxed)
    fields.add(.version, Version.current)
    fields.add(.uptime, uptime)
    fields.add(.database, isDatabaseUp ? "up" : "down")
    fields.add(.lanes, lanes)
    fields.add(.queue, queue)
    fields.add(.connections, connections.load(ordering: .relaxed))
    fields.add(.watches, watches)
    fields.add(.clock, clock.isTest ? "test" : "system")
    fields.add(.now, Zone.utc.rfc3339(clock.now))
    fields.add(.lastRollover, last == 0 ? "none" : Zone.utc.rfc3339(Instant(microseconds: last)))
    return fields
  }
}
