package import LedgerStore
package import Logging
internal import Postgres
package import SeatLedger
package import SeatProtocol

/// What a reader is asked, and where its answer goes.
package struct ReadJob: Sendable {
  package let work: Work
  /// What it was asked with: schools, programs and tests that it names must exist.
  package let line: RequestLine
  package let port: ReplyPort

  package enum Work: Sendable {
    /// A question about one tenant, or about the ledger where there is none.
    case query(tenant: TenantCode?, make: @Sendable (TenantRecord?, Instant) throws(Refusal) -> Query)
    case eligibility(tenant: TenantCode, Caller)
    /// A question about one program.
    case ofProgram(tenant: TenantCode?, make: @Sendable (TenantRecord, Program, Instant) -> Query)
  }

  package init(work: Work, line: RequestLine, port: ReplyPort) {
    self.work = work
    self.line = line
    self.port = port
  }
}

/// One libpq session that reads: all that waits goes in one round trip and one snapshot.
package actor Reader {
  private let executor: BlockingExecutor
  private var link: Link
  private var reads: ReadBatches
  private var gathering = Gathering<ReadJob>(mostOfABatch: mostOfABatch)

  /// Questions of one snapshot: their rows are all in memory at once.
  static let mostOfABatch = 64

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(conninfo: String, clock: LedgerClock, log: Logger) {
    executor = BlockingExecutor(label: "reader")
    reads = ReadBatches(clock: clock, log: log)
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.reader, ReaderStatements.all)
    }
  }

  nonisolated package func submit(_ job: ReadJob) {
    executor.async { self.assumeIsolated { $0.admit(job) } }
  }

  /// Whether the database answers.
  package func isDatabaseUp() -> Bool {
    do throws(PostgresError) {
      try link.read { connection throws(PostgresError) in _ = try connection.run("SELECT 1") }
      return true
    } catch {
      return false
    }
  }

  private func admit(_ job: ReadJob) {
    guard gathering.admit(job) else {
      ReplyPort.deliver([(job.port, .refused(.busy))])
      return
    }
    schedule()
  }

  private func schedule() {
    if gathering.shouldSchedule() { executor.async { self.assumeIsolated { $0.runBatch() } } }
  }

  private func runBatch() {
    let jobs = gathering.take()
    let replies = reads.run(jobs, &link)
    ReplyPort.deliver(zip(jobs, replies).map { ($0.port, $1) })
    schedule()
  }
}
