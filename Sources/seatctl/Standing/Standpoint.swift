import Foundation
import SeatClient
import SeatLedger
import SeatProtocol

/// Who asks, in which districts, and what day it is there: by the daemon's clock, which may not be this machine's.
struct Standpoint {
  struct District {
    let code: String
    let name: String
    let zone: String
    var roles: [String] = []
    var schools: [String] = []
  }

  let principal: String
  let isOperator: Bool
  let districts: [District]
  let now: Instant

  static func ask(_ connection: inout ControlConnection) throws(Failure) -> Standpoint {
    let who = try connection.gather(RequestText(CommandName.whoami.rawValue))
    let status = try connection.gather(RequestText(CommandName.status.rawValue))
    let isOperator = who.end.value(.roles)?.split(separator: ",").contains("operator") == true
    var rows = who.rows
    if isOperator, rows.isEmpty {
      rows = try connection.gather(RequestText(CommandName.tenantList.rawValue), follows: true).rows
    }
    guard case .instant(let now)? = status.end.value(.now).flatMap({ Moment($0) }) else {
      throw .connection(.notOurProtocol(status.end.body))
    }
    return Standpoint(
      principal: who.end.value(.principal) ?? "", isOperator: isOperator, districts: Self.districts(rows), now: now)
  }

  private static func districts(_ rows: [ReplyLine]) -> [District] {
    var districts: [District] = []
    for row in rows {
      guard let code = row.value(.tenant) else { continue }
      var district =
        districts.popLast(where: { $0.code == code })
        ?? District(code: code, name: (row.value(.name) ?? code).printable, zone: row.value(.zone) ?? "UTC")
      if let role = row.value(.role), !district.roles.contains(role) { district.roles.append(role) }
      if let school = row.value(.school), !district.schools.contains(school) { district.schools.append(school) }
      districts.append(district)
    }
    return districts
  }

  /// The one that is meant: by its code, or the only one there is; an operator names it.
  func district(_ code: String?) -> District? {
    if let code { return districts.first { $0.code == code } }
    return districts.count == 1 ? districts[0] : nil
  }

  func today(in district: District) -> CivilDate { Self.zone(district, at: now).date(of: now) }

  /// The moment with the district's offset of now.
  func clock(in district: District) -> String { Self.zone(district, at: now).rfc3339(now) }

  private static func zone(_ district: District, at now: Instant) -> Zone {
    let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
    let offset = TimeZone(identifier: district.zone)?.secondsFromGMT(for: date) ?? 0
    return Zone(name: district.zone, firstOffset: offset, transitions: [])
  }
}

extension [Standpoint.District] {
  /// Takes out the last one if it is the one that is looked for: rows of one district follow each other.
  fileprivate mutating func popLast(where isWanted: (Element) -> Bool) -> Element? {
    guard let last, isWanted(last) else { return nil }
    removeLast()
    return last
  }
}
