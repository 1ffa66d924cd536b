import Foundation
import SwiftCSV

/// A district as a state's report card shows it.
struct District {
  let code: String
  let name: String
  var schools: [School]

  struct School {
    let code: String
    let name: String
    /// Industry credentials that its students earned in the year.
    let credentials: Int
  }

  var credentials: Int { schools.reduce(0) { $0 + $1.credentials } }
}

extension District {
  /// Reads a report card: columns `district`, `district_name`, `school`, `school_name` and `credentials_earned`, in any
  /// order, among others. A school without credentials has nobody to seat.
  static func read(_ file: String, only code: String?) throws -> [District] {
    let csv = try CSV<Named>(url: URL(fileURLWithPath: file))
    var districts: [String: District] = [:]
    for (index, row) in csv.rows.enumerated() {
      func column(_ name: String) throws -> String {
        guard let value = row[name] else { throw DistrictError.noColumn(name, line: index + 2) }
        return value
      }
      let district = try column("district").lowercased()
      if let code, code.lowercased() != district { continue }
      let credentials = try Int(column("credentials_earned")) ?? 0
      let name = try column("district_name")
      let school = School(
        code: try column("school").lowercased(), name: try column("school_name"), credentials: credentials)
      districts[district, default: District(code: district, name: name, schools: [])].schools.append(school)
    }
    guard !districts.isEmpty else { throw DistrictError.nothing(code) }
    return districts.values.sorted { $0.code < $1.code }
  }
}

enum DistrictError: Error, CustomStringConvertible {
  case noColumn(String, line: Int)
  case nothing(String?)

  var description: String {
    switch self {
    case .noColumn(let name, let line): "line \(line) has no column \(name)"
    case .nothing(let code): code.map { "the file names no school of district \($0)" } ?? "the file names no school"
    }
  }
}
