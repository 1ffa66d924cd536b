package import Logging
internal import NIOCore
internal import NIOPosix
internal import SeatLedger
internal import SeatProtocol
internal import SeatSession

/// Accepts connections on the control socket, each with the user at its other end, and lets them go in good order.
package struct ControlServer: Sendable {
  private let router: Router
  private let status: DaemonStatus
  private let limits: ConnectionLimits
  private let log: Logger

  package init(router: Router, status: DaemonStatus, limits: ConnectionLimits, log: Logger) {
    self.router = router
    self.status = status
    self.limits = limits
    self.log = log
  }

  /// Bytes of replies that a client has not read, past what the kernel holds for it.
  private static let mostUnread = 1 << 16

  /// How long connections may take to finish what they have sent when the daemon stops.
  private static let patience = TimeAmount.seconds(20)

  /// Serves until `stop` returns, then finishes what has come.
  ///
  /// - Parameter descriptor: a listening socket.
  package func run(_ descriptor: Int32, onReady: () -> Void, until stop: () async -> Void) async throws {
    // One loop for all connections: what one of them touches, no other thread does.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let open = try await loop.submit { NIOLoopBound(OpenConnections(Turns(on: loop)), eventLoop: loop) }.get()
    let server = try await ServerBootstrap(group: group)
      .serverChannelOption(.maxMessagesPerRead, value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPace()) }
      }
      // One line's most bytes are read from each connection before the next one has its turn.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: LineFramer.mostBytes))
      // What a client has not read, past which no further request of it is begun.
      .childChannelOption(.writeBufferWaterMark, value: .init(low: Self.mostUnread / 2, high: Self.mostUnread))
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in admit(channel, open) }
      .withBoundSocket(descriptor)
      .get()
    onReady()
    await stop()
    try await server.close()
    let finished = try await loop.submit { open.value.drain(on: loop, within: Self.patience) }.get()
    try await finished.get()
    try await group.shutdownGracefully()
  }

  private func admit(_ channel: any Channel, _ open: NIOLoopBound<OpenConnections>) -> EventLoopFuture<Void> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
      level: .init(rawValue: PeerCredentials.level), name: .init(rawValue: PeerCredentials.name))
    return credentials.flatMapThrowing { peer in
      guard open.value.admits(peer.uid, limits) else {
        refuse(channel)
        return
      }
      let number = open.value.nextNumber()
      let handler = ConnectionHandler(
        principal: Principal(uid: peer.uid), router: router, turns: open.value.turns,
        patience: .seconds(Int64(limits.patienceSeconds))
      ) {
        open.value.remove(number)
        status.count(connections: open.value.count)
      }
      open.value.add(number, handler, peer.uid)
      status.count(connections: open.value.count)
      try channel.pipeline.syncOperations.addHandler(handler)
    }
  }

  private func refuse(_ channel: any Channel) {
    log.warning("a connection was refused: too many are open")
    var bytes: [UInt8] = []
    let refusal = Refusal(.tooManyConnections, nil, "too many connections are open; close one or try again later")
    ReplyEncoder(tag: nil).encode(.refused(refusal), into: &bytes)
    channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).whenComplete { _ in channel.close(promise: nil) }
  }
}

/// The three fields of Linux's `struct ucred`, which Glibc's module does not show.
private struct PeerCredentials {
  let pid: Int32
  let uid: UInt32
  let gid: UInt32

  /// SOL_SOCKET and SO_PEERCRED of Linux.
  static let level: CInt = 1
  static let name: CInt = 17
}

/// The open connections, on their event loop.
private final class OpenConnections {
  let turns: Turns
  /// By numbers that are given once: a connection counts until what it asked for is done, when its channel may be gone
  /// and another one stand at its address.
  private var handlers: [Int: (handler: ConnectionHandler, uid: UInt32)] = [:]
  private var lastNumber = 0
  private var perUser: [UInt32: Int] = [:]
  private var whenEmpty: EventLoopPromise<Void>?

  init(_ turns: Turns) { self.turns = turns }

  var count: Int { handlers.count }

  func admits(_ uid: UInt32, _ limits: ConnectionLimits) -> Bool {
    whenEmpty == nil && count < limits.all && perUser[uid, default: 0] < limits.perUser
  }

  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  func add(_ number: Int, _ handler: ConnectionHandler, _ uid: UInt32) {
    handlers[number] = (handler, uid)
    perUser[uid, default: 0] += 1
  }

  func remove(_ number: Int) {
    guard let (_, uid) = handlers.removeValue(forKey: number) else { return }
    perUser[uid, default: 1] -= 1
    if perUser[uid] == 0 { perUser[uid] = nil }
    if handlers.isEmpty { whenEmpty?.succeed() }
  }

  /// Lets every connection finish; those that do not in time are left behind.
  func drain(on loop: any EventLoop, within patience: TimeAmount) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    whenEmpty = promise
    if handlers.isEmpty { promise.succeed() }
    for (handler, _) in handlers.values { handler.drain() }
    loop.assumeIsolated().scheduleTask(in: patience) { promise.succeed() }
    return promise.futureResult
  }
}
