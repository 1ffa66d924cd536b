/// Builds the districts that one connection is responsible for, one after the other.
struct NationScript: Script {
  private let nation: Nation
  private let run: String
  private let year: String
  private let tenants: Int
  private let step: Int
  private var tenant: Int
  private var lines: ArraySlice<String> = []
  /// The first refusal, which ends the building.
  private(set) var refusal: String?

  init(_ nation: Nation, run: String, year: String, connection: Int, of connections: Int) {
    self.nation = nation
    self.run = run
    self.year = year
    tenants = nation.tenants
    tenant = connection
    step = connections
  }

  var isFinished: Bool { refusal != nil || (lines.isEmpty && tenant >= tenants) }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    guard refusal == nil else { return false }
    if lines.isEmpty {
      guard tenant < tenants else { return false }
      lines = nation.lines(of: tenant, run: run, year: year)[...]
      tenant += step
    }
    guard let line = lines.popFirst() else { return false }
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    return true
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    if refusal == nil, line.begins(with: "ERR ") { refusal = String(decoding: line, as: UTF8.self) }
  }
}
