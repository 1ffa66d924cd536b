/// A date or an instant as a request writes it; what it means without an offset is the tenant's zone to say.
package enum Moment: Hashable, Sendable {
  case date(CivilDate)
  case local(CivilTime)
  case instant(Instant)

  /// `nil` unless `text` is `yyyy-mm-dd` or RFC 3339 with seconds and offset optional. A fraction of a second is dropped:
  /// what happens here happens in whole ones.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let date = CivilDate(bytes.prefix(10)) else { return nil }
    if bytes.count == 10 {
      self = .date(date)
      return
    }
    guard bytes.count >= 16, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
      let hour = bytes[11..<13].decimal, let minute = bytes[14..<16].decimal, hour < 24, minute < 60
    else { return nil }
    var rest = bytes[16...]
    var second = 0
    if rest.first == UInt8(ascii: ":") {
      guard rest.count >= 3, let value = rest.dropFirst().prefix(2).decimal, value < 60 else { return nil }
      second = value
      rest = rest.dropFirst(3)
      if rest.first == UInt8(ascii: ".") {
        let fraction = rest.dropFirst().prefix(while: \.isDigit)
        guard !fraction.isEmpty else { return nil }
        rest = rest[fraction.endIndex...]
      }
    }
    let time = CivilTime(date: date, second: hour * 3600 + minute * 60 + second)
    if rest.isEmpty {
      self = .local(time)
    } else if let offset = Self.offset(rest) {
      self = .instant(Instant(seconds: Int64(date.day) * 86_400 + Int64(time.second - offset)))
    } else {
      return nil
    }
  }

  /// The instant, in UTC where no offset stands; `nil` for a date. For what belongs to no tenant.
  package var universal: Instant? {
    switch self {
    case .date: nil
    case .local(let time): Instant(seconds: Int64(time.date.day) * 86_400 + Int64(time.second))
    case .instant(let instant): instant
    }
  }

  /// Seconds east of UTC of `Z`, `+hh:mm` or `-hh:mm`.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = Array(bytes)
    if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
    guard text.count == 6, text[3] == UInt8(ascii: ":"), let hours = text[1..<3].decimal, hours < 24,
      let minutes = text[4..<6].decimal, minutes < 60
    else { return nil }
    switch text[0] {
    case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
    default: return nil
    }
  }
}

/// When an attempt is to take place: a moment, or any time of one day.
package struct Appointment: Hashable, Sendable {
  /// The moment, or the first one of the day.
  package let begins: Instant
  package let isWholeDay: Bool

  package init(begins: Instant, isWholeDay: Bool) {
    self.begins = begins
    self.isWholeDay = isWholeDay
  }

  /// `nil` where the moment falls in a spring gap of the zone.
  package init?(_ moment: Moment, in zone: Zone) {
    switch moment {
    case .date(let date): self.init(begins: zone.start(of: date), isWholeDay: true)
    case .instant(let instant): self.init(begins: instant, isWholeDay: false)
    case .local(let time):
      guard let instant = zone.instant(of: time) else { return nil }
      self.init(begins: instant, isWholeDay: false)
    }
  }
}
