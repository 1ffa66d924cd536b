internal import LedgerStore
package import Logging
internal import Postgres
package import SeatLedger
package import SeatProtocol

/// One libpq session that decides and commits, batch after batch: while the database stores one, the next one gathers and is
/// decided behind it. There is no timer and no knob: the busier it gets, the larger the batches and the cheaper a command.
package actor Lane {
  private let executor: BlockingExecutor
  private var link: Link
  private var batches: LaneBatches
  /// Who watches is told when something may have been committed.
  private let watches: Watches
  private let metrics: Metrics
  nonisolated private let mailbox = Mailbox()
  private var gathering = Gathering<LaneJob>(
    mostOfABatch: mostOfABatch, mostInBackground: RolloverPlan.mostOfABatch, weight: \.weight,
    isBackground: \.isOfTheRollover)

  /// Commands of one transaction: more would only make the first of them wait longer.
  static let mostOfABatch = 512

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(
    number: Int, conninfo: String, ledger: String, clock: LedgerClock, watches: Watches, metrics: Metrics, log: Logger
  ) {
    executor = BlockingExecutor(label: "lane \(number)")
    self.watches = watches
    self.metrics = metrics
    batches = LaneBatches(ledger: ledger, clock: clock, log: log)
    link = Link { () throws(PostgresError) in
      try SessionSettings.open(conninfo, SessionSettings.writer, LaneBatches.statements)
    }
  }

  /// Hands a job over without waiting; its answer goes to its port.
  nonisolated package func submit(_ job: LaneJob) {
    switch mailbox.put(job) {
    case .taken: return
    case .first: schedule()
    case .refused: ReplyPort.deliver([(job.port, .refused(.busy))])
    }
  }

  /// Jobs that wait and are not in a batch yet.
  package var queueDepth: Int {
    batches.setAside.reduce(gathering.count + mailbox.count) { $0 + $1.count }
  }

  nonisolated private func schedule() { executor.async { self.assumeIsolated { $0.step() } } }

  /// One step at a time, so that whoever asks the lane itself comes in between.
  private func step() {
    for job in mailbox.take() where !gathering.admit(job) { ReplyPort.deliver([(job.port, .refused(.busy))]) }
    if batches.setAside.isEmpty {
      switch Pace(waiting: gathering.count, underWay: batches.underWay) {
      case .begin(let most): batches.begin(gathering.take(most), &link)
      case .wait(let jobs):
        var canFinish = false
        mailbox.wait(for: jobs - gathering.count) { canFinish = batches.waitForOldest(orFor: $0, &link) }
        if canFinish { finish() }
      case .finish: finish()
      case .rest: if mailbox.rest() { return }
      }
    } else if batches.underWay.batches > 0 {
      finish()
    } else {
      batches.runSetAside(&link) { deliver($1, to: $0) }
    }
    schedule()
  }

  private func finish() { batches.finish(&link) { deliver($1, to: $0) } }

  private func deliver(_ replies: [Reply], to jobs: [LaneJob]) {
    ReplyPort.deliver(zip(jobs, replies).map { ($0.port, $1) })
    watches.ring()
    count(replies)
  }
}

extension Lane {
  private func count(_ replies: [Reply]) {
    var (refused, unavailable) = (0, 0)
    for reply in replies {
      guard case .refused(let refusal) = reply.end else { continue }
      if refusal.code.retry == .no { refused += 1 } else { unavailable += 1 }
    }
    metrics.count(commands: replies.count, refused: refused, unavailable: unavailable)
  }
}

/// The lanes of one daemon, in pairs. A tenant's commands all go through the same one, in every daemon: the first of a pair,
/// for two processors answer most in one row of large batches. What the rollover posts is read for and fills both.
package struct Lanes: Sendable {
  private let lanes: [Lane]

  package init(
    count: Int, conninfo: String, ledger: String, clock: LedgerClock, watches: Watches, metrics: Metrics,
    log: Logger
  ) {
    lanes = (0..<count).map {
      Lane(
        number: $0, conninfo: conninfo, ledger: ledger, clock: clock, watches: watches, metrics: metrics,
        log: log)
    }
  }

  package var count: Int { lanes.count }

  package func submit(_ job: LaneJob) {
    lanes[job.isOfTheRollover ? rolloverIndex(of: job.tenant) : index(of: job.tenant)].submit(job)
  }

  /// Submits work and waits for its reply.
  package func run(_ work: LaneJob.Work, for caller: Caller) async -> Reply {
    await withCheckedContinuation { continuation in
      submit(LaneJob(work: work, caller: caller, port: .task(continuation)))
    }
  }

  package var queueDepth: Int {
    get async {
      var depth = 0
      for lane in lanes { depth += await lane.queueDepth }
      return depth
    }
  }

  /// The lane of a tenant's commands.
  package func index(of tenant: TenantCode) -> Int { rolloverIndex(of: tenant) / 2 * 2 }

  /// The lane of what the rollover posts to a tenant. FNV-1a over its code: part of what all daemons on one ledger agree on.
  package func rolloverIndex(of tenant: TenantCode) -> Int {
    let hash = tenant.text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return Int(hash % UInt64(lanes.count))
  }
}
