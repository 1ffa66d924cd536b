import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Shows replies: a table on a terminal, TSV in a pipe, one JSON object a line where that was asked for.
struct Screen {
  let terminal: Terminal
  let isJSON: Bool

  init(isJSON: Bool, environment: [String: String]) {
    self.isJSON = isJSON
    terminal = Terminal(environment: environment)
  }

  var isForPeople: Bool { terminal.isTerminal && !isJSON }

  /// Data goes to standard output, everything else to standard error.
  static func note(_ text: String) { _ = writeAll(Array("\(text)\n".utf8), to: STDERR_FILENO) }

  /// At once, with a line end behind it; nothing where there is nothing.
  static func write(_ text: String) {
    if !text.isEmpty { put(text.hasSuffix("\n") ? text : "\(text)\n") }
  }

  /// Over what was shown before on a terminal, behind it elsewhere.
  func redraw(_ text: String) {
    guard isForPeople else { return Self.write(isJSON ? text : "\(text)\n\n") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // From the top, each line over the one that was there, and nothing below: no flicker.
    Self.put("\u{1B}[H" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")
  }

  /// What stands above the lines of a watch.
  func begin(events columns: [FieldName]) {
    if !isJSON, !terminal.isTerminal { Self.write(columns.map(\.rawValue).joined(separator: "\t")) }
  }

  /// A line of a watch, at once.
  func show(event line: ReplyLine, _ columns: [FieldName]) {
    if isJSON {
      var bytes: [UInt8] = []
      JSONLine.write(line.fields, into: &bytes)
      Self.write(String(decoding: bytes, as: UTF8.self))
    } else {
      Self.write(
        terminal.isTerminal
          ? line.body.printable : Self.line(line.fields.pairs, under: columns.map(\.rawValue)))
    }
  }

  /// An answer that is lost on a full disk is no success. Whoever has closed a pipe knows that.
  private static func put(_ text: String) {
    let code = writeAll(Array(text.utf8), to: STDOUT_FILENO)
    guard code != 0 else { return }
    exit(Advice.tell(.output("standard output", code)).rawValue)
  }
}

// MARK: - Answers

extension Screen {
  func text(of answer: Answer, to order: Order, today: CivilDate?) -> String {
    var answer = answer
    if Self.answeredInNotes.contains(order.spec.name) { swap(&answer.rows, &answer.notes) }
    let rows = answer.rows
    let isList = order.spec.effect == .list || answer.end.value(.rows) == "0"
    if isJSON {
      note(beside: answer)
      return (rows.isEmpty && !isList ? [answer.end] : rows).map(\.body).joined(separator: "\n")
    }
    if rows.first?.isForeign == true { return rows.map(\.body).joined(separator: "\n") }
    let end = answer.end.fields.pairs
    guard terminal.isTerminal else {
      note(beside: answer)
      return Self.separated(rows.isEmpty && !isList ? [end] : rows.map(\.fields.pairs), order.columns)
    }
    if rows.isEmpty {
      note(beside: answer)
      return (isList || order.spec.effect == .read) && answer.end.value(.rows) == "0"
        ? "There is nothing to show." : Listing([end], today: today).text(on: terminal)
    }
    if order.spec.name == .runway { return runway(rows, today) }
    if order.spec.name == .whoami {
      return [[end], rows.map(\.fields.pairs)].map { Listing($0).text(on: terminal) }.joined(separator: "\n\n")
    }
    return table(answer, rows, order, today)
  }

  /// Commands whose notes are what was asked for. Anybody else's stand beside the answer, known or not.
  private static let answeredInNotes: Set<CommandName> = [.help, .metrics]

  private func note(beside answer: Answer) { for line in answer.notes { Self.note(line.body) } }

  private func table(_ answer: Answer, _ rows: [ReplyLine], _ order: Order, _ today: CivilDate?) -> String {
    var pairs = rows.map(\.fields.pairs)
    var totals = answer.end.fields.pairs
    var remarks = Listing.remarks(answer.notes, on: terminal)
    if order.spec.name == .balance, !order.has(.asOf), !order.has(.known), order[.year] == nil, let today {
      func isLiving(_ row: [(name: String, value: String)]) -> Bool {
        row.first { $0.name == FieldName.expires.rawValue }.flatMap { CivilDate($0.value) }.map { $0 >= today } ?? true
      }
      let living = pairs.filter(isLiving)
      if living.count < pairs.count, !living.isEmpty {
        let past = pairs.filter { !isLiving($0) }
        let what = past.count == 1 ? "1 pool that has expired is" : "\(past.count) pools that have expired are"
        let years = Set(past.compactMap { row in row.first { $0.name == FieldName.year.rawValue }?.value })
        let them = past.count == 1 ? "it" : years.count == 1 ? "them" : "the last of them"
        let hint = "\(what) left out; --year \(years.max() ?? "last") shows \(them)"
        remarks.append(terminal.dim(Listing.wrapped(hint, terminal.width)))
        totals = Self.sums(of: living, names: totals.map(\.name))
        pairs = living
      }
    }
    let table = Listing(pairs, totals: totals, today: today).text(on: terminal)
    return ([table] + remarks).joined(separator: "\n")
  }

  /// First the attempts with their last useful days, then the candidates who run out of time first.
  private func runway(_ rows: [ReplyLine], _ today: CivilDate?) -> String {
    let numbers = rows.filter { $0.value(.candidate) == nil }.map(\.fields.pairs)
    let candidates = rows.filter { $0.value(.candidate) != nil }.map(\.fields.pairs)
    return [numbers, candidates].filter { !$0.isEmpty }.map { Listing($0, today: today).text(on: terminal) }
      .joined(separator: "\n\n")
  }

  private static func sums(
    of rows: [[(name: String, value: String)]], names: [String]
  ) -> [(name: String, value: String)] {
    names.compactMap { name in
      let values = rows.compactMap { row in row.first { $0.name == name }.flatMap { Int64($0.value) } }
      return values.isEmpty ? nil : (name, String(values.reduce(0, +)))
    }
  }

  /// Tab-separated, under a header of the columns that there always are and of every other name that a row has.
  static func separated(_ rows: [[(name: String, value: String)]], _ columns: [FieldName] = []) -> String {
    var names = columns.map(\.rawValue)
    for row in rows { for (name, _) in row where !names.contains(name) { names.append(name) } }
    guard !names.isEmpty else { return "" }
    return ([names.joined(separator: "\t")] + rows.map { line($0, under: names) }).joined(separator: "\n")
  }

  private static func line(_ row: [(name: String, value: String)], under names: [String]) -> String {
    let values = Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first }
    return names.map { (values[$0] ?? "").printable }.joined(separator: "\t")
  }
}

extension Screen {
  func show(_ standing: Standing) {
    if isJSON {
      Self.write(
        standing.fields.map { fields in
          var bytes: [UInt8] = []
          JSONLine.write(fields, into: &bytes)
          return String(decoding: bytes, as: UTF8.self)
        }.joined(separator: "\n"))
    } else {
      Self.write(terminal.isTerminal ? standing.text(on: terminal) : Self.separated(standing.fields.map(\.pairs)))
    }
  }
}
