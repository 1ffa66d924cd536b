import SeatClient
import SeatLedger
import SeatProtocol

/// Carries out one file: reads it, rehearses all of it, and then does what it says, each row once for good.
struct Import: ~Copyable {
  var order: ImportOrder
  private let door: Door
  private let screen: Screen
  var ledger: ImportConversation
  var rows: [ImportRow] = []
  var problems: [Problem] = []
  /// What somebody should know of lines that are in order.
  var notes: [Problem] = []

  init(_ order: ImportOrder, door: Door, screen: Screen) {
    self.order = order
    self.door = door
    self.screen = screen
    ledger = ImportConversation(door: door, actor: order.actor)
  }

  consuming func run() -> ExitStatus {
    let bytes: [UInt8]
    do throws(InputFault) {
      bytes = try InputFile.bytes(of: order.file)
    } catch {
      Screen.note("seatctl: \(error.message)")
      return .notFound
    }
    do throws(Failure) {
      try resolveYears()
    } catch {
      return Advice(door: door).refuse(error, nil)
    }
    let file = ImportRows(CSVFile(bytes), order)
    (rows, problems) = (file.rows, file.problems)
    do throws(Failure) {
      try rehearse()
    } catch {
      guard problems.isEmpty else {
        Screen.note("seatctl: the ledger was not asked about the other lines: \(error.message)")
        return refuse(isSound: false)
      }
      return Advice(door: door).refuse(error, nil)
    }
    guard problems.isEmpty || order.skipsRefused && file.problems.isEmpty else {
      return refuse(isSound: file.problems.isEmpty)
    }
    listProblems()
    for note in notes.sorted(by: { $0.line < $1.line }) { Screen.note(note.text(in: order.file)) }
    return order.isDry ? tellRehearsal() : perform()
  }

  private mutating func resolveYears() throws(Failure) {
    guard order.isRelative else { return }
    let standpoint = try ledger.standpoint()
    guard let district = standpoint.district(order.constants.first { $0.name == .tenant }?.value) else {
      throw .usage(UsageError("say which district's year is meant: --tenant CODE"))
    }
    order = order.resolved(today: standpoint.today(in: district))
  }

  private borrowing func tellRehearsal() -> ExitStatus {
    let report = ImportReport(order, screen)
    let shown = rows.filter { $0.state != .refused }
    report.show(shown)
    let isNew = shown.contains { $0.state == .waiting }
    Screen.note(report.summary(of: shown) + (isNew ? "; this was a rehearsal, nothing was changed" : ""))
    return problems.isEmpty ? .fine : .refused
  }

  // MARK: Doing it

  private mutating func perform() -> ExitStatus {
    let leftOut = problems.count
    problems = []
    let failure = performWaiting()
    listProblems()
    let report = ImportReport(order, screen)
    let waiting = rows.filter { $0.state == .waiting }
    let done = rows.filter { $0.state != .waiting && $0.state != .refused }
    if !done.isEmpty || waiting.isEmpty {
      report.show(done)
      let omission = leftOut == 0 ? "" : "; \(leftOut) line\(leftOut == 1 ? " was" : "s were") left out"
      Screen.note(report.summary(of: done) + omission)
    }
    guard failure != nil || !problems.isEmpty else { return .fine }
    if let failure { Screen.note("seatctl: \(failure.message)") }
    let lines = (waiting.map(\.line) + problems.map(\.line)).sorted()
    let first = lines.first ?? 0
    let which =
      lines.count == 1 ? "line \(first) is" : "\(Table.grouped(lines.count)) lines, from line \(first) on, are"
    Screen.note(
      """
      seatctl: something has changed since the rehearsal: \(which) not done. Run the same command again: what is done \
      is not done twice.
      """)
    return failure?.status ?? .refused
  }

  /// Batch by batch, up to the first that had a row which was refused after all.
  private mutating func performWaiting() -> Failure? {
    let waiting = rows.indices.filter { rows[$0].state == .waiting }
    var progress = ProgressLine()
    defer { progress.clear() }
    var count: Int64 = 0
    for batch in ImportBatch.batches(of: waiting, in: rows) {
      progress.show("importing", done: count, of: Int64(waiting.count))
      count += Int64(batch.count)
      let (ends, failure) = ledger.perform(batch.map { rows[$0] })
      for (place, end) in zip(batch, ends) { if let end { take(end, for: place) } }
      if let failure { return failure }
      if !problems.isEmpty, !order.skipsRefused { return nil }
    }
    return nil
  }

  private mutating func take(_ end: ReplyLine, for place: Int) {
    switch end.kind {
    case .error(ErrorCode.keyMismatch.rawValue) where end.value(.field) == FieldName.principal.rawValue:
      rows[place].state = .doneByAnother
    case .error: refuse(place, end.reason)
    default:
      rows[place].answer = end.fields
      // By a try of this import whose answer was lost, too: only what was found before it began is an earlier one's.
      rows[place].state = .done
    }
  }

  // MARK: Problems

  mutating func refuse(_ place: Int, _ message: String, column: ArgumentName? = nil) {
    rows[place].state = .refused
    problems.append(Problem(line: rows[place].line, column: column?.rawValue, message: message))
  }

  private borrowing func listProblems() {
    for problem in problems.sorted(by: { $0.line < $1.line }) { Screen.note(problem.text(in: order.file)) }
  }

  /// - Parameter isSound: the form of the file is; the ledger has refused some of its rows.
  private borrowing func refuse(isSound: Bool) -> ExitStatus {
    listProblems()
    let count = problems.count
    let canSkip = isSound && !order.skipsRefused && rows.contains { $0.state == .waiting }
    Screen.note(
      """
      seatctl: \(order.file) has \(count) problem\(count == 1 ? "" : "s"); nothing was imported\
      \(canSkip ? " (--skip-refused does the other lines)" : "")
      """)
    return .refused
  }
}
