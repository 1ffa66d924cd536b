package import SeatLedger

/// The shapes that an argument's value can have.
package enum ValueType: Hashable, Sendable {
  case code
  case candidate
  /// Free text of at most so many bytes.
  case text(Int)
  case count(ClosedRange<Int>)
  /// The number of an attempt or another thing that an entry made.
  case number
  case money
  case date
  /// A date or an instant.
  case moment
  /// A moment with its time of day; the offset may be left to the tenant's zone.
  case time
  /// A moment with its offset.
  case instant
  case year
  case flag
  /// `yes` and nothing else: leave it out to say no.
  case yes
  case choice([String])
  case zone
  case principal
  case token
  /// A count, or a word that stands for another kind of answer.
  case countOr(String, ClosedRange<Int>)
  case head
  case key

  /// As `help` shows it.
  package var description: String {
    switch self {
    case .code: "code"
    case .candidate: "token"
    case .text: "text"
    case .count(let range): "\(range.lowerBound)..\(range.upperBound)"
    case .number: "number"
    case .money: "0.00"
    case .date: "yyyy-mm-dd"
    case .moment: "yyyy-mm-dd[Thh:mm]"
    case .time: "yyyy-mm-ddThh:mm"
    case .instant: "yyyy-mm-ddThh:mm:ss-hh:mm"
    case .year: "2024-2025"
    case .flag: "yes|no"
    case .yes: "yes"
    case .choice(let words): words.joined(separator: "|")
    case .zone: "Area/City"
    case .principal: "uid:N|group:NAME|token:NAME"
    case .token: "ID.SECRET"
    case .countOr(let word, let range): "\(word)|\(range.lowerBound)..\(range.upperBound)"
    case .head: "SEQ:HASH"
    case .key: "key"
    }
  }
}

/// A value that has the shape of its type.
package enum ArgumentValue: Hashable, Sendable {
  case text(String)
  case candidate(Candidate)
  case integer(Int64)
  case money(Money)
  case date(CivilDate)
  case moment(Moment)
  case year(AcademicYear)
  case flag(Bool)
}

extension ValueType {
  /// `nil` where `text` does not have this shape; `expected` then tells what would.
  package func value(of text: String) -> ArgumentValue? {
    switch self {
    case .code: return TestCode(text).map { .text($0.text) }
    case .candidate: return Candidate(text).map { .candidate($0) }
    case .text(let most): return text.isEmpty || text.utf8.count > most ? nil : .text(text)
    case .count(let range): return Self.count(text, in: range)
    case .number: return Self.whole(text).map { .integer($0) }
    case .money: return Money(text).map { .money($0) }
    case .date: return CivilDate(text).map { .date($0) }
    case .moment: return Moment(text).map { .moment($0) }
    case .time:
      guard let moment = Moment(text) else { return nil }
      if case .date = moment { return nil }
      return .moment(moment)
    case .instant:
      return Moment(text)?.universal.map { .moment(.instant($0)) }
    case .year: return AcademicYear(text).map { .year($0) }
    case .flag: return text == "yes" ? .flag(true) : text == "no" ? .flag(false) : nil
    case .yes: return text == "yes" ? .flag(true) : nil
    case .choice(let words): return words.contains(text) ? .text(text) : nil
    case .zone: return Self.isZone(text) ? .text(text) : nil
    case .principal: return Self.isPrincipal(text) ? .text(text) : nil
    case .token: return (3...200).contains(text.utf8.count) && text.contains(".") ? .text(text) : nil
    case .countOr(let word, let range): return text == word ? .text(text) : Self.count(text, in: range)
    case .head: return Self.isHead(text) ? .text(text) : nil
    case .key: return Self.isKey(text) ? .text(text) : nil
    }
  }

  package var expected: String {
    switch self {
    case .code: "a code: a-z, 0-9, . and -, at most 64 of them"
    case .candidate: "a candidate's token: letters, digits, . _ @ and -, at most 64 of them"
    case .text(let most): "1 to \(most) bytes of text"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number: "a whole number from 1 on"
    case .money: "an amount with exactly two places, at most \(Money(cents: Money.maximum))"
    case .date: "a date like 2025-06-30"
    case .moment: "a date like 2025-06-30 or an instant like 2025-06-30T09:00"
    case .time: "an instant like 2025-06-30T09:00"
    case .instant: "an instant like 2025-06-30T23:59:50-04:00, in UTC without an offset"
    case .year: "an academic year like 2024-2025"
    case .flag: "yes or no"
    case .yes: "yes"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .zone: "an IANA zone like America/New_York"
    case .principal: "uid:N (65534 is nobody's), group:NAME or token:NAME"
    case .token: "a token as token.issue showed it, ID.SECRET"
    case .countOr(let word, let range): "\(word), or a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .head: "a journal's head as verify shows it, SEQ:HASH"
    case .key: "1 to 128 visible characters"
    }
  }

  /// Visible characters only: what an idempotency key may hold.
  static func isKey(_ text: String) -> Bool {
    if text.hasOnly({ $0 > 0x20 && $0 < 0x7F }) { return (1...128).contains(text.utf8.count) }
    return (1...128).contains(text.unicodeScalars.count)
      && text.unicodeScalars.allSatisfy { $0.isASCII ? $0.value > 0x20 && $0.value < 0x7F : isVisible($0) }
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      false
    default: true
    }
  }

  private static func whole(_ text: String) -> Int64? {
    let bytes = text.utf8
    guard (1...18).contains(bytes.count), let first = bytes.first, first != UInt8(ascii: "0"),
      bytes.allSatisfy(\.isDigit)
    else { return nil }
    return Int64(text)
  }

  private static func count(_ text: String, in range: ClosedRange<Int>) -> ArgumentValue? {
    if text == "0", range.contains(0) { return .integer(0) }
    guard let number = whole(text), range.contains(Int(number)) else { return nil }
    return .integer(number)
  }

  private static func isZone(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "+")
      }
  }

  /// 65534 is nobody: it stands for every uid that a namespace does not know, and can be granted nothing.
  private static func isPrincipal(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[1].utf8.count) else { return false }
    switch parts[0] {
    case "uid": return UInt32(parts[1]).map { String($0) == parts[1] && $0 != 65_534 } ?? false
    case "group": return parts[1].utf8.allSatisfy(Fields.isBare)
    case "token": return TokenName(String(parts[1])) != nil
    default: return false
    }
  }

  private static func isHead(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && (parts[0] == "0" || whole(String(parts[0])) != nil)
      && EntryHash(hexadecimal: String(parts[1])) != nil
  }
}
