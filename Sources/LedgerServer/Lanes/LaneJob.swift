package import SeatLedger
package import SeatProtocol

/// What a lane is asked to do, and where its answer goes. An object, for it is wide and changes hands often.
package final class LaneJob: Sendable {
  package let work: Work
  package let caller: Caller
  package let port: ReplyPort

  package enum Work: Sendable {
    /// One command, or the commands of a batch, inside one tenant.
    case change(tenant: TenantCode, lines: [RequestLine], options: RequestLine.Options, isBatch: Bool)
    /// - Parameter ofAnyone: for an operator, who may know what became of anybody's key.
    case lookup(tenant: TenantCode, key: String, ofAnyone: Bool)
    /// A change of what all tenants share.
    case ledgerChange(RequestLine)
    /// The rollover's own: holds and pools of one tenant that are past their day.
    ///
    /// - Parameter entries: what it will post, about.
    case expire(tenant: TenantCode, holds: [HoldNumber] = [], pools: [PoolNumber] = [], entries: Int)

    /// Whose lane it goes through; the ledger itself counts as a tenant, for it is changed under a lock of its own.
    var tenant: TenantCode {
      switch self {
      case .change(let tenant, _, _, _), .lookup(let tenant, _, _), .expire(let tenant, _, _, _): tenant
      case .ledgerChange: TenantCode(stored: "")
      }
    }

    /// Commands, or entries of the rollover; never nothing.
    var weight: Int {
      switch self {
      case .change(_, let lines, _, _): max(1, lines.count)
      case .expire(_, _, _, let entries): entries
      case .lookup, .ledgerChange: 1
      }
    }
  }

  package init(work: Work, caller: Caller, port: ReplyPort) {
    self.work = work
    self.caller = caller
    self.port = port
  }

  var tenant: TenantCode { work.tenant }

  /// How much of a batch it is.
  var weight: Int { work.weight }

  var isOfTheRollover: Bool {
    if case .expire = work { true } else { false }
  }

  var lines: [RequestLine] {
    switch work {
    case .change(_, let lines, _, _): lines
    case .ledgerChange(let line): [line]
    case .lookup, .expire: []
    }
  }
}

/// Where a reply goes: to a place in a connection's row of replies, or to a task that waits.
package enum ReplyPort: Sendable {
  case connection(ConnectionPort)
  case task(CheckedContinuation<Reply, Never>)

  /// Delivers a batch's replies: one turn of the event loop for all of its connections.
  static func deliver(_ replies: [(port: ReplyPort, reply: Reply)]) {
    var toConnections: [(ConnectionPort, Reply)] = []
    for (port, reply) in replies {
      switch port {
      case .task(let continuation): continuation.resume(returning: reply)
      case .connection(let port): toConnections.append((port, reply))
      }
    }
    ConnectionPort.deliver(toConnections)
  }
}
