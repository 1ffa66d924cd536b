import SeatClient
import SeatLedger
import SeatProtocol

extension Standing {
  /// For a person.
  func text(on terminal: Terminal) -> String {
    var parts = [identity(terminal)]
    if let place {
      if !place.programs.isEmpty { parts += [seats(place, terminal), deadlines(place, terminal)] }
    } else if standpoint.districts.count > 1 {
      parts.append(choices(terminal))
    }
    parts.append(next(terminal))
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// A line a program for a program: nothing but values.
  var fields: [Fields] {
    let head = { (place: Place?) -> Fields in
      var fields = Fields()
      fields.add(.principal, standpoint.principal)
      guard let place else {
        fields.add(.tenants, standpoint.districts.count)
        return fields
      }
      fields.add(.tenant, place.district.code)
      fields.add(.name, place.district.name)
      fields.add(.now, place.clock)
      fields.add(.year, place.year.description)
      fields.add(.daysLeft, place.daysLeft)
      return fields
    }(place)
    guard let place, !place.programs.isEmpty else { return [head] }
    return place.programs.map { program in
      var fields = head
      fields.add(.program, program.code)
      for name in Self.counts { fields.add(name, program.seats[name] ?? 0) }
      fields.add(.expires, program.expires)
      return fields
    }
  }

  private func identity(_ terminal: Terminal) -> String {
    let roles = place?.district.roles ?? Array(Set(standpoint.districts.flatMap(\.roles))).sorted()
    let schools = place?.district.schools ?? []
    let role = standpoint.isOperator && roles.isEmpty ? "operator" : roles.joined(separator: ", ")
    let you =
      "You are \(standpoint.principal)\(role.isEmpty ? "" : ", \(role)")"
      + (schools.isEmpty ? "" : " of \(schools.joined(separator: ", "))")
    guard let place else {
      let count = standpoint.districts.count
      return terminal.bold(you) + "\n" + (count == 0 ? "There is no district yet." : "\(count) districts")
    }
    let left = place.daysLeft == 1 ? "its last day" : "\(place.daysLeft) days left with today"
    let signal = Meaning(today: place.today).signal(FieldName.daysLeft.rawValue, String(place.daysLeft), in: [:])
    return "\(terminal.bold("\(place.district.name) (\(place.district.code))"))\n\(you)\n"
      + "\(place.clock.prefix(10)) \(place.clock.dropFirst(11).prefix(5)), year \(place.year), "
      + terminal.paint(left, signal)
  }

  private func seats(_ place: Place, _ terminal: Terminal) -> String {
    var table = Table(
      [(FieldName.program.rawValue, false)] + Self.counts.map { ($0.rawValue, true) } + [("last day", false)])
    for program in place.programs {
      table.add(
        [program.code] + Self.counts.map { Table.grouped(String(program.seats[$0] ?? 0)) }
          + [program.expires.description])
    }
    let meaning = Meaning(today: place.today)
    return table.text(emphasize: terminal.bold) { cell, row, column in
      let program = place.programs[row]
      let isLast = column == Self.counts.count + 1
      let isEmpty = column == 1 && program.seats[.available] == 0
      return terminal.paint(
        cell, isEmpty ? .gone : isLast ? meaning.signal("expires", program.expires.description, in: [:]) : nil)
    }
  }

  private func deadlines(_ place: Place, _ terminal: Terminal) -> String {
    place.programs.filter { !$0.deadlines.isEmpty }.map { program in
      let lines = program.deadlines.map { day, meaning in
        let left = day - place.today
        let signal = Meaning(today: place.today).signal("days-left", String(left + 1), in: [:])
        let away = left == 0 ? "today" : left == 1 ? "tomorrow" : "in \(left) days"
        return "  \(day)  \(terminal.paint(away.padded(to: 11), signal))  \(meaning)"
      }
      return ([terminal.bold("Next deadlines of \(program.code)")] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// So many districts fit on one screen.
  private static let mostDistricts = 15

  private func choices(_ terminal: Terminal) -> String {
    let shown = standpoint.districts.prefix(Self.mostDistricts)
    let width = shown.map(\.code.count).max() ?? 0
    var lines = shown.map { "  \($0.code.padded(to: width))  \($0.name.cut(to: max(10, terminal.width - width - 4)))" }
    if shown.count < standpoint.districts.count {
      lines.append("  and \(standpoint.districts.count - shown.count) more: seatctl tenant.list")
    }
    return lines.joined(separator: "\n")
  }

  private func next(_ terminal: Terminal) -> String {
    let steps = Self.steps(of: standpoint, place)
    let width = steps.map(\.command.count).max() ?? 0
    let lines = steps.map { "  \($0.command.padded(to: width))  \(terminal.dim($0.meaning))" }
    return ([terminal.bold("Next")] + lines).joined(separator: "\n")
  }

  /// What somebody of that role does most.
  private static func steps(of standpoint: Standpoint, _ place: Place?) -> [(command: String, meaning: String)] {
    let roles = Set(place?.district.roles ?? standpoint.districts.flatMap(\.roles))
    var tenant = ""
    if standpoint.isOperator || place == nil {
      tenant = " --tenant \(place?.district.code ?? standpoint.districts.first?.code ?? "CODE")"
    }
    var steps: [(String, String)] = []
    let readsAll = standpoint.isOperator || !roles.isDisjoint(with: ["finance", "auditor", "operator"])
    if standpoint.districts.isEmpty, standpoint.isOperator {
      steps.append(("seatctl tenant.add --help", "add a district"))
    } else if readsAll || roles.contains("school") {
      steps.append(("seatctl balance\(tenant)", "where the seats are"))
    }
    if roles.contains("school") { steps.append(("seatctl reserve --help", "reserve a student's attempt")) }
    if readsAll, !standpoint.districts.isEmpty {
      steps += [
        ("seatctl costs\(tenant) --by fund", "where the money is"),
        ("seatctl forecast\(tenant)", "what will be wasted"),
        ("seatctl statement\(tenant) --month last", "a month to be signed"),
      ]
    }
    if roles.contains("approver") { steps.append(("seatctl approve --help", "approve a third try")) }
    return steps + [("seatctl help", "every command")]
  }
}
