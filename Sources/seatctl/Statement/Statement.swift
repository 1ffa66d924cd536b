import SeatClient
import SeatLedger
import SeatProtocol

/// The entries of a period between two balances, as one can sign it.
struct Statement {
  let district: Standpoint.District
  let scope: Scope
  let period: Period
  /// The journal's position that all of it reflects.
  let known: Int64
  /// When it was made, in the district's time.
  let made: String
  let opening: Balances
  let closing: Balances
  /// Seats that are still counted on the last day and expire at its end.
  let expiring: Int64
  let lines: [StatementLine]

  /// What is shown of the district; `nil` is not asked about.
  struct Scope {
    var school: String?
    var program: String?
    var year: AcademicYear?
    var fund: String?

    /// In words, for the head of the page.
    var text: String {
      let parts = [
        school.map { "school \($0)" }, program.map { "program \($0)" }, fund.map { "fund \($0)" },
        year.map { "seats of \($0)" },
      ].compactMap { $0 }
      return parts.isEmpty ? "all schools, programs, funds and years" : parts.joined(separator: ", ")
    }
  }

  struct Period {
    /// `nil`: from the journal's beginning.
    let from: CivilDate?
    let to: CivilDate
    let rest: Rest

    /// What may still come into it.
    enum Rest {
      case nothing
      /// Its seats' year is over.
      case latePostings
      case everything
    }

    var text: String { "\(from?.description ?? "the first entry") through \(to)" }
  }

  var change: Balances { lines.change(in: scope) }
}

/// Where the seats and the money of a scope are.
struct Balances: Equatable {
  /// In the words of a statement of costs.
  enum Place: CaseIterable {
    case available, encumbered, expended, forfeited, wasted, returned

    init?(bucket: String) {
      switch Bucket(rawValue: bucket) {
      case .available: self = .available
      case .held, .reserved: self = .encumbered
      case .consumed: self = .expended
      case .forfeited: self = .forfeited
      case .expired: self = .wasted
      case .returned: self = .returned
      case nil: return nil
      }
    }

    /// The columns of `balance` that it sums up.
    var counts: [FieldName] {
      switch self {
      case .available: [.available]
      case .encumbered: [.held, .reserved]
      case .expended: [.consumed]
      case .forfeited: [.forfeited]
      case .wasted: [.expired]
      case .returned: [.returned]
      }
    }

    /// The column of `costs`.
    var money: FieldName {
      switch self {
      case .available: .available
      case .encumbered: .encumbered
      case .expended: .expended
      case .forfeited: .forfeited
      case .wasted: .wasted
      case .returned: .returned
      }
    }

    var title: String {
      switch self {
      case .available: "Available"
      case .encumbered: "Encumbered"
      case .expended: "Expended"
      case .forfeited: "Forfeited"
      case .wasted: "Wasted"
      case .returned: "Returned"
      }
    }

    var meaning: String {
      switch self {
      case .available: "free to be reserved"
      case .encumbered: "held or reserved"
      case .expended: "consumed by a started attempt"
      case .forfeited: "lost to a no-show"
      case .wasted: "expired unused"
      case .returned: "given back to the vendor"
      }
    }
  }

  private var amounts: [Place: Amount] = [:]

  subscript(place: Place) -> Amount {
    get { amounts[place] ?? .none }
    set { amounts[place] = newValue }
  }

  var total: Amount { Place.allCases.reduce(.none) { $0 + self[$1] } }

  static func == (left: Self, right: Self) -> Bool { Place.allCases.allSatisfy { left[$0] == right[$0] } }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for place in Place.allCases { sum[place] += right[place] }
    return sum
  }
}
