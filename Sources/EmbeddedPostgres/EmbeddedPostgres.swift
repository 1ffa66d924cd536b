internal import Foundation
internal import Glibc
package import Logging
internal import Postgres
internal import Subprocess
internal import SystemPackage

/// A private PostgreSQL in the daemon's state directory: made once, started and stopped with the daemon, taken over when
/// the last daemon was killed, restarted when it dies.
package struct EmbeddedPostgres: Sendable {
  private let directory: String
  private let programs: ServerPrograms
  private let user: ServerUser
  private let log: Logger

  private var data: String { "\(directory)/data" }

  /// The role that the daemon connects as: its own user, by peer authentication.
  private var role: String { NSUserName() }

  /// Seconds that a server may take to start or to stop.
  private static let patience = 120

  /// Seconds that it may take to recover once it has started: as much journal as was written since the last checkpoint, on
  /// a slow disk.
  private static let recoveryPatience = 3_600

  /// Makes the cluster, if it is not there yet.
  ///
  /// - Parameter stateDirectory: absolute; PostgreSQL gets the directory `postgres` in it.
  package static func open(stateDirectory: String, log: Logger) async throws -> EmbeddedPostgres {
    let directory = "\(stateDirectory)/postgres"
    let version = (try? String(contentsOfFile: "\(directory)/data/PG_VERSION", encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard "\(directory)/.s.PGSQL.5432".utf8.count < 108 else {
      throw EmbeddedPostgresError.failed("\(directory): too long a path for a Unix socket; choose a shorter one")
    }
    let cluster = EmbeddedPostgres(
      directory: directory, programs: try await ServerPrograms.find(majorVersion: version),
      user: try ServerUser.choose(for: directory), log: log)
    if let obstacle = cluster.user.obstacle(to: cluster.data) {
      throw EmbeddedPostgresError.failed(
        "PostgreSQL runs as \(cluster.user.name), who cannot enter \(obstacle); chmod o+x it or choose another place")
    }
    if version == nil { try await cluster.create() }
    try cluster.configure()
    return cluster
  }

  private func create() async throws {
    log.info("making a new PostgreSQL cluster", metadata: ["directory": "\(data)", "user": "\(user.name)"])
    let manager = FileManager.default
    try manager.createDirectory(atPath: directory, withIntermediateDirectories: true)
    // Made beside its place and renamed when it is whole: what an interrupted initdb has left cannot be used.
    let fresh = "\(data).new"
    if manager.fileExists(atPath: fresh) { try manager.removeItem(atPath: fresh) }
    if user.isOther {
      try manager.setAttributes(
        [.ownerAccountID: NSNumber(value: user.uid), .groupOwnerAccountID: NSNumber(value: user.gid)],
        ofItemAtPath: directory)
    }
    try await perform(
      programs.initdb,
      [
        "-D", fresh, "--username=\(role)", "--auth-local=peer", "--auth-host=reject", "--data-checksums",
        "--encoding=UTF8", "--locale=C", "--no-instructions",
        // A new segment is filled with zeros before anybody commits into it. One of 16 MB, the default, takes some 50 ms,
        // in which every lane waits, once a second while much is written; one of 1 MB is not noticed.
        "--wal-segsize=1",
      ])
    let include = "\ninclude 'seatledger.conf'\n"
    let file = "\(fresh)/postgresql.conf"
    try (String(contentsOfFile: file, encoding: .utf8) + include).write(
      toFile: file, atomically: false, encoding: .utf8)
    try manager.moveItem(atPath: fresh, toPath: data)
  }

  /// Written anew with every start: the machine may have got more memory.
  private func configure() throws {
    let megabytes = Int(ProcessInfo.processInfo.physicalMemory / 1_048_576)
    let settings = """
      # Written by seatledgerd with every start.
      listen_addresses = ''
      port = 5432
      unix_socket_directories = '\(directory.replacingOccurrences(of: "'", with: "''"))'
      max_connections = 40
      shared_buffers = \(max(64, min(megabytes / 4, 8_192)))MB
      max_wal_size = 4GB
      checkpoint_timeout = 15min
      # A new ledger's first rows must be counted soon: plans made for empty tables take the wrong index.
      autovacuum_naptime = 5s
      jit = off
      update_process_title = off
      fsync = on
      full_page_writes = on
      synchronous_commit = on
      log_min_messages = warning
      log_line_prefix = '%m [%p] '

      """
    try replace("\(data)/seatledger.conf", with: settings)
  }

  /// In a directory that PostgreSQL's user may change: as root, nothing that stands there already may be written to or
  /// given away, for it may be a link to anything.
  private func replace(_ file: String, with text: String) throws {
    let fresh = "\(file).new"
    unlink(fresh)
    let descriptor = Glibc.open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw EmbeddedPostgresError.failed("\(fresh): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
      !user.isOther || fchown(descriptor, user.uid, user.gid) == 0, rename(fresh, file) == 0
    else { throw EmbeddedPostgresError.failed("\(file): \(String(cString: strerror(errno)))") }
  }

  /// Starts the server, or takes over one that runs already.
  ///
  /// - Returns: how to connect to the database `seatledger`.
  package func start() async throws -> String {
    do {
      if try await isRunning() {
        log.info("taking over the PostgreSQL that the last daemon left")
      } else {
        try await launch()
      }
      try await createDatabase()
      try Task.checkCancellation()
    } catch {
      // Whoever cancels this has no hold on the server yet.
      await Task { if (try? await isRunning()) == true { await stop() } }.value
      throw error
    }
    return conninfo(database: "seatledger")
  }

  /// After a crash the dead server's children may hold its memory for a moment longer.
  private func launch() async throws {
    for isLastTry in [false, false, false, false, true] {
      do {
        try await perform(
          programs.pgCtl,
          ["start", "-D", data, "-w", "-t", "\(Self.patience)", "-s", "-l", "\(directory)/postgres.log"])
        return
      } catch {
        // One that recovers is waited for by who connects.
        if try await isRunning() { return }
        if isLastTry { throw error }
        log.warning("PostgreSQL did not start yet", metadata: ["why": "\(error)"])
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func createDatabase() async throws {
    let connection = try await connectWhenReady()
    if try connection.run("SELECT FROM pg_database WHERE datname = 'seatledger'").count == 0 {
      try connection.run("CREATE DATABASE seatledger")
    }
    // Whoever may become the server's own user anyway may also look into its tables.
    if try connection.run("SELECT FROM pg_roles WHERE rolname = '\(user.name)'").count == 0 {
      try connection.run("CREATE ROLE \"\(user.name)\" LOGIN SUPERUSER")
    }
  }

  /// A server that recovers, or that another daemon has just told to stop, takes no connection for a while.
  private func connectWhenReady() async throws -> Connection {
    for _ in 0..<Self.recoveryPatience {
      do throws(PostgresError) {
        return try Connection.open(conninfo(database: "postgres"))
      } catch {
        log.info("waiting for PostgreSQL", metadata: ["why": "\(error)"])
      }
      try await Task.sleep(for: .seconds(1))
      if try await !isRunning() { try await launch() }
    }
    return try Connection.open(conninfo(database: "postgres"))
  }

  /// Restarts the server whenever it dies, until the task is cancelled.
  package func supervise() async {
    let watch = Watch(conninfo: conninfo(database: "postgres"))
    while !Task.isCancelled {
      await watch.untilGone()
      if Task.isCancelled { return }
      do {
        guard try await !isRunning() else {
          // It recovers, or all its connections are taken.
          try await Task.sleep(for: .seconds(1))
          continue
        }
        log.error("PostgreSQL has died; starting it again")
        try await launch()
      } catch {
        log.error("PostgreSQL cannot be started", metadata: ["why": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  package func stop() async {
    do {
      try await perform(programs.pgCtl, ["stop", "-D", data, "-m", "fast", "-w", "-t", "\(Self.patience)", "-s"])
    } catch {
      log.error("PostgreSQL did not stop", metadata: ["why": "\(error)"])
    }
  }

  private func isRunning() async throws -> Bool {
    // The one by which servers keep each other from a socket, and the one that names the server of these data.
    for file in ["\(directory)/.s.PGSQL.5432.lock", "\(data)/postmaster.pid"] {
      guard let pid = Self.pid(in: file), !isServer(pid) else { continue }
      log.warning("the PostgreSQL that was here is gone", metadata: ["pid": "\(pid)", "file": "\(file)"])
      try? FileManager.default.removeItem(atPath: file)
    }
    return try await execute(programs.pgCtl, ["status", "-D", data]).isSuccess
  }

  private static func pid(in file: String) -> Int32? {
    (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { Int32($0) }
  }

  /// After a crash a server's number may be another process's, or that of a dead child that nobody has waited for: it would
  /// be taken for the server, be waited for, and be told to stop. A server that lives stands in its data directory.
  private func isServer(_ pid: Int32) -> Bool {
    var place = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/\(pid)/cwd", &place, place.count)
    // Where it may not be looked at, the number has to do.
    if length < 0 { return errno == EACCES || errno == EPERM }
    guard let own = realpath(data, nil) else { return false }
    defer { free(own) }
    return place.prefix(length).elementsEqual(UnsafeBufferPointer(start: own, count: strlen(own)))
  }

  private func conninfo(database: String) -> String {
    Conninfo.text([("host", directory), ("port", "5432"), ("dbname", database), ("user", role)])
  }

  // MARK: Running programs

  private func perform(_ program: String, _ arguments: [String]) async throws {
    let result = try await execute(program, arguments)
    guard result.isSuccess else {
      throw EmbeddedPostgresError.failed("\(program): \(result.message); see also \(directory)/postgres.log")
    }
  }

  /// setpriv changes the user, not the call that starts a program: between fork and exec of a process with threads,
  /// glibc's setgroups can wait for ever for a thread that the fork has left behind.
  private func execute(_ program: String, _ arguments: [String]) async throws -> (isSuccess: Bool, message: String) {
    var options = PlatformOptions()
    // A Ctrl-C at the daemon's terminal is not for PostgreSQL.
    options.createSession = true
    let asUser = ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", program]
    let result = try await run(
      user.isOther ? .name("setpriv") : .path(FilePath(program)),
      arguments: Arguments(user.isOther ? asUser + arguments : arguments), workingDirectory: FilePath(directory),
      platformOptions: options, output: .discarded, error: .string(limit: 65_536))
    return (result.terminationStatus.isSuccess, result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

/// Holds a connection for no other purpose than to learn when the server at its other end is gone.
private actor Watch {
  private let executor = BlockingExecutor(label: "postgres watch")
  private let conninfo: String

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(conninfo: String) { self.conninfo = conninfo }

  func untilGone() {
    guard let connection = try? Connection.open(conninfo) else { return }
    connection.waitUntilClosed()
  }
}
