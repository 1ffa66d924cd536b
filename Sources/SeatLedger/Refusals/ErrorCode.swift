/// Every code that a refusal can carry. A client switches on it, so a code is never renamed.
package enum ErrorCode: String, Sendable, CaseIterable {
  case badByte = "syntax.bad-byte"
  case badQuote = "syntax.bad-quote"
  case unknownCommand = "syntax.unknown-command"
  case unknownArgument = "syntax.unknown-argument"
  case missingArgument = "syntax.missing-argument"
  case duplicateArgument = "syntax.duplicate-argument"
  case badValue = "syntax.bad-value"
  case unterminatedLine = "syntax.unterminated-line"

  case authRequired = "auth.required"
  case badToken = "auth.bad-token"
  case forbidden = "auth.forbidden"

  case noTenant = "notfound.tenant"
  case noSchool = "notfound.school"
  case noProgram = "notfound.program"
  case noTest = "notfound.test"
  case noAttempt = "notfound.attempt"
  case noHold = "notfound.hold"
  case noEntry = "notfound.entry"
  case noKey = "notfound.key"
  case noToken = "notfound.token"

  case noSeats = "state.no-seats"
  case tooEarly = "state.too-early"
  case tooLate = "state.too-late"
  case attemptOpen = "state.attempt-open"
  case attemptLimit = "state.attempt-limit"
  case needsApproval = "state.needs-approval"
  case needsProctor = "state.needs-proctor"
  case alreadyPassed = "state.already-passed"
  case alreadyStarted = "state.already-started"
  case notStarted = "state.not-started"
  case attemptClosed = "state.attempt-closed"
  case expired = "state.expired"
  case yearSealed = "state.year-sealed"
  case seatsMovedOn = "state.seats-moved-on"
  case notReversible = "state.not-reversible"
  case sameSchool = "state.same-school"
  case exists = "state.exists"
  case insideCutoff = "state.inside-cutoff"

  case keyMismatch = "idem.mismatch"
  case looksLikeAPerson = "privacy.looks-like-a-person"

  case batchFailed = "batch.failed"
  case batchNotOpen = "batch.not-open"
  case batchAlreadyOpen = "batch.already-open"
  case batchTooLong = "batch.too-long"

  case lineTooLong = "limit.line-too-long"
  case tooManyConnections = "limit.too-many-connections"
  case busy = "limit.busy"

  case watchNeedsTag = "watch.needs-tag"

  case databaseUnavailable = "server.database-unavailable"
  case shuttingDown = "server.shutting-down"
  case clockSkew = "server.clock-skew"
  case outcomeUnknown = "server.outcome-unknown"
  case `internal` = "server.internal"

  package enum Retry: String, Sendable, CaseIterable {
    case no, later
    case sameKey = "same-key"
  }

  /// What a client may do about it without a person.
  package var retry: Retry {
    switch self {
    case .tooManyConnections, .busy, .databaseUnavailable, .shuttingDown, .clockSkew: .later
    case .outcomeUnknown: .sameKey
    default: .no
    }
  }
}
