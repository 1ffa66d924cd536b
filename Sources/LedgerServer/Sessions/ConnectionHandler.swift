internal import LedgerStore
internal import NIOCore
internal import SeatLedger
internal import SeatProtocol
internal import SeatSession

/// One connection on its event loop: bytes in, bytes out, timeouts. What a request means is the router's business, and
/// what comes in which order is the conversation's.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let router: Router
  private let turns: Turns
  /// A line that is not finished, or a reply that is not read, for so long ends the connection.
  private let patience: TimeAmount
  private let onClose: () -> Void
  private var principal: Principal
  private(set) var manner = Crowd.Manner.one
  private var habit = Crowd.Habit()
  private var conversation = Conversation()
  private var context: ChannelHandlerContext?
  private var underWay = UnderWay()
  /// A request that must be alone is under way.
  private var isAlone = false
  /// When the last bytes came, or the last answer, which may be to a change of the grants.
  private var arrival = NIODeadline.now()
  /// The grants were read for the next request.
  private var hasFreshGrants = false
  /// The grants could not be read; what they decide has to wait.
  private var hasNoGrants = false
  private var watches = ConnectionWatches()
  private var isReading = true
  /// More has come than one turn could do, or others go first.
  private var awaitsTurn = false
  /// The next request's place is full.
  private var awaitsPlace = false
  private var isLeaving = false
  /// Everything is said; the channel closes when it is flushed.
  private var isClosing = false
  private var isDraining = false
  /// The channel is closed.
  private var isOver = false
  private var partialLine: Scheduled<Void>?
  private let reader: ReaderPatience

  init(
    principal: Principal, router: Router, turns: Turns, patience: TimeAmount, onClose: @escaping () -> Void
  ) {
    self.principal = principal
    self.router = router
    self.turns = turns
    self.patience = patience
    reader = ReaderPatience(patience)
    self.onClose = onClose
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    send(Array("* SEATLEDGER 1.0 \(router.greeting(for: principal).string)\n".utf8))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    unwrapInboundIn(data).withUnsafeReadableBytes { conversation.receive($0) }
    arrival = .now()
    if !awaitsTurn, turns.crowd.isCrowd(client, at: arrival.uptimeNanoseconds) { waitForTurn() }
    proceed()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    // The wait for the last flush has its own end.
    guard !isClosing else { return }
    if context.channel.isWritable {
      reader.stop()
      proceed()
    } else {
      reader.wait(context, orElse: close)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    conversation.endInput()
    proceed()
  }

  func channelInactive(context: ChannelHandlerContext) {
    partialLine?.cancel()
    reader.stop()
    self.context = nil
    isLeaving = true
    isOver = true
    for number in watches.numbers { router.watches.remove(number) }
    turns.crowd.forget(client)
    // What it has under way counts as its connection until it is done: leaving early frees no place for more of it.
    if underWay.isEmpty { onClose() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  // MARK: Going on

  /// Answers what can be answered, in order, and closes when nothing is left to say. What one turn cannot do waits for
  /// the next one, behind everybody else.
  func proceed() {
    if !awaitsTurn { takeTurn() }
  }

  /// What was left over has its turn.
  func proceedInTurn() {
    awaitsTurn = false
    takeTurn()
  }

  /// A place that was full has room.
  func proceedAtPlace() {
    awaitsPlace = false
    proceed()
  }

  /// One place in the row is enough: what is sent can make room at once, and so a turn inside this one.
  private func waitForTurn() {
    guard !awaitsTurn else { return }
    awaitsTurn = true
    turns.add(self)
  }

  private func takeTurn() {
    guard let context, !isClosing else { return }
    let end = NIODeadline.now() + Turns.length
    var hasMoved: Bool
    repeat {
      hasMoved = takeLine()
      if dispatch() { hasMoved = true }
    } while hasMoved && NIODeadline.now() < end
    let bytes = conversation.ready()
    send(bytes)
    // Answers make room for requests that have come already.
    if hasMoved || !bytes.isEmpty, conversation.hasWork, context.channel.isWritable, !isLeaving { waitForTurn() }
    acknowledge()
    pace()
    leaveIfDone()
  }

  func finish(_ reply: Reply, for ticket: Int) {
    let left = underWay.finish(ticket)
    isAlone = false
    arrival = .now()
    conversation.finish(reply, for: ticket)
    if isOver, underWay.isEmpty { onClose() }
    if let left {
      turns.leave(
        left.place, left.weight, isCrowd: turns.crowd.isCrowd(client, manner, at: arrival.uptimeNanoseconds))
    }
  }

  /// Finishes what has come so far and closes.
  func drain() {
    isDraining = true
    proceed()
  }

  /// - Returns: whether a line has come.
  private func takeLine() -> Bool {
    guard !isLeaving, conversation.takeLine() else { return false }
    // Another line than the one that was waited for.
    partialLine?.cancel()
    partialLine = nil
    return true
  }

  /// - Returns: whether a request was begun.
  private func dispatch() -> Bool {
    guard !isAlone, context?.channel.isWritable == true, let (item, ticket) = conversation.open() else { return false }
    switch item {
    case .bad(let bad):
      conversation.spoilBatch(bad.refusal)
      conversation.finish(.refused(bad.refusal), for: ticket)
      return true
    case .line(let line):
      if handle(line, ticket) { return true }
      conversation.close(item)
      return false
    }
  }

  /// - Returns: `false` where the line's turn has not come.
  private func handle(_ line: RequestLine, _ ticket: Int) -> Bool {
    if isDraining || isLeaving {
      conversation.finish(.refused(.shuttingDown), for: ticket)
      return true
    }
    if hasNoGrants {
      hasNoGrants = false
      conversation.spoilBatch(.databaseUnavailable, by: line)
      conversation.finish(.refused(.databaseUnavailable), for: ticket)
      return true
    }
    let now = NIODeadline.now().uptimeNanoseconds
    let asksOne = habit.note(isAlone: underWay.isEmpty && !conversation.hasWork, at: now)
    manner = turns.crowd.notice(client, asksOne: asksOne, at: now)
    if router.needsGrants(line, principal), !hasFreshGrants {
      guard underWay.isEmpty else { return false }
      guard let grants = turns.knownGrants.grants(of: principal.holder, since: arrival) else {
        refreshGrants()
        return false
      }
      principal.grants = grants
    }
    if begin(line, ticket) {
      // They were read for this request.
      hasFreshGrants = false
      return true
    }
    return false
  }

  /// - Returns: `false` where the line's turn has not come.
  private func begin(_ line: RequestLine, _ ticket: Int) -> Bool {
    if let obstacle = watches.obstacle(to: line) {
      conversation.spoilBatch(obstacle, by: line)
      conversation.finish(.refused(obstacle), for: ticket)
      return true
    }
    switch router.route(line, principal, &conversation) {
    case .reply(let reply): conversation.finish(reply, for: ticket)
    case .leave(let reply):
      conversation.finish(reply, for: ticket)
      isLeaving = true
      conversation.dropBacklog()
    case .work(let place, let weight, let submit):
      guard admits(weight, to: place) else { return false }
      turns.crowd.enter(place.number, weight)
      underWay.add(ticket, to: place, weight: weight)
      if line.command.name == .batchCommit { conversation.endBatch() }
      submit(port(ticket))
    case .unwatch(let tag):
      conversation.finish(unwatch(tag), for: ticket)
    case .alone(let run):
      guard underWay.isEmpty else { return false }
      isAlone = true
      underWay.addAlone()
      runAlone(ticket, run, tag: line.tag)
    }
    return true
  }

  /// Whether a request may go there now. If its own are not what is in its way, it is called when there is room.
  private func admits(_ weight: Int, to place: Router.Place) -> Bool {
    guard underWay.leavesRoom(in: place) else { return false }
    if turns.admits(self, weight, to: place) { return true }
    if underWay.isEmpty, !awaitsPlace {
      awaitsPlace = true
      turns.add(self, at: place)
    }
    return false
  }

  var client: Crowd.Client {
    Crowd.Client(connection: ObjectIdentifier(self), principal: principal.identity)
  }

  private func port(_ ticket: Int) -> ReplyPort {
    guard let loop = context?.eventLoop else { preconditionFailure("a request is handled while the channel is open") }
    return .connection(ConnectionPort(connection: NIOLoopBound(self, eventLoop: loop), loop: loop, ticket: ticket))
  }

  /// Runs what takes its time in a task of its own, with nothing else of this connection beside it.
  private func runAlone(_ ticket: Int, _ run: @escaping Router.Alone, tag: String?) {
    guard let loop = context?.eventLoop else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let principal = principal
    Task {
      let result = await run(principal) { line in
        loop.execute {
          bound.value.conversation.note(line, for: ticket)
          bound.value.proceed()
        }
      }
      loop.execute {
        if let principal = result.principal { bound.value.become(principal) }
        if let batch = result.batch { _ = bound.value.conversation.begin(batch) }
        bound.value.finish(result.reply, for: ticket)
        // Before the lines behind it, which may end it.
        if let watch = result.watch, let tag { bound.value.begin(watch, under: tag) }
        bound.value.proceed()
      }
    }
  }

  /// Whoever speaks from now on hears nothing that was begun by another.
  private func become(_ principal: Principal) {
    turns.crowd.forget(client)
    self.principal = principal
    for (tag, watch) in watches.endAll() {
      router.watches.remove(watch.number)
      conversation.add([Watch.endOfForbidden], of: tag, isJSON: watch.isJSON)
    }
  }

  /// Grants may change while a connection is open: they are asked for with every request that needs them.
  private func refreshGrants() {
    guard let loop = context?.eventLoop else { return }
    isAlone = true
    let bound = NIOLoopBound(self, eventLoop: loop)
    let asked = NIODeadline.now()
    router.grants.ask(of: principal) { grants in loop.execute { bound.value.receive(grants, asked: asked) } }
  }

  private func receive(_ grants: [Credentials.Held]?, asked: NIODeadline) {
    isAlone = false
    if let grants {
      principal.grants = grants
      turns.knownGrants.note(grants, of: principal.holder, asked: asked)
    }
    hasFreshGrants = grants != nil
    hasNoGrants = grants == nil
    proceed()
  }

  // MARK: Watching

  private func begin(_ watch: Watch, under tag: String) {
    guard let loop = context?.eventLoop, !isClosing, !isLeaving else { return }
    let number = router.watchNumbers.next()
    watches.begin(tag, .init(number: number, isJSON: watch.line.options.isJSON))
    let port = WatchPort(connection: NIOLoopBound(self, eventLoop: loop), loop: loop, tag: tag, number: number)
    router.watches.add(watch, port)
  }

  private func unwatch(_ tag: String) -> Reply {
    guard let watch = watches.end(tag) else {
      return .refused(.badValue("tag", "no watch of this connection has the tag \(tag)"))
    }
    router.watches.remove(watch.number)
    conversation.dropEvents(of: tag)
    return .ok()
  }

  func deliver(_ events: [Fields], of tag: String, number: Int, isLast: Bool) {
    guard let watch = watches.open(tag, number), !isClosing else { return }
    conversation.add(events, of: tag, isJSON: watch.isJSON)
    if isLast { _ = watches.end(tag) } else { watches.deliver(number) }
    proceed()
  }

  /// The client has taken what its watches told: there may be more.
  private func acknowledge() {
    guard watches.hasUnread, !conversation.hasEvents, context?.channel.isWritable == true else { return }
    for number in watches.acknowledge() { router.watches.acknowledge(number) }
  }

  // MARK: Sending and leaving

  private func send(_ bytes: [UInt8]) {
    guard let context, !bytes.isEmpty else { return }
    reader.count(bytes.count)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
  }

  /// Reads on while there is room for another request; watches a line that does not end.
  private func pace() {
    guard let context else { return }
    let wants =
      conversation.inFlight < Conversation.mostInFlight && context.channel.isWritable && !isLeaving && !awaitsTurn
    if wants != isReading {
      isReading = wants
      context.channel.setOption(.autoRead, value: wants).assumeIsolated().whenComplete { _ in }
      if wants { context.read() }
    }
    if conversation.waitsForLine, wants {
      guard partialLine == nil else { return }
      partialLine = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { [self] in close() }
    } else {
      partialLine?.cancel()
      partialLine = nil
    }
  }

  private func leaveIfDone() {
    guard let context, !isClosing, !awaitsTurn, conversation.isIdle, isLeaving || isDraining || conversation.isOver
    else { return }
    isClosing = true
    context.channel.setOption(.autoRead, value: false).assumeIsolated().whenComplete { _ in }
    // What was written is flushed before the channel closes, if its reader lets it.
    reader.wait(context, orElse: close)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }

  private func close() { context?.close(promise: nil) }
}

extension Refusal {
  static var shuttingDown: Self {
    Refusal(.shuttingDown, nil, "the daemon is shutting down; nothing was changed, try again")
  }
}
