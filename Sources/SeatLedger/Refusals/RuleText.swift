/// What a rule says, on whose word, and an example: `explain` prints it and the rule page is written from it.
///
/// The numbers are those of `ase-entry-level`; another program's profile has its own.
package struct RuleText: Sendable {
  package let title: String
  package let says: String
  package let source: Source
  package let example: String

  /// On whose word a rule stands.
  package enum Source: Sendable {
    /// North Carolina's 2024-2025 credential card for ASE Entry-Level Certification, Painting and Refinishing.
    case card(String)
    /// ASE's Frequently Asked Questions of September 20, 2022, about the professional tests.
    case faq(String)
    /// How the vendor's own portal counts.
    case portal(String)
    /// Our judgement where the sources are silent.
    case assumption

    package var text: String {
      switch self {
      case .card(let words): "the 2024-2025 credential card: \(words)"
      case .faq(let words): "ASE's FAQ of September 20, 2022: \(words)"
      case .portal(let words): "the vendor's portal: \(words)"
      case .assumption: "assumption"
      }
    }
  }
}

extension Rule {
  /// `R8`, in either case of the letter.
  package init?(_ name: String) {
    guard let first = name.first, first == "R" || first == "r", let number = Int(name.dropFirst()),
      let rule = Rule(rawValue: number)
    else { return nil }
    self = rule
  }

  package var text: RuleText {
    switch self {
    case .academicYear:
      RuleText(
        title: "the academic year",
        says: "A year begins on July 1 at 00:00 and ends where the next one begins, by the clocks of the district. "
          + "Daylight saving and leap days fall inside it and change nothing.",
        source: .card("a seat is good for one academic year, July 1 through June 30"),
        example:
          "At 23:59:59 on June 30 in New York a seat of 2024-2025 is alive; in Los Angeles it lives three hours more.")
    case .costOfReserve:
      RuleText(
        title: "what a reserve costs",
        says: "Attempt 1 takes a seat, unless the candidate already has one, reserved or used, for the same series and "
          + "year. The first start on a seat uses it up; what hangs on the same seat takes none.",
        source: .card("one seat covers any or all tests of a series"),
        example:
          "k7Qm reserves painting-refinishing: one seat. The same week structural-analysis of the same series: none.")
    case .noSeats:
      RuleText(
        title: "no seats",
        says: "Where no pool has a seat left, nothing is reserved, and the answer says what each pool has that the "
          + "school could draw on.",
        source: .assumption,
        example: "available=0 left=general:2025-06-30:0,perkins:2025-06-30:0")
    case .whichPoolPays:
      RuleText(
        title: "which pool pays",
        says:
          "A live site licence first; else the fund that is named; else the earliest expiry, then the fund general, "
          + "then the other funds by name. Only pools that live on the day of the appointment.",
        source: .assumption,
        example: "With seats in general and in perkins, general pays; fund=perkins makes perkins pay.")
    case .retestWait:
      RuleText(
        title: "attempt 2 waits 30 days",
        says: "Attempt 2 is free. Its date is the completion date of attempt 1 plus 30 days, or later: calendar dates, "
          + "not hours. The appointment is judged when it is booked, the day itself at the start.",
        source: .card("the retest is scheduled 30 days or more from the test completion date"),
        example: "Completed on 2025-03-01: from 2025-03-31 on, even at half past midnight.")
    case .oneAtATime:
      RuleText(
        title: "one attempt at a time",
        says: "While an attempt of the candidate at this test is reserved or started, there is no other one.",
        source: .assumption,
        example: "Post the result, cancel it, or post the no-show; then reserve again.")
    case .retestDeadline:
      RuleText(
        title: "a retest ends within its year",
        says: "Attempts 2 and 3 must be completed by June 30 of the year of attempt 1, their minutes included. Until "
          + "that day is over, another attempt at a test that was tried this year is a retest, whatever date it asks for.",
        source: .card("any retest is completed by June 30 of the same academic year"),
        example: "A retest of 60 minutes may start on June 30 at 23:00, not at 23:01.")
    case .paidRetest:
      RuleText(
        title: "attempt 3",
        says: "Attempt 3 takes another seat for this one test, 30 days after attempt 2, and needs an approval given "
          + "beforehand for the school by somebody else than who reserves it. One approval serves one attempt; a cancel "
          + "gives it back.",
        source: .card(
          "an optional third attempt is at the discretion of the school, for the price of an additional seat"),
        example: "approve school=920318 candidate=k7Qm test=brakes reason=\"worked hard\", then reserve.")
    case .attemptLimit:
      RuleText(
        title: "no attempt 4",
        says: "After attempt 3 the test is closed to the candidate for that year.",
        source: .portal("how it counts attempts"), example: "From July 1 on the count starts at 1 again.")
    case .alreadyPassed:
      RuleText(
        title: "already passed",
        says: "Another attempt at a test that was passed, while the certificate lives, is refused unless the request "
          + "says even-if-passed=yes.",
        source: .assumption, example: "Passed on 2025-02-03: the certificate lives through 2027-02-03.")
    case .newYear:
      RuleText(
        title: "a new year",
        says: "A new academic year needs a new seat, counts from attempt 1, and does not carry the 30 days over.",
        source: .card("seats do not roll over to another academic year"),
        example: "Failed on 2025-06-20: on 2025-07-01 attempt 1 of 2025-2026, with a seat of that year.")
    case .straddlingAttempt:
      RuleText(
        title: "a first attempt over midnight",
        says:
          "A first attempt that starts before the cut-off is valid however long it runs, and belongs to the year in "
          + "which it started.",
        source: .card("any seat not used by June 30 expires"),
        example: "Started on June 30 at 23:59:59, completed on July 1: an attempt of the old year.")
    case .latePosting:
      RuleText(
        title: "late posting",
        says: "at= tells when a thing happened; the journal also keeps when it was recorded. What happened before its "
          + "seats expired can be posted afterwards, until the year is sealed: the seat comes back by an entry of its own, "
          + "effective at the expiry. A seat must have been there at every moment since, and a start is never before its "
          + "own reserve.",
        source: .assumption,
        example: "On July 3: start attempt=12 at=2025-06-30T10:00 proctor=attested.")
    case .leftoverSeats:
      RuleText(
        title: "leftover seats",
        says: "At the end of the expiry date all available, held and reserved seats of a pool expire and are worth "
          + "nothing; the report tells idle and reserved-unused apart.",
        source: .card("any seats remaining after June 30 expire with no residual value"),
        example: "expired-idle=132 expired-reserved=9")
    case .nobodyWaitsForTheJob:
      RuleText(
        title: "nobody waits for the rollover",
        says: "A pool past its expiry date pays for nothing and its reserved seats start nothing, whether the rollover "
          + "has run or not.",
        source: .card("any seats remaining after June 30 expire"),
        example:
          "On July 1 at 00:00:00 a start on last year's seat is refused; what happened earlier is posted with at=.")
    case .cancel:
      RuleText(
        title: "cancel and reschedule",
        says: "Until the start; for the professional tests until 4 calendar days before the appointment. The seat goes "
          + "back if no other attempt hangs on it, and the attempt's number is given again.",
        source: .faq("no changes within three days of the appointment"),
        example: "Appointment on 2025-06-13: cancel on 2025-06-09, not on 2025-06-10.")
    case .noShow:
      RuleText(
        title: "no-show",
        says: "Posted once the appointment has begun; without an appointment cancel instead. The seat goes back, for "
          + "the professional tests it is forfeited. Until then the test stays closed; no 30 days follow.",
        source: .faq("all fees are forfeited"), example: "no-show attempt=12 reason=\"ill\"")
    case .result:
      RuleText(
        title: "the result",
        says:
          "pass, fail or incomplete, with the completion date: not before the start, not in the future. It moves no "
          + "seat. A pass answers the last day of the certificate; a February 29 becomes February 28.",
        source: .card("the certificate is valid for two years"),
        example: "Passed on 2024-02-29: certificate-through=2026-02-28.")
    case .changeOfSchool:
      RuleText(
        title: "a candidate changes school",
        says: "Seats and attempt numbers follow the candidate inside the district; the cost stays with the pool that "
          + "paid. The school that reserved last may post and cancel the candidate's attempts.",
        source: .portal("how it counts credits; otherwise an assumption"),
        example: "Attempt 1 at apex, attempt 2 at cary: free, and posted by cary.")
    case .transfer:
      RuleText(
        title: "transfer",
        says: "Available seats only, of the same program, expiry date, kind and fund, between two schools of the "
          + "district. One entry: both sides or none.",
        source: .assumption, example: "transfer from=district to=920318 program=ase-entry-level year=2024-2025 seats=20"
      )
    case .returnToVendor:
      RuleText(
        title: "return to the vendor",
        says: "Available seats only; they leave at what they cost.",
        source: .portal("returned seats are shown as voided"),
        example: "return school=920318 program=ase-entry-level year=2024-2025 seats=5 reason=\"too many\"")
    case .sameRequestTwice:
      RuleText(
        title: "the same request twice",
        says: "The same key with the same content by the same principal answers what was answered first, with "
          + "replayed=yes. Anything else with that key is refused, naming the field that differs. Keys are kept for good; "
          + "a refusal keeps none.",
        source: .assumption, example: "Send the line again with its +idem key when in doubt.")
    case .mistakes:
      RuleText(
        title: "mistakes",
        says:
          "The journal is never edited. reverse posts the opposite of one entry, effective now, once. Refused where "
          + "the seats have moved on or another attempt has started on the seat, for a reversal or an expiry, and in a "
          + "sealed year. A reversed purchase lowers purchased.",
        source: .assumption, example: "reverse entry=41 reason=\"wrong school\"")
    case .buyingAhead:
      RuleText(
        title: "buying ahead and behind",
        says: "Seats of the next year may be bought before July 1; they pay only for appointments inside it, of tests "
          + "not tried this year. Further ahead, or past already, is refused. From May 1 on a purchase for the running "
          + "year answers with a warning.",
        source: .assumption, example: "In May: purchase … year=2025-2026")
    case .rollover:
      RuleText(
        title: "the rollover",
        says: "It can be repeated, interrupted and run beside live traffic; what was missed is caught up at start. A "
          + "dry run answers the same report and moves nothing.",
        source: .assumption, example: "rollover +dry")
    case .seal:
      RuleText(
        title: "the seal",
        says: "After the rollover finance seals a program's year: no entry effective in it is accepted any more.",
        source: .assumption, example: "year.seal program=ase-entry-level year=2024-2025")
    case .siteLicence:
      RuleText(
        title: "the site licence",
        says:
          "It costs its price once, spent on purchase, and gives its school attempts 1 and 2 without number until it "
          + "expires. A use is an entry of 0 seats, counted in uses. Attempt 3 needs a seat.",
        source: .card("seat or site licenses can be purchased"),
        example: "purchase school=920318 program=ase-entry-level kind=site seats=1 unit-price=1800.00")
    case .blockHold:
      RuleText(
        title: "the block hold",
        says:
          "A school may hold seats without naming candidates, through the end of a date. A reserve with hold= draws "
          + "on it, no other one does; what is left goes back when the hold ends.",
        source: .assumption,
        example: "hold school=920318 program=ase-entry-level year=2024-2025 seats=20 until=2025-03-14")
    case .proctor:
      RuleText(
        title: "the proctor",
        says: "A start says proctor=attested where the program asks for it: no instructor of the field, no student. It "
          + "is a word, no person's data.",
        source: .card("the proctor is neither an instructor of the field nor a student"),
        example: "start attempt=12 proctor=attested")
    case .privacy:
      RuleText(
        title: "no person's data",
        says:
          "A candidate token that looks like an e-mail address, a social security number, a date, a phone number or "
          + "two words is refused before it is stored or logged.",
        source: .assumption, example: "k7Qm is a token; jane.doe is a person.")
    }
  }
}

/// All rules on one page, as the documentation shows them.
package enum RulePage {
  package static var markdown: String {
    var page = """
      # The rules of a seat

      Every refusal of a state names one of these rules (`rule=R8`), and `seatctl explain R8` prints it. The numbers are
      those of `ase-entry-level`; another program's profile has its own. Where nobody has decided, the rule says
      *assumption*. Written from `RuleText.swift`: `seatctl explain --markdown`.

      """
    for rule in Rule.allCases {
      let text = rule.text
      page += """

        ## \(rule.name) \(text.title)

        \(text.says)

        *Source:* \(text.source.text)

        *Example:* \(text.example)

        """
    }
    return page
  }
}
