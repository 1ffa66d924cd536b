/// The seats of one school, program, kind, fund and expiry date: all of them die on the same day.
package struct Pool: Hashable, Sendable {
  package let number: PoolNumber
  package let identity: Identity
  package var balance: Balance
  /// Seats taken by paid retests and not given back.
  package var thirdTries: Int64
  /// What a site licence has been used for; its uses are outside the seat equation (R27).
  package var uses: Int64
  /// The end of its expiry date has been posted.
  package var isClosed: Bool

  package init(number: PoolNumber, identity: Identity) {
    self.number = number
    self.identity = identity
    balance = Balance()
    thirdTries = 0
    uses = 0
    isClosed = false
  }

  package struct Identity: Hashable, Sendable {
    package let school: SchoolCode
    package let program: ProgramCode
    package let kind: Kind
    package let fund: FundCode
    /// The last day on which its seats are worth anything, in the tenant's zone.
    package let expires: CivilDate

    package init(school: SchoolCode, program: ProgramCode, kind: Kind, fund: FundCode, expires: CivilDate) {
      self.school = school
      self.program = program
      self.kind = kind
      self.fund = fund
      self.expires = expires
    }
  }

  package enum Kind: String, Sendable, CaseIterable {
    case seats, site
  }

  /// Seats leave a bucket of this pool.
  mutating func give(_ moved: Entry.Movement, from bucket: Bucket) {
    balance[bucket] -= moved.amount
    switch (moved.kind, moved.reversed) {
    case (.transfer, _): balance.transferredOut += moved.amount
    case (.reverse, .transfer): balance.transferredIn -= moved.amount
    case (.reverse, .purchase): balance.purchased -= moved.amount
    default: break
    }
  }

  /// Seats come to a bucket of this pool.
  mutating func take(_ moved: Entry.Movement, to bucket: Bucket) {
    balance[bucket] += moved.amount
    switch (moved.kind, moved.reversed) {
    case (.purchase, _): balance.purchased += moved.amount
    case (.transfer, _): balance.transferredIn += moved.amount
    case (.reverse, .transfer): balance.transferredOut -= moved.amount
    default: break
    }
  }

  /// For a year-bound program the same thing as the expiry date; for another one the year that holds it.
  package var year: AcademicYear { AcademicYear(containing: identity.expires) }
}

/// Where a seat can be.
package enum Bucket: String, Sendable, CaseIterable {
  case available, held, reserved, consumed, forfeited, expired, returned
}

/// What came into a pool and where it is now, in seats and in cents.
package struct Balance: Hashable, Sendable {
  package var purchased = Amount.none
  package var transferredIn = Amount.none
  package var transferredOut = Amount.none
  package var available = Amount.none
  package var held = Amount.none
  package var reserved = Amount.none
  package var consumed = Amount.none
  package var forfeited = Amount.none
  package var expired = Amount.none
  package var returned = Amount.none

  package init() {}

  package subscript(bucket: Bucket) -> Amount {
    get {
      switch bucket {
      case .available: available
      case .held: held
      case .reserved: reserved
      case .consumed: consumed
      case .forfeited: forfeited
      case .expired: expired
      case .returned: returned
      }
    }
    set {
      switch bucket {
      case .available: available = newValue
      case .held: held = newValue
      case .reserved: reserved = newValue
      case .consumed: consumed = newValue
      case .forfeited: forfeited = newValue
      case .expired: expired = newValue
      case .returned: returned = newValue
      }
    }
  }

  /// What flowed through comes near what an Int64 counts, one command's most (10^14 cents) included.
  var isNearItsBound: Bool {
    let bound = Balance.bound
    return purchased.cents > bound || transferredIn.cents > bound || transferredOut.cents > bound
  }

  /// In cents: 10^17, a thousand times all that a state buys in a century at the highest price.
  static let bound: Int64 = 100_000_000_000_000_000

  /// The equation of a pool: what came in is somewhere, nothing is negative, no bucket without seats holds cents.
  package var isSound: Bool {
    var somewhere = transferredOut
    for bucket in Bucket.allCases {
      guard self[bucket].isSound else { return false }
      somewhere += self[bucket]
    }
    return purchased + transferredIn == somewhere
  }
}
