internal import NIOCore
internal import SeatLedger
internal import SeatProtocol

/// One client's wish to hear of a tenant's entries, and how far it has heard.
struct Watch: Sendable {
  let tenant: TenantCode
  /// `nil`: the whole tenant.
  let schools: Set<SchoolCode>?
  /// The request and who sent it: whether it is still allowed is asked again.
  let line: RequestLine
  let principal: Principal
  /// The last entry that was delivered or passed over.
  var position: Int64
  var lowBalance = LowBalance()
  /// Since when what was delivered waits to be read.
  var waitsSince: ContinuousClock.Instant?

  /// Its principal may not see any more what it watches, or is not the connection's any more.
  static var endOfForbidden: Fields {
    var fields = Fields()
    fields.add(.end, "forbidden")
    return fields
  }

  func concerns(_ schools: Set<SchoolCode>) -> Bool { self.schools.map { !$0.isDisjoint(with: schools) } ?? true }
}

/// Where a watch's events go: to a tag on a connection.
struct WatchPort: Sendable {
  let connection: NIOLoopBound<ConnectionHandler>
  let loop: any EventLoop
  let tag: String
  let number: Int

  func deliver(_ events: [Fields], isLast: Bool = false) {
    loop.execute { connection.value.deliver(events, of: tag, number: number, isLast: isLast) }
  }
}
