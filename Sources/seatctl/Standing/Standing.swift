import SeatClient
import SeatLedger
import SeatProtocol

/// `seatctl` alone: who asks, where, what is left of seats and days, and what to do next.
struct Standing {
  let standpoint: Standpoint
  /// `nil` where there are several to choose from, or none.
  let place: Place?

  /// One district as it stands today.
  struct Place {
    let district: Standpoint.District
    let today: CivilDate
    let clock: String
    let programs: [Program]
    var year: AcademicYear { AcademicYear(containing: today) }
    var daysLeft: Int { year.lastDay - today + 1 }
  }

  /// What the living pools of a program hold that expire in one year: seats for the next one are bought in spring, and
  /// are not those that can be used now.
  struct Program {
    let code: String
    var seats: [FieldName: Int64] = [:]
    var expires: CivilDate
    var deadlines: [(day: CivilDate, meaning: String)] = []
  }

  static func ask(_ connection: inout ControlConnection) throws(Failure) -> Standing {
    let standpoint = try Standpoint.ask(&connection)
    guard let district = standpoint.district(nil) else { return Standing(standpoint: standpoint, place: nil) }
    let today = standpoint.today(in: district)
    var programs = try livingPools(&connection, district, today)
    for index in programs.indices where programs[..<index].allSatisfy({ $0.code != programs[index].code }) {
      programs[index].deadlines = try deadlines(&connection, district, programs[index].code, today)
    }
    return Standing(
      standpoint: standpoint,
      place: Place(district: district, today: today, clock: standpoint.clock(in: district), programs: programs))
  }

  static let counts: [FieldName] = [.available, .held, .reserved, .consumed]

  private static func livingPools(
    _ connection: inout ControlConnection, _ district: Standpoint.District, _ today: CivilDate
  ) throws(Failure) -> [Program] {
    var request = RequestText(CommandName.balance.rawValue)
    request.add(ArgumentName.tenant.rawValue, district.code)
    guard let pools = try allowed({ () throws(Failure) in try connection.gather(request, follows: true) }) else {
      return []
    }
    var programs: [Program] = []
    for row in pools.rows {
      guard let code = row.value(.program), let expires = row.value(.expires).flatMap({ CivilDate($0) }),
        expires >= today
      else { continue }
      let year = AcademicYear(containing: expires)
      let index =
        programs.firstIndex { $0.code == code && AcademicYear(containing: $0.expires) == year }
        ?? {
          programs.append(Program(code: code, expires: expires))
          return programs.count - 1
        }()
      programs[index].expires = min(programs[index].expires, expires)
      for name in counts { programs[index].seats[name, default: 0] += row.value(name).flatMap(Int64.init) ?? 0 }
    }
    return programs.sorted { ($0.code, $0.expires) < ($1.code, $1.expires) }
  }

  private static func deadlines(
    _ connection: inout ControlConnection, _ district: Standpoint.District, _ program: String, _ today: CivilDate
  ) throws(Failure) -> [(CivilDate, String)] {
    var request = RequestText(CommandName.runway.rawValue)
    request.add(ArgumentName.tenant.rawValue, district.code)
    request.add(ArgumentName.program.rawValue, program)
    guard
      let first = try allowed({ () throws(Failure) in try connection.gather(request) })?.rows.first(where: {
        $0.value(.number) == "1"
      })
    else { return [] }
    let days: [(FieldName, String)] = [
      (.roomForThird, "last first attempt that leaves room for a third try"),
      (.roomForSecond, "last first attempt that leaves room for a retest"), (.latest, "last day of the seats"),
    ]
    return days.compactMap { name, meaning in
      first.value(name).flatMap { CivilDate($0) }.flatMap { $0 >= today ? ($0, meaning) : nil }
    }
  }

  /// What somebody's role does not let them see is left out.
  private static func allowed(_ work: () throws(Failure) -> Answer) throws(Failure) -> Answer? {
    do throws(Failure) {
      return try work()
    } catch {
      guard error.status == .notAllowed else { throw error }
      return nil
    }
  }
}
