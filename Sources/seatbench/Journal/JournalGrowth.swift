import ArgumentParser
import SeatClient
import SeatLedger
import SeatProtocol

/// A tenant of five schools whose journal grows by reserves, one new candidate each.
struct JournalGrowth {
  let tenant: String
  private let socket: String
  private let schools: [String]

  init(socket: String) throws {
    let schools = try LoadSchools(tenants: 1, run: "j\(Driver<GrowthScript>.now)", socket: socket)
    self.socket = socket
    self.schools = schools.all.map(\.school)
    tenant = schools.all.first?.tenant ?? ""
  }

  /// - Parameter entries: what the journal is to hold then; more than it holds now.
  func grow(to entries: Int64) throws {
    var connection = try ControlConnection.open(socket)
    let reply = try connection.ask("balance tenant=\(tenant)").last
    guard let now = reply?.value(.seq).flatMap({ Int64($0) }) else { throw ValidationError("the daemon tells no seq") }
    let script = GrowthScript(tenant: tenant, schools: schools, candidates: now..<max(now, entries))
    var driver = try Driver(socket: socket, scripts: [script], depth: 512)
    defer { driver.close() }
    try driver.run()
    if let refusal = driver.scripts.first?.refusal { throw ValidationError(refusal) }
  }
}

/// Reserves in batches as large as they may be.
struct GrowthScript: Script {
  private let tenant: String
  private let schools: [String]
  private let last: Int64
  private var next: Int64
  /// Lines of the batch that is being said; `nil` between two.
  private var lines: Int?
  /// The first refusal, which ends the growth.
  private(set) var refusal: String?

  private static let linesOfABatch = 1_000

  init(tenant: String, schools: [String], candidates: Range<Int64>) {
    self.tenant = tenant
    self.schools = schools
    next = candidates.lowerBound
    last = candidates.upperBound
  }

  var isFinished: Bool { refusal != nil || (next == last && lines == nil) }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    guard !isFinished else { return false }
    switch lines {
    case .none:
      bytes.append(contentsOf: "batch.begin tenant=\(tenant)\n".utf8)
      lines = 0
    case .some(let count) where count < Self.linesOfABatch && next < last:
      let school = schools[Int(next) % schools.count]
      bytes.append(contentsOf: "reserve school=\(school) candidate=c\(next) test=brakes\n".utf8)
      next += 1
      lines = count + 1
    case .some:
      bytes.append(contentsOf: "batch.commit\n".utf8)
      lines = nil
    }
    return true
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    if refusal == nil, line.begins(with: "ERR ") { refusal = String(decoding: line, as: UTF8.self) }
  }
}
