import Foundation
import SeatClient
import SeatLedger
import SeatProtocol

/// Carries out one file: reads it, rehearses all of it, and then does all of it or nothing.
struct Import: ~Copyable {
  private let order: ImportOrder
  private let door: Door
  private let screen: Screen
  private var lines: BatchConversation
  private var batches: [ImportBatch] = []
  private var problems: [Problem] = []
  /// Attempts that rows may name by candidate and test, by tenant.
  private var attempts: [String: OpenAttempts] = [:]

  init(_ order: ImportOrder, door: Door, screen: Screen) {
    self.order = order
    self.door = door
    self.screen = screen
    lines = BatchConversation(door: door, kind: order.kind, actor: order.actor)
  }

  consuming func run() -> ExitStatus {
    guard let data = order.file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : read(order.file) else {
      Screen.note("seatctl: \(order.file) cannot be read; is the name right?")
      return .notFound
    }
    let file = ImportRows(CSVFile(Array(data)), order)
    problems = file.problems
    batches = ImportBatch.batches(of: file.rows, order.kind)
    do throws(Failure) {
      try rehearse()
    } catch {
      guard problems.isEmpty else {
        Screen.note("seatctl: the ledger was not asked about the other lines: \(error.message)")
        return refuse()
      }
      return Advice(door: door).refuse(error, nil)
    }
    guard problems.isEmpty || order.skipsRefused && file.problems.isEmpty else { return refuse() }
    let report = ImportReport(order, screen)
    listProblems()
    if order.isDry {
      report.show(batches)
      Screen.note("\(report.summary(of: batches)); this was a rehearsal, nothing was changed")
      return problems.isEmpty ? .fine : .refused
    }
    let status = commit()
    let done = batches.filter { $0.state != .waiting }
    if status == .fine || !done.isEmpty {
      report.show(done)
      let isOld = !done.isEmpty && done.allSatisfy { $0.state == .doneEarlier }
      Screen.note(
        report.summary(of: done) + (problems.isEmpty ? "" : "; \(problems.count) lines were left out")
          + (isOld ? "; an earlier import has done it all, nothing was changed" : ""))
    }
    return status
  }

  private borrowing func read(_ path: String) -> Data? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    // One byte more than is allowed tells that there is more.
    return try? file.read(upToCount: CSVFile.mostBytes + 1) ?? Data()
  }

  // MARK: The rehearsal

  private mutating func rehearse() throws(Failure) {
    let bar = ProgressBar(of: batches.reduce(0) { $0 + $1.rows.count })
    defer { bar.clear() }
    var checked = 0
    for index in batches.indices {
      bar.show("checking", checked)
      checked += batches[index].rows.count
      if let answers = try lines.lookUp(batches[index]) {
        batches[index].answers = answers
        batches[index].state = .doneEarlier
        continue
      }
      try nameAttempts(index)
      let rehearsal = try lines.rehearse(batches[index])
      batches[index].answers = rehearsal.answers
      for (place, reason) in rehearsal.refused {
        problems.append(Problem(line: batches[index].rows[place].line, message: reason))
      }
      batches[index].keep(order.kind) { place, row in rehearsal.refused[place] == nil ? row : nil }
      if !rehearsal.refused.isEmpty, order.skipsRefused {
        batches[index].answers = try lines.rehearse(batches[index]).answers
      }
    }
    try requireSeats()
  }

  private mutating func nameAttempts(_ index: Int) throws(Failure) {
    guard batches[index].rows.contains(where: { order.kind == .results && $0[.attempt] == nil }) else { return }
    let tenant = batches[index].tenant ?? ""
    if attempts[tenant] == nil {
      attempts[tenant] = OpenAttempts(try lines.list(OpenAttempts.request(tenant: batches[index].tenant)).rows)
    }
    guard let open = attempts[tenant] else { return }
    var nameless: [Problem] = []
    batches[index].keep(order.kind) { _, row in
      switch open.name(row) {
      case .success(let row): return row
      case .failure(let fault):
        nameless.append(Problem(line: row.line, message: fault.message))
        return nil
      }
    }
    problems += nameless
  }

  /// Each batch is rehearsed by itself: a school whose rows fill several of them is counted over all.
  private mutating func requireSeats() throws(Failure) {
    guard order.kind == .roster else { return }
    var needs: [String: (tenant: String?, school: String, line: Int, seats: Int, batches: Set<Int>)] = [:]
    for (index, batch) in batches.enumerated() where batch.state == .waiting && batch.answers.count == batch.rows.count
    {
      for (row, answer) in zip(batch.rows, batch.answers) {
        let school = row[.school] ?? ""
        let name = "\(batch.tenant ?? "") \(school)"
        var need = needs[name] ?? (batch.tenant, school, row.line, 0, [])
        need.seats += Int(answer.pairs.first { $0.name == FieldName.seats.rawValue }?.value ?? "") ?? 0
        need.batches.insert(index)
        needs[name] = need
      }
    }
    for need in needs.values.filter({ $0.batches.count > 1 }).sorted(by: { $0.line < $1.line }) {
      var request = RequestText(CommandName.balance.rawValue)
      if let tenant = need.tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
      request.add(ArgumentName.school.rawValue, need.school)
      let totals = try lines.list(request.line).end.pairs
      let available = Int(totals.first { $0.name == FieldName.available.rawValue }?.value ?? "") ?? 0
      guard need.seats > available else { continue }
      problems.append(
        Problem(
          line: need.line,
          message: "\(need.school) needs \(need.seats) seats for the rows of this file and has \(available)"))
    }
  }

  // MARK: Doing it

  private mutating func commit() -> ExitStatus {
    let bar = ProgressBar(of: batches.reduce(0) { $0 + $1.rows.count })
    defer { bar.clear() }
    var count = 0
    for index in batches.indices {
      bar.show("importing", count)
      count += batches[index].rows.count
      guard batches[index].state == .waiting, !batches[index].rows.isEmpty else { continue }
      do throws(Failure) {
        batches[index].answers = try lines.commit(batches[index])
        batches[index].state = .done
      } catch {
        bar.clear()
        let first = batches[index].rows.map(\.line).min() ?? 0
        let rest = batches[index...].filter { $0.state == .waiting }.reduce(0) { $0 + $1.rows.count }
        Screen.note(
          """
          seatctl: \(error.message)
          seatctl: \(rest) lines from line \(first) on are not done; what stands before them is. Run the same command \
          again: what is done is not done twice.
          """)
        return error.status
      }
    }
    return .fine
  }

  // MARK: Problems

  private borrowing func listProblems() {
    for problem in problems.sorted(by: { $0.line < $1.line }) { Screen.note(problem.text(in: order.file)) }
  }

  private borrowing func refuse() -> ExitStatus {
    listProblems()
    let count = problems.count
    let hint = order.skipsRefused ? "" : " (--skip-refused does the other lines)"
    let isOfLedger = batches.contains { !$0.rows.isEmpty && !$0.answers.isEmpty }
    Screen.note(
      "seatctl: \(order.file) has \(count) problem\(count == 1 ? "" : "s"); nothing was imported\(isOfLedger ? hint : "")"
    )
    return .refused
  }
}
