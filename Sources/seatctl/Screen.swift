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
  static func note(_ text: String) { put("\(text)\n", STDERR_FILENO) }

  /// At once, with a line end behind it; nothing where there is nothing.
  static func write(_ text: String) {
    if !text.isEmpty { put(text.hasSuffix("\n") ? text : "\(text)\n", STDOUT_FILENO) }
  }

  /// Over what was shown before on a terminal, behind it elsewhere.
  func redraw(_ text: String) {
    guard isForPeople else { return Self.write("\(text)\n\n") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // From the top, each line over the one that was there, and nothing below: no flicker.
    Self.put("\u{1B}[H" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J", STDOUT_FILENO)
  }

  /// A line of a watch, at once.
  func show(event line: ReplyLine) {
    guard isJSON else { return Self.write(line.body) }
    var bytes: [UInt8] = []
    JSONLine.write(line.fields, into: &bytes)
    Self.write(String(decoding: bytes, as: UTF8.self))
  }

  private static func put(_ text: String, _ descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

// MARK: - Answers

extension Screen {
  func text(of answer: Answer, to order: Order, today: CivilDate?) -> String {
    // Where there are no rows, the notes are what was asked for: help, metrics.
    let rows = answer.rows.isEmpty ? answer.notes : answer.rows
    if isJSON {
      note(beside: answer)
      return (rows.isEmpty ? [answer.end] : rows).map(\.body).joined(separator: "\n")
    }
    if rows.first?.isForeign == true { return rows.map(\.body).joined(separator: "\n") }
    let end = answer.end.fields.pairs
    guard terminal.isTerminal else {
      note(beside: answer)
      return Self.separated(rows.isEmpty ? [end] : rows.map(\.fields.pairs))
    }
    if rows.isEmpty {
      let isList = order.spec.effect == .list || order.spec.effect == .read
      return isList && answer.end.value(.rows) == "0"
        ? "There is nothing to show." : Listing([end], today: today).text(on: terminal)
    }
    if order.spec.name == .runway { return runway(rows, today) }
    if order.spec.name == .whoami {
      return [[end], rows.map(\.fields.pairs)].map { Listing($0).text(on: terminal) }.joined(separator: "\n\n")
    }
    return table(answer, rows, order, today)
  }

  private func note(beside answer: Answer) {
    if !answer.rows.isEmpty { for line in answer.notes { Self.note(line.body) } }
  }

  private func table(_ answer: Answer, _ rows: [ReplyLine], _ order: Order, _ today: CivilDate?) -> String {
    var pairs = rows.map(\.fields.pairs)
    var totals = answer.end.fields.pairs
    var remarks = answer.rows.isEmpty ? [] : Listing.remarks(answer.notes, on: terminal)
    if order.spec.name == .balance, !order.has(.asOf), !order.has(.known), order[.year] == nil, let today {
      let living = pairs.filter { row in
        row.first { $0.name == FieldName.expires.rawValue }.flatMap { CivilDate($0.value) }.map { $0 >= today } ?? true
      }
      if living.count < pairs.count, !living.isEmpty {
        let past = pairs.count - living.count
        let (what, them) = past == 1 ? ("1 pool of a past year is", "it") : ("\(past) pools of past years are", "them")
        let hint = "\(what) left out; --year last, or --year 2023-2024, shows \(them)"
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

  /// Tab-separated, under a header of every name that a row has.
  static func separated(_ rows: [[(name: String, value: String)]]) -> String {
    var names: [String] = []
    for row in rows { for (name, _) in row where !names.contains(name) { names.append(name) } }
    guard !names.isEmpty else { return "" }
    let lines = rows.map { row in
      let values = Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first }
      return names.map { (values[$0] ?? "").printable }.joined(separator: "\t")
    }
    return ([names.joined(separator: "\t")] + lines).joined(separator: "\n")
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
