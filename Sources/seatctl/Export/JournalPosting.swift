import SeatClient
import SeatLedger
import SeatProtocol

/// A place where seats and their money can be, as an account: what the bucket means to finance, then whose seats.
struct JournalAccount: Hashable, Comparable {
  /// `assets:available`, `expenses:expended`.
  let root: Root
  /// Fund, school, program, expiry date; the first of them alone stands for all that is in it.
  let parts: [String]

  enum Root: String, CaseIterable {
    case purchased = "equity:purchased"
    case returned = "equity:returned"
    case available = "assets:available"
    case held = "assets:encumbered:held"
    case reserved = "assets:encumbered:reserved"
    case encumbered = "assets:encumbered"
    case expended = "expenses:expended"
    case forfeited = "expenses:forfeited"
    case wasted = "expenses:wasted"

    init(_ bucket: Bucket) {
      switch bucket {
      case .available: self = .available
      case .held: self = .held
      case .reserved: self = .reserved
      case .consumed: self = .expended
      case .forfeited: self = .forfeited
      case .expired: self = .wasted
      case .returned: self = .returned
      }
    }
  }

  init(_ root: Root, _ parts: [String]) {
    self.root = root
    self.parts = parts
  }

  /// `nil` unless `place` is `school/program/expiry/fund/bucket`.
  init?(place: String) {
    let parts = place.split(separator: "/").map(String.init)
    guard parts.count == 5, let bucket = Bucket(rawValue: parts[4]) else { return nil }
    self.init(Root(bucket), [parts[3], parts[0], parts[1], parts[2]])
  }

  static func < (left: Self, right: Self) -> Bool {
    left.root == right.root
      ? left.parts.lexicographicallyPrecedes(right.parts) : left.root.rawValue < right.root.rawValue
  }
}

/// An entry that moves seats, as a transaction of two accounts.
struct JournalTransaction {
  let entry: String
  let date: CivilDate
  let kind: String
  /// What a person gave as the reason, on one line.
  let reason: String?
  let from: JournalAccount
  let to: JournalAccount
  let seats: Int64
  let cents: Int64

  /// `nil` for an entry that moves nothing.
  init?(_ row: Fields) {
    let values = row.values
    func value(_ name: FieldName) -> String? { values[name.rawValue] }
    guard let entry = value(.entry), let kind = value(.kind), let seats = value(.seats).flatMap({ Int64($0) }),
      seats > 0, let cost = value(.cost).flatMap({ Money(anySum: $0) }),
      let date = value(.effective).flatMap({ CivilDate(Array($0.utf8.prefix(10))[...]) })
    else { return nil }
    let from = value(.from).flatMap(JournalAccount.init(place:))
    let to = value(.to).flatMap(JournalAccount.init(place:))
    // What comes from nowhere was bought; what goes there was a purchase that is undone.
    guard let some = from ?? to else { return nil }
    let bought = JournalAccount(.purchased, some.parts)
    (self.entry, self.date, self.kind, self.seats, cents) = (entry, date, kind, seats, cost.cents)
    reason = value(.reason)?.printable
    self.from = from ?? bought
    self.to = to ?? bought
  }
}

/// What the ledger itself says that an account holds at the end of a day, everything below it included.
struct JournalAssertion {
  let account: JournalAccount
  let amount: JournalAmount
}

enum JournalAmount {
  case seats(Int64)
  case cents(Int64)

  var isNothing: Bool {
    switch self {
    case .seats(let count), .cents(let count): count == 0
    }
  }

  var text: String {
    switch self {
    case .seats(let count): "\(count) SEAT"
    case .cents(let cents): "\(Money(cents: cents)) USD"
    }
  }
}
