/// Districts with due pools, spread over the six time zones of the United States.
struct Nation {
  let pools: Int
  let tenants: Int
  /// Of 100 pools, so many with a reserved seat.
  let reservedPercent: Int

  static let zones = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu",
  ]

  /// Schools of a district share its pools; each holds one for every fund.
  private static let fundsOfASchool = 11

  func code(_ tenant: Int, of run: String) -> String { "\(run)-\(tenant)" }

  func zone(_ tenant: Int) -> String { Self.zones[tenant % Self.zones.count] }

  /// The first districts have one pool more where the pools cannot be shared out evenly.
  func pools(of tenant: Int) -> Int { pools / tenants + (tenant < pools % tenants ? 1 : 0) }

  /// The requests that build a district, batches included.
  func lines(of tenant: Int, run: String, year: String) -> [String] {
    let count = pools(of: tenant)
    var changes = (0..<(count + Self.fundsOfASchool - 1) / Self.fundsOfASchool).map {
      "school.add school=s\($0) name=S"
    }
    var reserves = 0
    for pool in 0..<count {
      let school = pool / Self.fundsOfASchool
      changes.append(
        "purchase school=s\(school) program=ase-entry-level year=\(year) fund=f\(pool % Self.fundsOfASchool) seats=10 "
          + "unit-price=40.00")
      guard pool % 100 < reservedPercent else { continue }
      changes.append(
        "reserve school=s\(school) candidate=\(run)c\(reserves) test=brakes fund=f\(pool % Self.fundsOfASchool)")
      reserves += 1
    }
    let code = code(tenant, of: run)
    var lines = ["tenant.add tenant=\(code) name=bench zone=\(zone(tenant))"]
    // A batch holds at most a thousand lines.
    for start in stride(from: 0, to: changes.count, by: 1_000) {
      lines.append("batch.begin tenant=\(code)")
      lines += changes[start..<min(start + 1_000, changes.count)]
      lines.append("batch.commit")
    }
    return lines
  }
}
