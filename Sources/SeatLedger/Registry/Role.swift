/// What a grant lets a principal do; which commands that is, the command table says.
package enum Role: String, Sendable, CaseIterable {
  /// May run everything, in every tenant.
  case `operator`
  case finance
  /// Its own school only.
  case school
  /// Its own school only.
  case approver
  case scheduler
  /// Reads all of a tenant, changes nothing.
  case auditor

  /// Whether a grant of it names a school.
  package var isOfSchool: Bool { self == .school || self == .approver }

  /// Roles that finance may grant inside its tenant.
  package var isGrantableByFinance: Bool {
    switch self {
    case .finance, .school, .approver, .auditor: true
    case .operator, .scheduler: false
    }
  }
}
