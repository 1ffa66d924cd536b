import SeatClient
import SeatLedger

/// A rehearsal that was saved: what `rollover --dry` or `rollover.report` printed, as TSV or JSON.
struct Rehearsal {
  let kind: Kind
  let rows: [ReplyValues]
  /// The year that all of its lines are of, where they tell.
  let year: String?
  /// The tenant that all of its lines are of.
  let tenant: String?

  enum Kind {
    /// A line a tenant.
    case tenants
    /// A line a pool.
    case pools

    /// What tells one line from the others.
    var key: [FieldName] {
      switch self {
      case .tenants: [.tenant]
      case .pools: [.tenant, .school, .program, .kind, .fund, .expires]
      }
    }
  }

  init(file: String) throws(Failure) {
    let bytes: [UInt8]
    do throws(InputFault) {
      bytes = try InputFile.bytes(of: file)
    } catch {
      throw .usage(UsageError(error.message))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .usage(UsageError("\(file) is no text; \(Self.wayOut)"))
    }
    try self.init(text: text, from: file)
  }

  init(text: String, from file: String) throws(Failure) {
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    // A report in JSON that holds no pool holds nothing.
    let header = lines.first?.hasPrefix("{") == false ? lines.first.map(Self.cells) ?? [] : []
    let all = header.isEmpty ? try Self.json(lines, file) : try Self.tsv(lines, header, file)
    let names = all.reduce(into: Set(header)) { $0.formUnion($1.names) }
    func has(_ fields: [FieldName]) -> Bool { fields.allSatisfy { names.contains($0.rawValue) } }
    if has(Kind.pools.key + [.expiredIdle]) || lines.isEmpty {
      (kind, rows) = (.pools, all)
    } else if has([.tenant, .expiredIdle]) {
      (kind, rows) = (.tenants, all)
    } else if has([.tenants, .expiredIdle]), all.allSatisfy({ $0.count(.tenants) == 0 }) {
      (kind, rows) = (.tenants, [])
    } else {
      throw .usage(
        UsageError("\(file) is no rehearsal; \(Self.wayOut)"))
    }
    let years = Set(
      all.compactMap { values in
        values[.year] ?? values[.expires].flatMap { CivilDate($0) }.map { AcademicYear(containing: $0).description }
      })
    year = years.count == 1 ? years.first : nil
    let tenants = Set(all.compactMap { $0[.tenant] })
    tenant = tenants.count == 1 ? tenants.first : nil
  }

  private static let wayOut = "seatctl rollover.report --tenant T > FILE saves one, pool by pool"

  private static func json(_ lines: [String], _ file: String) throws(Failure) -> [ReplyValues] {
    var rows: [ReplyValues] = []
    for (index, line) in lines.enumerated() {
      guard let values = ReplyValues(text: line) else {
        throw .usage(UsageError("line \(index + 1) of \(file) is no JSON object"))
      }
      rows.append(values)
    }
    return rows
  }

  private static func cells(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }

  private static func tsv(
    _ lines: [String], _ header: [String], _ file: String
  ) throws(Failure) -> [ReplyValues] {
    var rows: [ReplyValues] = []
    for (index, line) in lines.dropFirst().enumerated() {
      let row = cells(line)
      guard row.count == header.count else {
        throw .usage(UsageError("line \(index + 2) of \(file) has \(row.count) columns, its header \(header.count)"))
      }
      rows.append(ReplyValues(zip(header, row).map { (name: $0, value: $1) }))
    }
    return rows
  }
}
