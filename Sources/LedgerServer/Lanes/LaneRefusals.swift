internal import SeatLedger

// What is answered where the database, or the time that there is, did not allow another answer.

extension Refusal {
  static var databaseUnavailable: Self {
    Refusal(.databaseUnavailable, nil, "the database cannot be reached; nothing was changed, try again")
  }

  static var busy: Self { Refusal(.busy, nil, "too many requests are waiting; try again") }

  static var clockSkew: Self {
    Refusal(
      .clockSkew, nil,
      "this machine's clock is more than \(LaneBatches.mostClockSkew / 1_000_000) seconds from the database's; nothing was changed, try again when it is set"
    )
  }

  /// - Parameter advice: how the client finds out.
  private static func outcomeUnknown(_ advice: String) -> Self {
    Refusal(
      .outcomeUnknown, nil,
      "the connection to the database died before it said whether this was kept; \(advice)")
  }

  static var outcomeUnknown: Self { outcomeUnknown("send the same again with the same key") }

  static var outcomeUnknownWithoutKey: Self {
    outcomeUnknown("it had no key: look at statement before you send it again, and with a +idem key the next time")
  }

  static var outcomeOfLedgerChangeUnknown: Self {
    outcomeUnknown("send it again: if it was, it is refused, for it exists")
  }

  static var internalError: Self {
    Refusal(.internal, nil, "a fault of the ledger's own; nothing was changed, and the log says more")
  }
}
