import SeatLedger
import SeatProtocol

/// A rehearsal beside what has come of it, line by line and figure by figure.
struct Comparison {
  /// A row a figure that differs.
  private(set) var differences: [Fields] = []
  private let lines: Int
  private var differing: Set<[String]> = []

  private static let counts: [FieldName] = [.pools, .expiredIdle, .expiredReserved]

  init(of rehearsal: Rehearsal, with now: [ReplyValues]) {
    let names = rehearsal.kind.key
    func key(_ values: ReplyValues) -> [String] { names.map { values[$0] ?? "" } }
    let before = Dictionary(rehearsal.rows.map { (key($0), $0) }) { first, _ in first }
    let after = Dictionary(now.map { (key($0), $0) }) { first, _ in first }
    let keys = Set(before.keys).union(after.keys).sorted { $0.lexicographicallyPrecedes($1) }
    lines = keys.count
    let nothing = ReplyValues([])
    for key in keys {
      let (one, other) = (before[key] ?? nothing, after[key] ?? nothing)
      for name in Self.counts where one.count(name) != other.count(name) {
        let difference = other.count(name) - one.count(name)
        note(names, key, name, "\(one.count(name))", "\(other.count(name))", "\(difference)")
      }
      let (cost, otherCost) = (one.money(.cost), other.money(.cost))
      if cost != otherCost {
        note(
          names, key, .cost, cost.description, otherCost.description,
          Money(cents: otherCost.cents - cost.cents).description)
      }
      // A pool without a seat is a line all the same.
      if (before[key] == nil) != (after[key] == nil), !differing.contains(key) {
        note(names, key, .line, before[key] == nil ? "no" : "yes", after[key] == nil ? "no" : "yes", "")
      }
    }
  }

  var isSame: Bool { differing.isEmpty }

  var summary: String {
    let all = "\(lines) \(lines == 1 ? "line" : "lines")"
    return isSame ? "\(all), no difference" : "\(all), \(differing.count) of them not as rehearsed"
  }

  private mutating func note(
    _ names: [FieldName], _ key: [String], _ figure: FieldName, _ rehearsed: String, _ now: String,
    _ difference: String
  ) {
    differing.insert(key)
    var row = Fields()
    for (name, value) in zip(names, key) { row.add(name, value) }
    row.add(name: "figure", value: figure.rawValue)
    row.add(name: "rehearsed", value: rehearsed)
    row.add(.now, now)
    row.add(.difference, difference)
    differences.append(row)
  }
}

extension Comparison {
  /// The differences as rows of a reply; `nil` where there are none.
  func answer(isJSON: Bool) -> Answer? {
    let rows = differences.compactMap { row in
      var body = row.text
      if isJSON {
        body.removeAll()
        JSONLine.write(row, into: &body)
      }
      return ReplyLine("D \(String(decoding: body, as: UTF8.self))")
    }
    guard !rows.isEmpty, let end = ReplyLine("OK") else { return nil }
    return Answer(rows: rows, end: end)
  }
}
