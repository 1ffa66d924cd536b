internal import LedgerStore
internal import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

// One batch behind another.

/// A batch that is decided and sent, and what is to be said of it.
struct Storing {
  let jobs: [LaneJob]
  let bound: [BoundJob]
  let sent: Sent
  /// The one that it was sent in.
  let session: Int
}

extension LaneBatches {
  /// Batches under way, and how many jobs they hold.
  var underWay: (batches: Int, jobs: Int) { (storing.count, storing.reduce(0) { $0 + $1.jobs.count }) }

  /// Decides on what is at hand and sends it without waiting, behind what is under way: the database proves it when it comes
  /// to it, and with it that what it was decided on has been kept.
  ///
  /// Tenants of which that is not enough are set aside with all of their jobs: nothing of them was sent or kept.
  mutating func begin(_ jobs: [LaneJob], _ link: inout Link) {
    let rest = send(jobs, &link)
    if !rest.isEmpty { setAside.append(rest) }
  }

  /// - Returns: the jobs that are for `run`.
  private mutating func send(_ jobs: [LaneJob], _ link: inout Link) -> [LaneJob] {
    let lines = jobs.flatMap(\.lines)
    guard let session = link.session, hasAnsweredLately, presumption.admitsNext(),
      directory.knows(
        tenants: jobs.map(\.tenant), programs: lines.compactMap { $0.code(.program) },
        tests: lines.compactMap { $0.code(.test) }, in: session)
    else { return jobs }
    let known = directory
    var books: [TenantCode: LoadedLedger] = [:]
    var bound = jobs.map { job in BoundJob(job, take(job.tenant, into: &books), in: known) }
    let isCrowd = presumption.takesCandidatesForNew(commands: lines.count)
    for (tenant, one) in books where !one.knowsItsSchools || !one.canPresume(newCandidates: isCrowd) {
      books[tenant] = nil
      warm.put(one)
    }
    // Two transactions are worth it where the lesser part is left, and not where the rollover makes up most of a batch.
    guard Self.weight(jobs.filter { books[$0.tenant] == nil }) * 2 <= Self.weight(jobs) else {
      for one in books.values { warm.put(one) }
      return jobs
    }
    let now = clock.now
    for one in books.values { one.presume() }
    for index in bound.indices where books[jobs[index].tenant] != nil {
      guard bound[index].decide(at: now, in: known.catalogue) else {
        presumption.failed()
        return jobs
      }
    }
    for (tenant, one) in books where !one.isProvenByStoring {
      books[tenant] = nil
      guard one.isUnchanged else { continue }
      one.stopPresuming()
      warm.put(one)
    }
    guard !books.isEmpty else {
      presumption.wasIdle()
      return jobs
    }
    let ledgers = Array(books.values)
    let save = Save(ledgers)
    do throws(PostgresError) {
      let sent = try link.use { connection throws(PostgresError) in
        try save.begin(on: connection, within: Self.window(around: LedgerClock.machine))
      }
      let isSent = jobs.map { books[$0.tenant] != nil }
      func those<Element>(_ all: [Element]) -> [Element] { zip(all, isSent).filter(\.1).map(\.0) }
      if storing.isEmpty { patience = .now + Save.deadline }
      storing.append(Storing(jobs: those(jobs), bound: those(bound), sent: sent, session: session))
      for one in ledgers { warm.put(one) }
      // Half of it may have gone out, which nothing may go behind.
      if let failure = sent.failure { lose("\(failure)", &link) }
      return zip(jobs, isSent).filter { !$0.1 }.map(\.0)
    } catch {
      return jobs
    }
  }

  private static func weight(_ jobs: [LaneJob]) -> Int { jobs.reduce(0) { $0 + $1.weight } }

  /// Waits until the oldest batch under way can be finished, or for something else.
  ///
  /// - Parameter other: a descriptor that becomes readable then.
  /// - Returns: whether it can.
  func waitForOldest(orFor other: Int32, _ link: inout Link) -> Bool {
    guard let oldest = storing.first, link.session == oldest.session else { return true }
    do throws(PostgresError) {
      return try link.use { connection throws(PostgresError) in
        try connection.waitForAnswer(until: patience, orFor: other)
      }
    } catch {
      return true
    }
  }

  /// Waits for the oldest batch under way and answers it. Where it was not kept, all are set aside which were not: they may
  /// rest on it.
  ///
  /// - Parameter deliver: is called with the replies to one batch.
  mutating func finish(_ link: inout Link, _ deliver: ([LaneJob], [Reply]) -> Void) {
    guard !storing.isEmpty else { return }
    let oldest = storing.removeFirst()
    switch fate(of: oldest, &link) {
    case .committed(let replies):
      presumption.succeeded()
      deliver(oldest.jobs, replies)
    case .unknown(let replies): deliver(oldest.jobs, replies)
    case .refused(let state, let error):
      warm = WarmBooks()
      var refused = [oldest.jobs]
      for one in storing {
        switch fate(of: one, &link) {
        case .committed(let replies), .unknown(let replies): deliver(one.jobs, replies)
        case .refused: refused.append(one.jobs)
        }
      }
      storing.removeAll()
      rollBack(&link)
      if state.isTrouble {
        logFailure(error)
        deliver(oldest.jobs, run(oldest.jobs, &link, after: state))
        refused.removeFirst()
      } else {
        presumption.failed()
      }
      setAside += refused
    }
  }

  /// Runs the first of what was set aside, while nothing is under way.
  mutating func runSetAside(_ link: inout Link, _ deliver: ([LaneJob], [Reply]) -> Void) {
    guard !setAside.isEmpty else { return }
    let jobs = setAside.removeFirst()
    deliver(jobs, run(jobs, &link))
  }

  private enum Fate {
    case committed([Reply])
    case unknown([Reply])
    /// Not kept: to be run again on what is read under locks.
    case refused(SQLState, PostgresError)
  }

  private mutating func fate(of one: Storing, _ link: inout Link) -> Fate {
    defer { patience = .now + Save.deadline }
    guard link.session == one.session else {
      lose("the session has ended", &link)
      return .unknown(one.bound.map(\.replyWithoutCommit))
    }
    do throws(PostgresError) {
      let result = try link.use { connection throws(PostgresError) in
        try Save.result(of: one.sent, on: connection, until: patience)
      }
      switch result {
      case .committed:
        answered = .now
        return .committed(one.bound.map(\.reply))
      case .unknown(let why): lose(why, &link)
      }
    } catch {
      if case .refused(let state, _, _) = error { return .refused(state, error) }
      lose("\(error)", &link)
    }
    return .unknown(one.bound.map(\.replyWithoutCommit))
  }

  private mutating func lose(_ why: String, _ link: inout Link) {
    log.error("the outcome of a batch is unknown", metadata: ["why": "\(why)"])
    warm = WarmBooks()
    link.drop()
  }
}
