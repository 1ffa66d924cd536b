internal import LedgerStore
internal import Logging
internal import Postgres
internal import SeatLedger
internal import SeatProtocol

// Changes of what all tenants share: rare, and each a transaction of its own.

extension LaneBatches {
  mutating func runLedgerChange(_ job: LaneJob, _ link: inout Link) -> Reply {
    guard case .ledgerChange(let line) = job.work else { return .refused(.internalError) }
    let change: LedgerChange
    do throws(Refusal) {
      change = try LedgerChange(line)
    } catch {
      return .refused(error)
    }
    // Such a session may still have an answer on its way, which the next question would take for its own.
    var outcomeIsUnknown = false
    defer { if outcomeIsUnknown { link.drop() } }
    for isLastTry in [false, true] {
      do throws(PostgresError) {
        return try link.use { connection throws(PostgresError) in
          if case .test(let test) = change {
            if directory.follow(connection) { warm = WarmBooks() }
            try directory.learn(programs: [test.program], tests: [], connection)
            guard directory.catalogue.programs[test.program] != nil else {
              return .refused(Refusal(.noProgram, nil, "no program \(test.program); program.add adds it"))
            }
          }
          let outcome = try change.run(
            ledger: ledger, principal: job.caller.principal, actor: job.caller.actor, request: line.canonical,
            at: clock.now, keep: !line.options.isDry, connection)
          switch outcome {
          case .exists: return .refused(.exists(change.name))
          case .unknown(let why):
            outcomeIsUnknown = true
            log.error("the outcome of a change of the ledger is unknown", metadata: ["why": "\(why)"])
            return .refused(.outcomeOfLedgerChangeUnknown)
          case .made:
            directory.forget()
            warm = WarmBooks()
            return .ok(change.answer)
          }
        }
      } catch {
        // Nothing was kept: a connection that died while it was idle is worth a second one.
        if case .lost = error, !isLastTry { continue }
        log.error("a change of the ledger failed", metadata: ["why": "\(error)"])
        guard case .refused(let state, _, _) = error else { return .refused(.databaseUnavailable) }
        rollBack(&link)
        return .refused(state.isTrouble ? .databaseUnavailable : .internalError)
      }
    }
    return .refused(.databaseUnavailable)
  }
}
