import EmbeddedPostgres
import Foundation
import LedgerServer
import LedgerStore
import Logging
import Postgres
import SeatLedger
import ServiceLifecycle
import UnixSignals

/// Puts the parts together, runs them, and takes them apart in order.
struct Daemon {
  let settings: Settings
  let environment: [String: String]
  let log: Logger

  /// Between two tries to reach the database at start.
  private static let retryPause = Duration.seconds(1)

  /// What ends the daemon in order; the last one comes when its terminal closes.
  private static let signals: [UnixSignal] = [.sigterm, .sigint, .sighup]

  func run() async throws {
    let clock = settings.testClock.map { LedgerClock(startingAt: $0) } ?? LedgerClock()
    let socket = try ControlSocket.inherited(environment) ?? ControlSocket.bind(at: settings.socket)
    let descriptor = socket.descriptor
    do {
      if let database = settings.database {
        try await serve(descriptor, database: database, clock, embedded: nil)
      } else {
        let lock = try StateLock.take(in: settings.stateDirectory)
        if let (embedded, database) = try await unlessStopped(startEmbedded) {
          do {
            try await serve(descriptor, database: database, clock, embedded: embedded)
          } catch {
            await embedded.stop()
            throw error
          }
          await embedded.stop()
        }
        lock.release()
      }
    } catch {
      socket.remove()
      throw error
    }
    socket.remove()
    log.info("stopped")
  }

  private func startEmbedded() async throws -> (EmbeddedPostgres, database: String) {
    // What a person has set for psql would lead to another server than the daemon's own.
    for name in environment.keys where name.hasPrefix("PG") { unsetenv(name) }
    let embedded = try await EmbeddedPostgres.open(stateDirectory: settings.stateDirectory, log: log)
    return (embedded, try await embedded.start())
  }

  private func serve(
    _ descriptor: Int32, database: String, _ clock: LedgerClock, embedded: EmbeddedPostgres?
  ) async throws {
    let opened = try await unlessStopped { try await open(database, underTestClock: clock.isTest) }
    guard let identity = opened else { return }
    let metrics = Metrics()
    let watches = Watches(conninfo: database, log: log)
    let lanes = Lanes(
      count: identity.lanes, conninfo: database, ledger: identity.id, clock: clock, watches: watches, metrics: metrics,
      log: log)
    let grants = GrantReader(conninfo: database, log: log)
    let reader = Reader(conninfo: database, clock: clock, log: log)
    let historian = Reader(conninfo: database, clock: clock, log: log)
    let reports = ReadSession.reports(database)
    let verifying = Verifying(conninfo: database, ledger: identity.id, metrics: metrics)
    let limits = settings.limits
    let status = DaemonStatus(clock: clock, mostConnections: limits.all)
    let rollover = Rollover(
      reports: reports, due: .due(database), lanes: lanes, clock: clock, status: status,
      metrics: metrics)
    let warnings = ExpiryWarnings(reports: reports, clock: clock, watches: watches, metrics: metrics, log: log)
    let midnights = Midnights(rollover: rollover, warnings: warnings, rollsOver: settings.rollsOver, log: log)
    let tasks = Tasks(
      grants: grants, reader: reader, reports: reports, verifying: verifying, rollover: rollover, midnights: midnights,
      clock: clock, status: status, lanes: lanes, watches: watches, metrics: metrics, log: log)
    let router = Router(
      grants: grants, lanes: lanes, reader: reader, historian: historian, tasks: tasks, watches: watches, status: status
    )
    let server = ControlServer(router: router, status: status, limits: limits, log: log)
    let notice = ServiceNotice(environment)

    // Stopped in the opposite order: first the server, which finishes what has come.
    var services: [any Service] = []
    if let embedded { services.append(Supervision(embedded: embedded)) }
    services.append(RolloverSchedule(midnights: midnights, clock: clock, log: log))
    services.append(Watchdog(notice: notice, lanes: lanes))
    services.append(Serving(server: server, descriptor: descriptor, notice: notice, log: log))
    let group = ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: Self.signals, logger: log))
    try await group.run()
  }

  /// What comes before the services run, which listen to signals themselves.
  ///
  /// - Returns: `nil` if the daemon was told to stop meanwhile.
  private func unlessStopped<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    let signals = await UnixSignalsSequence(trapping: Self.signals)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        for await _ in signals { return nil }
        throw CancellationError()
      }
      // What is cancelled puts away what it has begun before this returns.
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  /// Brings the database to our schema; waits for it as long as it is away.
  private func open(_ database: String, underTestClock: Bool) async throws -> LedgerIdentity {
    while true {
      do {
        let connection = try Connection.open(database)
        try Schema.migrate(connection)
        let identity = try LedgerIdentity.open(connection, underTestClock: underTestClock)
        try identity.seed(connection)
        return identity
      } catch let error as PostgresError {
        // Refused is for good: other rights, another version, another ledger.
        if case .refused = error { throw error }
        log.warning("waiting for the database", metadata: ["why": "\(error)"])
        try await Task.sleep(for: Self.retryPause)
      }
    }
  }
}

/// Runs the control server until the daemon is told to stop.
private struct Serving: Service {
  let server: ControlServer
  let descriptor: Int32
  let notice: ServiceNotice
  let log: Logger

  func run() async throws {
    try await server.run(descriptor) {
      log.info("ready")
      notice.send(.ready)
    } until: {
      try? await gracefulShutdown()
      log.info("stopping")
      notice.send(.stopping)
    }
  }
}

/// Tells the service manager that the lanes still move.
private struct Watchdog: Service {
  let notice: ServiceNotice
  let lanes: Lanes

  func run() async throws {
    guard let interval = notice.watchdogInterval else {
      try? await gracefulShutdown()
      return
    }
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: interval)
        // Answered by every lane in its turn: a lane that hangs keeps the notice back.
        _ = await lanes.queueDepth
        notice.send(.watchdog)
      }
    }
  }
}

/// Restarts the embedded PostgreSQL when it dies.
private struct Supervision: Service {
  let embedded: EmbeddedPostgres

  func run() async throws {
    let watching = Task { await embedded.supervise() }
    try? await gracefulShutdown()
    // The watch ends with the server that it watches, which the daemon stops last.
    watching.cancel()
  }
}
