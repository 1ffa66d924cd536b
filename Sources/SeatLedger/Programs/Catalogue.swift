/// A vendor's licence scheme with one policy profile.
package struct Program: Hashable, Sendable {
  package let code: ProgramCode
  package let name: String
  package let profile: Profile

  package init(code: ProgramCode, name: String, profile: Profile) {
    self.code = code
    self.name = name
    self.profile = profile
  }
}

/// One test of a program's series. Its code is unique in the whole ledger.
package struct Test: Hashable, Sendable {
  package let code: TestCode
  package let program: ProgramCode
  package let series: SeriesCode
  package let name: String
  /// Minutes allotted, 1 to 1,440.
  package let minutes: Int

  package init(code: TestCode, program: ProgramCode, series: SeriesCode, name: String, minutes: Int) {
    self.code = code
    self.program = program
    self.series = series
    self.name = name
    self.minutes = minutes
  }

  package static let minutes = 1...1_440
}

/// The programs and tests that the ledger knows. Both are added and never changed, so a copy is never wrong, only short.
package struct Catalogue: Sendable {
  package private(set) var programs: [ProgramCode: Program] = [:]
  package private(set) var tests: [TestCode: Test] = [:]

  package init() {}

  package mutating func add(_ program: Program) { programs[program.code] = program }
  package mutating func add(_ test: Test) { tests[test.code] = test }
}
