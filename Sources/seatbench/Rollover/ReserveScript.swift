import SeatClient

/// Reserves a seat for one new candidate after the other, in one district after the other.
struct ReserveScript: Script {
  private let tenants: [String]
  private let name: String
  private var keys = IdempotencyKeys()
  private var candidates = 0
  private(set) var errors: [String: Int] = [:]
  private(set) var isFinished = false

  init(connection: Int, run: String, tenants: [String]) {
    name = "\(run)x\(connection)"
    self.tenants = tenants
  }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    candidates += 1
    let tenant = tenants[candidates % tenants.count]
    let line =
      "reserve tenant=\(tenant) school=district candidate=\(name)c\(candidates) test=brakes +idem=\(keys.next())\n"
    bytes.append(contentsOf: line.utf8)
    return true
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    guard line.begins(with: "ERR ") else { return }
    errors[String(decoding: line.dropFirst(4).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self), default: 0] += 1
  }
}
