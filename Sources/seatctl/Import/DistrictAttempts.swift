import SeatLedger
import SeatProtocol

/// The attempts of a district: those that results are for, and those that rosters have reserved.
struct DistrictAttempts {
  private struct Known {
    let number: String
    let school: String
    let candidate: String
    let test: String
    let state: Attempt.State?
    let started: CivilDate?
  }

  private var byNumber: [String: Known] = [:]
  /// In the order in which they were reserved.
  private var byCandidate: [String: [Known]] = [:]

  /// - Parameter rows: of `attempts`.
  init(_ rows: [Fields]) {
    for row in rows {
      let values = row.values
      guard let number = values[FieldName.attempt.rawValue], let candidate = values[FieldName.candidate.rawValue],
        let test = values[FieldName.test.rawValue]
      else { continue }
      let known = Known(
        number: number, school: values[FieldName.school.rawValue] ?? "", candidate: candidate, test: test,
        state: values[FieldName.state.rawValue].flatMap(Attempt.State.init(rawValue:)),
        started: values[FieldName.started.rawValue].flatMap { CivilDate(String($0.prefix(10))) })
      byNumber[number] = known
      byCandidate["\(candidate) \(test)", default: []].append(known)
    }
  }

  func state(of attempt: String) -> Attempt.State? { byNumber[attempt]?.state }

  /// The row with its attempt's number, or why there is none.
  func name(_ row: ImportRow) -> Result<ImportRow, CellFault> {
    guard let number = row[.attempt] else { return find(row) }
    guard ImportKind.namesAttempt.contains(where: { row[$0] != nil }) else { return .success(row) }
    guard let known = byNumber[number] else { return .failure(CellFault("no attempt \(number); attempts shows them")) }
    if let fault = disagreement(row, known) { return .failure(fault) }
    return .success(row)
  }

  private func disagreement(_ row: ImportRow, _ known: Known) -> CellFault? {
    if let school = row[.school], school != known.school {
      return CellFault("attempt \(known.number) is one of school \(known.school), not of \(school)")
    }
    if let test = row[.test], test != known.test {
      return CellFault("attempt \(known.number) is one at \(known.test), not at \(test)")
    }
    if let candidate = row[.candidate], candidate != known.candidate {
      return CellFault("attempt \(known.number) is another candidate's")
    }
    return nil
  }

  /// The attempt that is under way; else the last one that had started by the date of completion, whose result an earlier
  /// import may have posted.
  private func find(_ row: ImportRow) -> Result<ImportRow, CellFault> {
    let (candidate, test) = (row[.candidate] ?? "", row[.test] ?? "")
    let all = byCandidate["\(candidate) \(test)"] ?? []
    let completed = row[.on].flatMap { CivilDate($0) }
    let started = all.filter { attempt in
      attempt.started.map { start in completed.map { start <= $0 } ?? true } ?? false
    }
    guard let attempt = started.last(where: { $0.state == .started }) ?? started.last else {
      if let completed, all.contains(where: { $0.started != nil }) {
        return .failure(CellFault("no attempt of this candidate at \(test) had started by \(completed)"))
      }
      return .failure(CellFault("no attempt of this candidate at \(test) has started; start it first"))
    }
    if let fault = disagreement(row, attempt) { return .failure(fault) }
    return .success(row.naming(attempt: attempt.number))
  }
}
