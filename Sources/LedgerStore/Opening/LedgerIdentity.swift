internal import Glibc
package import Postgres
package import SeatLedger

/// What makes a database one ledger, the same for every daemon on it.
package struct LedgerIdentity: Sendable {
  /// Begins every tenant's chain of hashes.
  package let id: String
  /// Tenants are spread over so many lanes, by the same hash in every daemon.
  package let lanes: Int
  package let isUnderTestClock: Bool

  /// A pair of lanes keeps about two processors busy. A ledger keeps the number that it was born with.
  private static var lanesAtBirth: Int { min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2 * 2), mostLanes) }

  /// `ledger_lanes_check` of the schema.
  private static let mostLanes = 64

  /// Reads the ledger's identity, and gives birth to the ledger where there is none yet.
  package static func open(_ connection: borrowing Connection, underTestClock: Bool) throws -> LedgerIdentity {
    try connection.run(
      """
      INSERT INTO ledger (id, lanes, test_clock)
      SELECT gen_random_uuid()::text, \(lanesAtBirth), \(underTestClock) ON CONFLICT DO NOTHING
      """)
    let found = try connection.run("SELECT id, lanes, test_clock FROM ledger").first {
      LedgerIdentity(id: $0.text(), lanes: Int($0.integer()), isUnderTestClock: $0.flag())
    }
    guard let identity = found else { throw LedgerIdentityError.missing }
    guard identity.isUnderTestClock == underTestClock else {
      throw underTestClock ? LedgerIdentityError.ordinary : .underTestClock
    }
    return identity
  }

  /// A new ledger knows the two programs of ASE and their tests.
  package func seed(_ connection: borrowing Connection) throws {
    var pipeline = Pipeline()
    var genesis = Parameters()
    genesis.add(EntryHash.genesis(ledger: id, tenant: Code(stored: "")).bytes)
    pipeline.add(Self.insertSelf, genesis)
    for program in Catalogue.seeded.programs.values { pipeline.add(Self.insertProgram, Parameters(program)) }
    for test in Catalogue.seeded.tests.values { pipeline.add(Self.insertTest, Parameters(test)) }
    try connection.prepare([Self.insertSelf, Self.insertProgram, Self.insertTest])
    _ = try connection.exchange(pipeline)
  }

  private static let insertSelf = Statement(
    "insert_self",
    """
    INSERT INTO tenant (tenant_id, code, name, zone, last_hash) VALUES (0, '', 'the ledger itself', 'UTC', $1)
    ON CONFLICT DO NOTHING
    """)

  package static let insertProgram = Statement(
    "insert_program",
    """
    INSERT INTO program (
      code, name, coverage, expiry_days, free_retests, paid_retests, approval_needed, wait_days, wait_binds, starts_anew,
      retest_in_year, no_show, cutoff_days, order_fee, certificate, renewable, proctor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT DO NOTHING RETURNING code
    """)

  package static let insertTest = Statement(
    "insert_test",
    """
    INSERT INTO test (program, series, code, name, minutes) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING code
    """)
}

package enum LedgerIdentityError: Error, CustomStringConvertible {
  case missing, ordinary, underTestClock

  package var description: String {
    switch self {
    case .missing: "the database holds no ledger"
    case .ordinary: "this is an ordinary ledger; it never opens under a test clock"
    case .underTestClock: "this ledger was born under a test clock; it opens only with --test-clock"
    }
  }
}

extension Parameters {
  package init(_ program: Program) {
    self.init()
    let profile = program.profile
    add(program.code.text)
    add(program.name)
    add(profile.coverage.rawValue)
    switch profile.expiry {
    case .yearEnd: add(Int32?.none)
    case .days(let days): add(Int32(days))
    }
    add(Int32(profile.freeRetests))
    switch profile.paidRetests {
    case .unlimited: add(Int32?.none)
    case .limited(let count): add(Int32(count))
    }
    add(profile.approvalNeeded)
    add(Int32(profile.waitDays))
    add(profile.waitBinds.rawValue)
    add(profile.startsAnew)
    add(profile.retestInYear)
    add(profile.noShow.rawValue)
    add(Int32(profile.cutoffDays))
    add(profile.orderFee)
    add(Int32(profile.certificateYears))
    add(profile.certificateRenewable)
    add(profile.proctor)
  }

  package init(_ test: Test) {
    self.init()
    add(test.program.text)
    add(test.series.text)
    add(test.code.text)
    add(test.name)
    add(Int32(test.minutes))
  }
}
