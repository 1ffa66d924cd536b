import ArgumentParser
import SeatClient
import SeatProtocol

/// Tenants and schools of a run's own, with more seats than it can use.
struct LoadSchools {
  let all: [(tenant: String, school: String)]

  private static let schoolsOfATenant = 5

  /// - Parameter run: what the tenants' codes begin with.
  init(tenants: Int, run: String, socket: String) throws {
    var connection = try ControlConnection.open(socket)
    var schools: [(String, String)] = []
    for tenant in (0..<tenants).map({ "\(run)-\($0)" }) {
      var lines = ["tenant.add tenant=\(tenant) name=bench zone=America/New_York"]
      for school in (0..<Self.schoolsOfATenant).map({ "school-\($0)" }) {
        lines += [
          "school.add tenant=\(tenant) school=\(school) name=bench",
          "purchase tenant=\(tenant) school=\(school) program=ase-entry-level seats=1000000 unit-price=40.00",
        ]
        schools.append((tenant, school))
      }
      for line in lines {
        let reply = try connection.ask(line)
        guard reply.last?.kind == .ok else { throw ValidationError("\(line): \(reply.last?.body ?? "")") }
      }
    }
    all = schools
  }
}
