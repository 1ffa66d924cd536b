import SeatProtocol

/// Rows of one district that are sent at once.
enum ImportBatch {
  /// The places of rows, batch by batch. A candidate's rows stand in one of them: they may share a seat, and each batch is
  /// rehearsed by itself.
  static func batches(of places: [Int], in rows: [ImportRow]) -> [[Int]] {
    var batches: [[Int]] = []
    var bytes = 0
    for group in grouped(places, in: rows) {
      let sizes = group.map { rows[$0].request.line.utf8.count + 1 }
      let size = sizes.reduce(0, +)
      let fits =
        (batches.last?.count ?? BatchLimit.lines) + group.count <= BatchLimit.lines
        && bytes + size <= BatchLimit.bytes
      if !fits { batches.append([]) }
      bytes = (fits ? bytes : 0) + size
      batches[batches.count - 1] += group
    }
    return batches
  }

  /// By candidate, in the order in which they first appear; a row that names none is by itself.
  private static func grouped(_ places: [Int], in rows: [ImportRow]) -> [[Int]] {
    var groups: [[Int]] = []
    var known: [String: Int] = [:]
    for place in places {
      guard let candidate = rows[place][.candidate] else {
        groups.append([place])
        continue
      }
      if let group = known[candidate], groups[group].count < BatchLimit.lines {
        groups[group].append(place)
      } else {
        known[candidate] = groups.count
        groups.append([place])
      }
    }
    return groups
  }
}
