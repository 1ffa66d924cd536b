import SeatClient
import SeatLedger
import SeatProtocol

/// The seats that a roster takes of each school's programs. Every batch is rehearsed by itself, as if the others took none,
/// so a roster of several is counted over all of them.
struct SeatNeeds {
  private struct Draw: Hashable {
    let school: String
    let program: String
    /// `nil`: of any.
    let fund: String?
    let year: AcademicYear
  }

  private struct Need {
    let line: Int
    var seats = 0
    var first: CivilDate
  }

  private var needs: [Draw: Need] = [:]
  /// Programs whose seats end with their academic year.
  private let yearly: Set<String>
  private let programs: [String: String]

  /// - Parameters:
  ///   - tests: of `test.list`.
  ///   - programs: of `program.list`.
  init(tests: [Fields], programs: [Fields]) {
    self.programs = Dictionary(tests.map { ($0[.test] ?? "", $0[.program] ?? "") }) { first, _ in first }
    yearly = Set(programs.filter { $0[.expiry] == "year-end" }.compactMap { $0[.program] })
  }

  /// A row that was rehearsed. What a hold has set aside is not available to others, and is not counted.
  mutating func add(_ row: ImportRow, today: CivilDate) {
    guard let seats = row.answer[.seats].flatMap({ Int($0) }), seats > 0, row[.hold] == nil,
      let school = row[.school], let program = programs[row[.test] ?? ""]
    else { return }
    let day = (row[.on] ?? row[.at]).flatMap { CivilDate(String($0.prefix(10))) } ?? today
    for fund in row[.fund].map({ [$0, nil] }) ?? [nil] {
      let draw = Draw(school: school, program: program, fund: fund, year: AcademicYear(containing: day))
      var need = needs[draw] ?? Need(line: row.line, first: day)
      need.seats += seats
      need.first = min(need.first, day)
      needs[draw] = need
    }
  }

  /// What is too much, each with the first line that takes part in it.
  ///
  /// - Parameter pools: of `balance`.
  func problems(_ pools: [Fields]) -> [Problem] {
    needs.compactMap { draw, need in
      let available = pools.filter { isOpen($0, to: draw, from: need.first) }
        .reduce(0) { $0 + ($1[.available].flatMap { Int($0) } ?? 0) }
      guard need.seats > available else { return nil }
      let fund = draw.fund.map { " of fund \($0)" } ?? ""
      return Problem(
        line: need.line,
        message: """
          \(draw.school) needs \(need.seats) seats of \(draw.program)\(fund) for the rows of this file and has \
          \(available)
          """)
    }
  }

  private func isOpen(_ pool: Fields, to draw: Draw, from day: CivilDate) -> Bool {
    guard pool[.school] == draw.school, pool[.program] == draw.program, pool[.kind] == Pool.Kind.seats.rawValue,
      draw.fund == nil || pool[.fund] == draw.fund, let expires = pool[.expires].flatMap({ CivilDate($0) })
    else { return false }
    return yearly.contains(draw.program) ? AcademicYear(containing: expires) == draw.year : expires >= day
  }
}
