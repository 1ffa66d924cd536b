/// What became of one command or one batch of them. A refusal is a value: it disturbs nobody else.
package enum Decision: Sendable {
  /// The answer's fields, one a command; each ends with the journal position that it reflects.
  case done([Fields])
  /// The first answer to the same request (R22).
  case replayed([Fields])
  /// `line` is the command's place in its batch, from 0.
  case refused(Refusal, line: Int)
  /// Every command of a dry batch that would be refused, in order, each judged as if the ones before it were not there.
  case unfit([Unfit])
  /// An entry contradicted the books: a fault of the ledger's own, never the client's.
  case failed(Contradiction)

  package struct Unfit: Sendable {
    /// Its place in its batch, from 0.
    package let line: Int
    package let refusal: Refusal

    package init(line: Int, refusal: Refusal) {
      self.line = line
      self.refusal = refusal
    }
  }
}

/// Commands that are done together or not at all, and who asks for them.
package struct Request: Sendable {
  package var lines: [Line]
  package var caller: Caller
  package var key: String?
  /// A batch, though it may be of one line: its answer has another form, so no command's key is its own.
  package let isBatch: Bool
  /// Everything is checked and answered, nothing is kept.
  package var isDry: Bool

  package init(lines: [Line], caller: Caller, key: String? = nil, isBatch: Bool = false, isDry: Bool = false) {
    self.lines = lines
    self.caller = caller
    self.key = key
    self.isBatch = isBatch
    self.isDry = isDry
  }

  var isDryBatch: Bool { isDry && isBatch }

  /// What a key keeps of it: one line a command, a batch's behind a word of its own.
  var canonical: String {
    if !isBatch, lines.count == 1 { return lines[0].canonical }
    return ([Kept.batch] + lines.map(\.canonical)).joined(separator: "\n")
  }

  package struct Line: Sendable {
    package let command: Command
    /// The command and its arguments in the order of their names, as kept under a key; empty where there is none.
    package let canonical: String
    /// The person behind this line, where it names another one than its batch.
    package let actor: String?

    package init(_ command: Command, canonical: String = "", actor: String? = nil) {
      self.command = command
      self.canonical = canonical
      self.actor = actor
    }
  }
}

/// Who asks, as far as the books care.
package struct Caller: Hashable, Sendable {
  package let principal: String
  /// The person behind a principal that serves several.
  package let actor: String?
  /// The schools that it may act for; `nil`: the whole tenant.
  package let schools: Set<SchoolCode>?

  package init(principal: String, actor: String? = nil, schools: Set<SchoolCode>? = nil) {
    self.principal = principal
    self.actor = actor
    self.schools = schools
  }

  package func mayActFor(_ school: SchoolCode) -> Bool { schools?.contains(school) ?? true }
}
