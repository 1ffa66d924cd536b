import SeatLedger

/// What a value tells at a glance: are seats left, are days left, is something wrong.
struct Meaning {
  /// Where the tenant is; `nil` where nobody has asked.
  let today: CivilDate?

  /// A retest needs 30 days: from there on seats go to waste. Twice as long one can still plan.
  private static let days = (gone: 30, soon: 60)
  /// Of what a pool had: below a tenth somebody should buy or move seats.
  private static let tenth: Int64 = 10

  func signal(_ name: String, _ value: String, in row: [String: String]) -> Signal? {
    switch FieldName(rawValue: name) {
    case .available: seats(value, row)
    case .daysLeft: Int(value).flatMap(days)
    case .expires: daysLeft(value).flatMap(days)
    case .waste, .differences: (Int64(value) ?? 0) > 0 ? .soon : nil
    case .difference: value == "0" ? nil : .gone
    case .state: state(value)
    case .allowed: value == "yes" ? .good : .gone
    default: nil
    }
  }

  /// Of seats that expire at the end of a date, today included; `nil` where they have expired.
  func daysLeft(_ expires: String) -> Int? {
    guard let today, let date = CivilDate(expires), date >= today else { return nil }
    return date - today + 1
  }

  private func days(_ left: Int) -> Signal? {
    switch left {
    case ...0: nil
    case ...Self.days.gone: .gone
    case ...Self.days.soon: .soon
    default: nil
    }
  }

  /// Only a pool that had seats and still lives can run out of them.
  private func seats(_ value: String, _ row: [String: String]) -> Signal? {
    func number(_ name: FieldName) -> Int64 { row[name.rawValue].flatMap(Int64.init) ?? 0 }
    guard let left = Int64(value), row[FieldName.purchased.rawValue] != nil,
      row[FieldName.kind.rawValue] != Pool.Kind.site.rawValue
    else { return nil }
    if let today, let expires = row[FieldName.expires.rawValue].flatMap({ CivilDate($0) }), expires < today {
      return nil
    }
    let had = number(.purchased) + number(.transferredIn) - number(.transferredOut) - number(.returned)
    guard had > 0 else { return nil }
    if left == 0 { return .gone }
    return left * Self.tenth <= had ? .soon : nil
  }

  private func state(_ value: String) -> Signal? {
    switch Attempt.State(rawValue: value) {
    case .passed: .good
    case .failed, .incomplete, .expired, .noShow: .soon
    case .reserved, .started, .cancelled, nil: nil
    }
  }
}
