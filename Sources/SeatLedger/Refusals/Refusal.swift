/// Why a request was not carried out, and what to do instead. Nothing was changed.
package struct Refusal: Error, Hashable, Sendable {
  package let code: ErrorCode
  /// Every `state` and `privacy` refusal names the rule it follows.
  package let rule: Rule?
  /// What a program may want to know: `earliest=`, `argument=`, …
  package let fields: Fields
  /// For people.
  package let message: String

  package init(_ code: ErrorCode, _ rule: Rule? = nil, _ message: String, with fill: (inout Fields) -> Void = { _ in })
  {
    self.code = code
    self.rule = rule
    self.message = message
    var fields = Fields()
    fill(&fields)
    self.fields = fields
  }

  package static func noTenant(_ code: TenantCode) -> Self {
    Self(.noTenant, nil, "no tenant \(code); tenant.list shows the tenants")
  }

  package static func noSchool(_ code: SchoolCode) -> Self {
    Self(.noSchool, nil, "no school \(code) here; school.list shows the schools")
  }

  package static func noProgram(_ code: ProgramCode) -> Self {
    Self(.noProgram, nil, "no program \(code); program.list shows the programs")
  }

  package static func noTest(_ code: TestCode) -> Self {
    Self(.noTest, nil, "no test \(code); test.list shows the tests")
  }

  /// A value that cannot be taken as it is.
  package static func badValue(_ argument: String, _ message: String) -> Self {
    Self(.badValue, nil, message) { $0.add(.argument, argument) }
  }
}
