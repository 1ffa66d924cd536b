package import Postgres
package import SeatLedger

/// A tenant as the tables know it.
package struct TenantRecord: Sendable {
  /// The first column of every key; never 0, which is the ledger itself.
  package let id: Int32
  package let code: TenantCode
  package let zone: Zone

  package init(id: Int32, code: TenantCode, zone: Zone) {
    self.id = id
    self.code = code
    self.zone = zone
  }
}

/// What a session has learnt of tenants, schools, programs and tests. All of them are added and never changed or
/// removed, so what is known stays true as long as the session lasts, and only what is not known is asked for.
package struct Directory: Sendable {
  package private(set) var tenants: [TenantCode: TenantRecord] = [:]
  package private(set) var schools: [TenantCode: Set<SchoolCode>] = [:]
  package private(set) var catalogue = Catalogue()
  private let zone: @Sendable (String) -> Zone?
  private var session = 0

  /// - Parameter zone: resolves an IANA name.
  package init(zone: @escaping @Sendable (String) -> Zone?) { self.zone = zone }

  package static let statements = [Load.forTenants, selectTenants, selectSchools, selectPrograms, selectTests]

  /// Forgets everything where the session is another one: behind it may be another database, a standby that took over or
  /// a backup, in which a tenant's number is somebody else's.
  ///
  /// - Returns: whether it is.
  package mutating func follow(_ connection: borrowing Connection) -> Bool {
    guard connection.session != session else { return false }
    session = connection.session
    forget()
    return true
  }

  /// Whether all of these are known, and in this session.
  package func knows(
    tenants codes: [TenantCode], programs: [ProgramCode], tests: [TestCode], in session: Int
  ) -> Bool {
    session == self.session && codes.allSatisfy { tenants[$0] != nil }
      && programs.allSatisfy { catalogue.programs[$0] != nil } && tests.allSatisfy { catalogue.tests[$0] != nil }
  }

  package mutating func forget() {
    tenants.removeAll()
    schools.removeAll()
    catalogue = Catalogue()
  }

  /// Asks for the tenants that are not known yet.
  package mutating func learn(tenants codes: [TenantCode], _ connection: borrowing Connection)
    throws(PostgresError)
  {
    let unknown = Set(codes.filter { tenants[$0] == nil })
    guard !unknown.isEmpty else { return }
    var parameters = Parameters()
    parameters.add(ArrayParameter(.text, unknown) { $0.text })
    var pipeline = Pipeline()
    pipeline.add(Self.selectTenants, parameters)
    try connection.exchange(pipeline)[0].forEach { row in
      let id = Int32(row.integer())
      let code = TenantCode(stored: row.text())
      if let zone = zone(row.text()) { tenants[code] = TenantRecord(id: id, code: code, zone: zone) }
    }
  }

  /// Asks for the schools of the tenants that have one which is not known yet.
  package mutating func learn<Names: Collection<SchoolCode>>(
    schools wanted: some Sequence<(key: TenantCode, value: Names)>, _ connection: borrowing Connection
  ) throws(PostgresError) {
    let stale = wanted.filter { !$0.value.allSatisfy((schools[$0.key] ?? []).contains) }.compactMap { tenants[$0.key] }
    guard !stale.isEmpty else { return }
    var parameters = Parameters()
    parameters.add(ArrayParameter(.int4, stale) { $0.id })
    var pipeline = Pipeline()
    pipeline.add(Load.forTenants, Load.tenants(stale.map(\.id)))
    pipeline.add(Self.selectSchools, parameters)
    let codes = Dictionary(uniqueKeysWithValues: stale.map { ($0.id, $0.code) })
    try connection.exchange(pipeline)[1].forEach { row in
      if let tenant = codes[Int32(row.integer())] { schools[tenant, default: []].insert(Code(stored: row.text())) }
    }
  }

  /// Asks for programs and tests if one of these is not known yet.
  package mutating func learn(
    programs: [ProgramCode], tests: [TestCode], _ connection: borrowing Connection
  ) throws(PostgresError) {
    guard
      programs.contains(where: { catalogue.programs[$0] == nil })
        || tests.contains(where: { catalogue.tests[$0] == nil })
        || catalogue.programs.isEmpty
    else { return }
    var pipeline = Pipeline()
    pipeline.add(Self.selectPrograms)
    pipeline.add(Self.selectTests)
    let rows = try connection.exchange(pipeline)
    rows[0].forEach { row in
      if let program = Program(&row) { catalogue.add(program) }
    }
    rows[1].forEach { row in catalogue.add(Test(&row)) }
  }

  /// One program; `nil` where there is none of this code.
  package static func program(_ code: ProgramCode) -> Question<Program?> {
    Question(selectPrograms) { rows in rows.map { Program(&$0) }.compactMap(\.self).first { $0.code == code } }
  }

  private static let selectTenants = Statement(
    "select_tenants", "SELECT tenant_id, code, zone FROM tenant WHERE tenant_id <> 0 AND code = ANY ($1::text[])")

  private static let selectSchools = Statement(
    "select_schools", "SELECT tenant_id, code FROM school WHERE tenant_id = ANY ($1::int4[])")

  static let selectPrograms = Statement(
    "select_programs",
    """
    SELECT code, name, coverage, expiry_days, free_retests, paid_retests, approval_needed, wait_days, wait_binds,
      starts_anew, retest_in_year, no_show, cutoff_days, order_fee, certificate, renewable, proctor
    FROM program WHERE tenant_id = 0 ORDER BY code
    """)

  static let selectTests = Statement(
    "select_tests", "SELECT code, program, series, name, minutes FROM test WHERE tenant_id = 0 ORDER BY code")
}

extension Program {
  init?(_ row: inout Row) {
    let code = ProgramCode(stored: row.text())
    let name = row.text()
    guard let coverage = Profile.Coverage(rawValue: row.text()) else { return nil }
    let expiry = row.optionalInteger().map { Profile.Expiry.days(Int($0)) } ?? .yearEnd
    let freeRetests = Int(row.integer())
    let paidRetests = row.optionalInteger().map { Profile.Retests.limited(Int($0)) } ?? .unlimited
    let approvalNeeded = row.flag()
    let waitDays = Int(row.integer())
    guard let waitBinds = Profile.Wait(rawValue: row.text()) else { return nil }
    let startsAnew = row.flag()
    let retestInYear = row.flag()
    guard let noShow = Profile.NoShow(rawValue: row.text()) else { return nil }
    let profile = Profile(
      coverage: coverage, expiry: expiry, freeRetests: freeRetests, paidRetests: paidRetests,
      approvalNeeded: approvalNeeded, waitDays: waitDays, waitBinds: waitBinds, startsAnew: startsAnew,
      retestInYear: retestInYear, noShow: noShow, cutoffDays: Int(row.integer()), orderFee: row.flag(),
      certificateYears: Int(row.integer()), certificateRenewable: row.flag(), proctor: row.flag())
    self.init(code: code, name: name, profile: profile)
  }
}

extension Test {
  init(_ row: inout Row) {
    self.init(
      code: Code(stored: row.text()), program: Code(stored: row.text()), series: Code(stored: row.text()),
      name: row.text(), minutes: Int(row.integer()))
  }
}
