extension CommandSpec {
  /// What a person should know beside the summary and the arguments; `nil` where they say it all.
  package var remark: String? {
    switch name {
    case .forecast:
      "Each school's pace is the seats that it took, and did not give back, in the last 28 days, so that every weekday "
        + "counts four times. At that pace it goes on for all the days that are left until its seats expire, and what "
        + "is idle (available or held) beyond that is called waste. Reserved seats count as used. School holidays and "
        + "what you will buy or move are not known to it. For each of the last three years that had seats a note tells "
        + "what it would have answered at the same distance from that year's end, by what was known then, what did "
        + "expire idle in the end, and the difference: so far off it has been."
    case .balance:
      "purchased + transferred-in = available + held + reserved + consumed + forfeited + expired + returned + "
        + "transferred-out, for every pool of seats. third-tries are seats among them that paid for a third try."
    case .statement:
      "cost is what the seats carry: a moving average of their pool until they are reserved, then their own for good."
    case .costs:
      "In money: encumbered is held and reserved, expended is consumed, wasted is expired. third-tries are part of them."
    case .attempts:
      "number=3 lists third tries: with who pays (fund, cost), and who approved it and why (approval, approver, reason)."
    case .reconcile:
      "The vendor's reserved includes what is burned: ours is reserved + consumed + expired while reserved. Burned is our "
        + "consumed, voided our returned."
    case .rebalance: "Each row ends with the transfer that moves the seats, ready to be sent. The fund is kept."
    case .runway:
      "latest-for-2 and latest-for-3 are the last days of an attempt that leave room for one more and two more."
    case .purchase:
      "Money has exactly two places. From May 1 on a purchase for the running year is answered with a warning."
    case .reserve:
      "The first attempt of a series takes a seat; a retest takes none; a third try takes one and an approval."
    case .start: "Consumes the seat. at= posts what happened earlier."
    case .rollover: "The daemon does it by itself at every district's midnight. With +dry it tells what would expire."
    case .yearSeal: "No entry of that year is accepted any more: close it when the books are agreed."
    default: nil
    }
  }
}
