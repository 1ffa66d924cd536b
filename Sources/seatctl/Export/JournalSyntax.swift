import SeatLedger
import SeatProtocol

/// How somebody else's bookkeeping program writes accounts, transactions and assertions.
protocol JournalSyntax {
  func head(_ remark: String) -> String
  func transaction(_ transaction: JournalTransaction) -> String
  /// Of all assertions for the end of one day.
  func assertions(_ assertions: [JournalAssertion], on date: CivilDate) -> String
  /// Of the accounts that the journal uses, those above others included.
  func declaration(of account: JournalAccount, since date: CivilDate) -> String
}

struct HledgerSyntax: JournalSyntax {
  func head(_ remark: String) -> String {
    "; \(remark)\ndecimal-mark .\ncommodity 1000. SEAT\ncommodity 1000.00 USD\n"
  }

  func transaction(_ transaction: JournalTransaction) -> String {
    // A semicolon would begin a comment, in which a word and a colon are a tag; a bar parts payee and note.
    let reason = transaction.reason.map { ", " + String($0.map { $0 == ";" || $0 == "|" ? "," : $0 }) } ?? ""
    var lines = ["\n\(transaction.date) (\(transaction.entry)) \(transaction.kind)\(reason)"]
    for (account, sign) in [(transaction.to, Int64(1)), (transaction.from, -1)] {
      lines.append(posting(account, .seats(sign * transaction.seats)))
      if transaction.cents != 0 { lines.append(posting(account, .cents(sign * transaction.cents))) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func assertions(_ assertions: [JournalAssertion], on date: CivilDate) -> String {
    let lines = assertions.map { assertion in
      let nothing: JournalAmount =
        switch assertion.amount {
        case .seats: .seats(0)
        case .cents: .cents(0)
        }
      return posting(assertion.account, nothing) + " =* \(assertion.amount.text)"
    }
    return "\n\(date) what the ledger answers as of this day\n" + lines.joined(separator: "\n") + "\n"
  }

  func declaration(of account: JournalAccount, since _: CivilDate) -> String { "account \(name(account))\n" }

  private func posting(_ account: JournalAccount, _ amount: JournalAmount) -> String {
    "    \(name(account))  \(amount.text)"
  }

  private func name(_ account: JournalAccount) -> String {
    ([account.root.rawValue] + account.parts).joined(separator: ":")
  }
}

struct BeancountSyntax: JournalSyntax {
  func head(_ remark: String) -> String {
    "; \(remark)\noption \"title\" \"Seats\"\noption \"operating_currency\" \"USD\"\n"
  }

  func transaction(_ transaction: JournalTransaction) -> String {
    var lines = ["\n\(transaction.date) * \"\(transaction.kind)\" \(quoted(transaction.reason ?? ""))"]
    lines.append("  entry: \(transaction.entry)")
    for (account, sign) in [(transaction.to, Int64(1)), (transaction.from, -1)] {
      lines.append("  \(name(account))  \(JournalAmount.seats(sign * transaction.seats).text)")
      if transaction.cents != 0 {
        lines.append("  \(name(account))  \(JournalAmount.cents(sign * transaction.cents).text)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A balance holds in the morning of its day. Without a tolerance of nothing a cent might be missing.
  func assertions(_ assertions: [JournalAssertion], on date: CivilDate) -> String {
    let lines = assertions.map { assertion in
      let (number, commodity) =
        switch assertion.amount {
        case .seats(let count): ("\(count)", "SEAT")
        case .cents(let cents): ("\(Money(cents: cents))", "USD")
        }
      return "\(date + 1) balance \(name(assertion.account))  \(number) ~ 0 \(commodity)"
    }
    return "\n" + lines.joined(separator: "\n") + "\n"
  }

  func declaration(of account: JournalAccount, since date: CivilDate) -> String { "\(date) open \(name(account))\n" }

  private func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  /// Each part begins with a capital or a digit and knows no dot. Codes have no capitals, so none of these is another's.
  private func name(_ account: JournalAccount) -> String {
    (account.root.rawValue.split(separator: ":").map(String.init) + account.parts)
      .map { part in (part.prefix(1).uppercased() + part.dropFirst()).replacing(".", with: "Dot") }
      .joined(separator: ":")
  }
}
