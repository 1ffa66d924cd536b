/// One line of a tenant's append-only journal: what happened, when, by whom, and which seats it moved with their cents.
package struct Entry: Hashable, Sendable {
  package let number: EntryNumber
  package let kind: Kind
  package let from: Place?
  package let to: Place?
  package let amount: Amount
  package let attempt: AttemptNumber?
  /// The entry that this one reverses.
  package let reverses: EntryNumber?
  /// When it happened.
  package let effective: Instant
  /// When the journal learnt of it; never before the entry in front of it.
  package let recorded: Instant
  package let principal: String
  /// Who asked, when the principal is a program that serves several people.
  package let actor: String?
  package let reason: String?
  package let detail: Detail
  /// The detail as the journal stores and hashes it.
  package let detailText: String?
  /// What an idempotency key keeps; on the first entry of a command that came with one.
  package var kept: Kept?

  package enum Kind: String, Sendable, CaseIterable {
    case purchase, `return`, transfer, reverse, hold, release, reserve, schedule, approve, start, result, cancel
    case noShow = "no-show"
    case expire, unexpire, seal
  }

  /// The end of a pool's expiry date: the last entry of its rollover, with its idle seats.
  package var closesPool: Bool { kind == .expire && attempt == nil && detail == .none }

  /// A late posting takes a seat of a pool that has expired: its end is posted once more.
  package var reopensPool: Bool { kind == .unexpire && to?.bucket == .available }

  /// One bucket of one pool.
  package struct Place: Hashable, Sendable {
    package let pool: PoolNumber
    package let bucket: Bucket

    package init(_ pool: PoolNumber, _ bucket: Bucket) {
      self.pool = pool
      self.bucket = bucket
    }
  }

  /// What of an entry moves seats: an entry is large, and most of it are words.
  struct Movement {
    let number: EntryNumber
    let kind: Kind
    let amount: Amount
    /// The kind of the entry that this one reverses.
    let reversed: Kind?

    init(_ entry: borrowing Entry) {
      number = entry.number
      kind = entry.kind
      amount = entry.amount
      if kind == .reverse, case .reverse(let kind, _) = entry.detail { reversed = kind } else { reversed = nil }
    }
  }

  /// - Parameter detailText: `detail.text` of a new entry; of a stored one what stands in the journal.
  package init(
    number: EntryNumber, kind: Kind, from: Place?, to: Place?, amount: Amount, attempt: AttemptNumber?,
    reverses: EntryNumber?, effective: Instant, recorded: Instant, principal: String, actor: String?,
    reason: String?, detail: Detail, detailText: String?, kept: Kept?
  ) {
    self.number = number
    self.kind = kind
    self.from = from
    self.to = to
    self.amount = amount
    self.attempt = attempt
    self.reverses = reverses
    self.effective = effective
    self.recorded = recorded
    self.principal = principal
    self.actor = actor
    self.reason = reason
    self.detail = detail
    self.detailText = detailText
    self.kept = kept
  }
}

/// What is kept for good under an idempotency key (R22).
package struct Kept: Hashable, Sendable {
  package let key: String
  package let principal: String
  /// The command and its arguments in the order of their names, one line a command.
  package let request: String
  /// The fields of its answer, one line a command.
  package let answer: String

  package init(key: String, principal: String, request: String, answer: String) {
    self.key = key
    self.principal = principal
    self.request = request
    self.answer = answer
  }
}

package enum Outcome: String, Sendable, CaseIterable {
  case pass, fail, incomplete

  package var state: Attempt.State {
    switch self {
    case .pass: .passed
    case .fail: .failed
    case .incomplete: .incomplete
    }
  }
}
