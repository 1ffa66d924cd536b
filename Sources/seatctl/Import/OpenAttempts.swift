import SeatLedger
import SeatProtocol

/// The started attempts of a district, by candidate and test: rules let a candidate have one of each at a time.
struct OpenAttempts {
  private var attempts: [String: (number: String, school: String)] = [:]

  /// - Parameter rows: of `attempts state=started`.
  init(_ rows: [Fields]) {
    for row in rows {
      let values = Dictionary(row.pairs.map { ($0.name, $0.value) }) { first, _ in first }
      guard let number = values[FieldName.attempt.rawValue], let candidate = values[FieldName.candidate.rawValue],
        let test = values[FieldName.test.rawValue]
      else { continue }
      attempts["\(candidate) \(test)"] = (number, values[FieldName.school.rawValue] ?? "")
    }
  }

  static func request(tenant: String?) -> String {
    var request = RequestText(CommandName.attempts.rawValue)
    if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    request.add(ArgumentName.state.rawValue, Attempt.State.started.rawValue)
    return request.line
  }

  /// The row with its attempt's number, or why there is none.
  func name(_ row: ImportRow) -> Result<ImportRow, CellFault> {
    guard row[.attempt] == nil else { return .success(row) }
    guard let candidate = row[.candidate], let test = row[.test], let attempt = attempts["\(candidate) \(test)"] else {
      return .failure(CellFault("no attempt of this candidate at \(row[.test] ?? "") has started; start it first"))
    }
    guard attempt.school == row[.school] else {
      return .failure(CellFault("the attempt is one of school \(attempt.school), not of \(row[.school] ?? "")"))
    }
    return .success(row.naming(attempt: attempt.number))
  }
}
