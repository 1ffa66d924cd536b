import SeatClient
import SeatLedger
import SeatProtocol

/// Asks the ledger about every row of a file before any of it is done.
extension Import {
  mutating func rehearse() throws(Failure) {
    let days = try requireDistricts()
    let total = Int64(rows.count)
    var progress = ProgressLine()
    defer { progress.clear() }
    var checked: Int64 = 0
    for tenant in days.keys.sorted() {
      progress.show("checking", done: checked, of: total)
      let places = rows.indices.filter { rows[$0].state == .waiting && (rows[$0].tenant ?? "") == tenant }
      var records = DistrictRecords(tenant: places.first.flatMap { rows[$0].tenant }, kind: order.kind)
      try nameAttempts(places, &records)
      try recognize(places, &records)
      try objectToBookedOrders(places, &records)
      let batches = ImportBatch.batches(of: waiting(places), in: rows)
      for batch in batches {
        progress.show("checking", done: checked, of: total)
        try rehearse(batch)
        checked += Int64(batch.count)
      }
      if batches.count > 1, order.kind == .roster { try requireSeats(waiting(places), today: days[tenant]) }
    }
  }

  private borrowing func waiting(_ places: [Int]) -> [Int] { places.filter { rows[$0].state == .waiting } }

  /// What day it is in each district of the file.
  private mutating func requireDistricts() throws(Failure) -> [String: CivilDate] {
    guard !rows.isEmpty else { return [:] }
    let standpoint = try ledger.standpoint()
    var days: [String: CivilDate] = [:]
    for place in rows.indices {
      let tenant = rows[place].tenant
      if tenant != nil || !standpoint.isOperator, let district = standpoint.district(tenant) {
        if days[tenant ?? ""] == nil { days[tenant ?? ""] = standpoint.today(in: district) }
      } else if let tenant, !order.constants.contains(where: { $0.name == .tenant }) {
        refuse(place, "no district \(tenant) here", column: .tenant)
      } else {
        throw tenant == nil
          ? .usage(UsageError("say whose file this is: --tenant CODE, or a column tenant")) : .noDistrict(tenant ?? "")
      }
    }
    return days
  }

  // MARK: What was done before

  private mutating func nameAttempts(_ places: [Int], _ records: inout DistrictRecords) throws(Failure) {
    guard order.kind == .results else { return }
    guard places.contains(where: { place in ImportKind.namesAttempt.contains { rows[place][$0] != nil } }) else {
      return
    }
    let attempts = try records.attempts(&ledger)
    for place in places {
      switch attempts.name(rows[place]) {
      case .success(let row): rows[place] = row
      case .failure(let fault):
        refuse(place, try records.misspelling(in: rows[place], &ledger) ?? fault.message)
      }
    }
  }

  /// Finds what an earlier import has done of the file, whatever else that one held. What is undone since is told, and
  /// with `--again` done once more.
  private mutating func recognize(_ places: [Int], _ records: inout DistrictRecords) throws(Failure) {
    var unknown = waiting(places)
    while !unknown.isEmpty {
      var again: [Int] = []
      for batch in ImportBatch.batches(of: unknown, in: rows) {
        let owners = try ledger.owners(of: batch.map { rows[$0] })
        for (place, owner) in zip(batch, owners) where owner == .somebodyElse { rows[place].state = .doneByAnother }
        let ours = zip(batch, owners).filter { $0.1 == .ourselves }.map(\.0)
        guard !ours.isEmpty else { continue }
        for (place, answer) in zip(ours, try ledger.lookUp(ours.map { rows[$0] })) {
          rows[place].answer = answer
          rows[place].state = .doneEarlier
          guard let undone = try records.undoing(of: rows[place], &ledger) else { continue }
          if order.isAgain, let seq = answer[.seq] {
            rows[place].behind = seq
            rows[place].answer = Fields()
            rows[place].state = .waiting
            again.append(place)
          } else {
            notes.append(Problem(line: rows[place].line, message: "\(undone); --again does it once more"))
          }
        }
      }
      unknown = again
    }
  }

  private mutating func objectToBookedOrders(_ places: [Int], _ records: inout DistrictRecords) throws(Failure) {
    let orders = waiting(places).filter { rows[$0][.po] != nil || rows[$0][.invoice] != nil }
    guard order.kind == .purchases, !orders.isEmpty else { return }
    let booked = try records.orders(&ledger)
    let done = places.map { rows[$0] }.filter { $0.state == .doneEarlier || $0.state == .doneByAnother }
    for place in orders {
      if let objection = booked.objection(to: rows[place], beside: done) { refuse(place, objection) }
    }
  }

  // MARK: What would be done

  private mutating func rehearse(_ batch: [Int]) throws(Failure) {
    let rehearsal = try ledger.rehearse(batch.map { rows[$0] })
    for (index, reason) in rehearsal.refused { refuse(batch[index], reason) }
    let rest = waiting(batch)
    var answers = rehearsal.answers
    if !rehearsal.refused.isEmpty, order.skipsRefused, !rest.isEmpty {
      answers = try ledger.rehearse(rest.map { rows[$0] }).answers
    }
    for (place, answer) in zip(rest, answers) { rows[place].answer = answer }
  }

  private mutating func requireSeats(_ places: [Int], today: CivilDate?) throws(Failure) {
    guard let today, let first = places.first else { return }
    var needs = SeatNeeds(
      tests: try ledger.list(RequestText(CommandName.testList.rawValue)),
      programs: try ledger.list(RequestText(CommandName.programList.rawValue)))
    for place in places { needs.add(rows[place], today: today) }
    var request = RequestText(CommandName.balance.rawValue)
    if let tenant = rows[first].tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    problems += needs.problems(try ledger.list(request))
  }
}
