import SeatClient

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
    let bytes: [UInt8]
    do throws(InputFault) {
      bytes = try InputFile.bytes(of: file)
    } catch {
      throw DistrictError.noFile(error)
    }
    let csv = CSVFile(bytes)
    if let fault = csv.faults.first { throw DistrictError.fault(fault) }
    var districts: [String: District] = [:]
    for record in csv.records {
      func column(_ name: String) throws -> String {
        guard let index = csv.header.firstIndex(of: name) else { throw DistrictError.noColumn(name) }
        return record.cells[index]
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
  case noFile(InputFault)
  case fault(CSVFault)
  case noColumn(String)
  case nothing(String?)

  var description: String {
    switch self {
    case .noFile(let fault): fault.message
    case .fault(let fault): "line \(fault.line): \(fault.message)"
    case .noColumn(let name): "the file has no column \(name)"
    case .nothing(let code): code.map { "the file names no school of district \($0)" } ?? "the file names no school"
    }
  }
}
