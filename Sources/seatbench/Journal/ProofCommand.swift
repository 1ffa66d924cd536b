import ArgumentParser
import Foundation
import SeatClient
import SeatLedger
import SeatProtocol
import Synchronization

/// How fast a journal is proved, and what that costs those who reserve meanwhile.
struct ProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Measures verify, alone and beside a full load, and what the load loses by it.")

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(help: "Entries of the journal that is proved.")
  var entries: Int64 = 200_000

  @Option(help: "Connections that reserve and start, one request in flight on each.")
  var connections = 64

  @Option(help: "Seconds of each measurement of the load.")
  var seconds = 10

  @Option(help: "Measurements of each kind, in turn.")
  var rounds = 3

  private static let tenants = 20

  func validate() throws {
    guard (1_000...10_000_000).contains(entries) else { throw ValidationError("--entries takes 1000 to 10000000") }
    guard (1...128).contains(connections) else { throw ValidationError("--connections takes 1 to 128") }
    guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds takes 1 to 86400") }
    guard (1...1_000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 1000") }
  }

  func run() throws {
    let growth = try JournalGrowth(socket: socket)
    try growth.grow(to: entries)
    let name = "p\(Driver<LoadScript>.now)"
    let schools = try LoadSchools(tenants: Self.tenants, run: name, socket: socket).all
    let scripts = (0..<connections).map {
      LoadScript(connection: $0, run: name, schools: schools, balancePercent: 0, usesKeys: true)
    }
    var driver = try Driver(socket: socket, scripts: scripts, depth: 1)
    defer { driver.close() }
    var (proofs, alone, beside): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<rounds {
      // What is in flight must be answered first: a proof beside live commands makes way for them.
      try driver.rest()
      let start = Driver<LoadScript>.now
      try Proofs.run("verify tenant=\(growth.tenant)", socket)
      proofs.append(Double(entries) / Double(Driver<LoadScript>.now - start) * 1e6)
      alone.append(try load(&driver))
      let endless = Proofs(of: growth.tenant, socket: socket)
      beside.append(try load(&driver))
      try endless.end()
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    print(
      """
      result entries_per_second=\(Int(median(proofs))) commands_per_second_alone=\(Int(median(alone))) \
      commands_per_second_beside=\(Int(median(beside))) \
      ratio=\(String(format: "%.2f", median(beside) / median(alone))) \
      errors=\(driver.scripts.flatMap(\.errors.values).reduce(0, +))
      """)
  }

  /// Commands a second.
  private func load(_ driver: inout Driver<LoadScript>) throws -> Double {
    let (start, before) = (Driver<LoadScript>.now, driver.answered)
    try driver.run(until: start + UInt64(seconds) * 1_000_000)
    return Double(driver.answered - before) / Double(Driver<LoadScript>.now - start) * 1e6
  }
}

/// One proof after the other, on a connection and a thread of its own.
private final class Proofs: Sendable {
  private let isWanted = Atomic(true)
  private let outcome = Mutex<Result<Void, any Error>?>(nil)

  init(of tenant: String, socket: String) {
    Thread.detachNewThread { [self] in
      let result = Result {
        while isWanted.load(ordering: .relaxed) { try Self.run("verify tenant=\(tenant)", socket) }
      }
      outcome.withLock { $0 = result }
    }
  }

  /// Waits for the last one.
  func end() throws {
    isWanted.store(false, ordering: .relaxed)
    while true {
      if let outcome = outcome.withLock(\.self) { return try outcome.get() }
      usleep(1_000)
    }
  }

  static func run(_ line: String, _ socket: String) throws {
    var connection = try ControlConnection.open(socket)
    let end = try connection.ask(line).last
    guard let end, end.kind == .ok, end.value(.differences) == "0" else {
      throw ValidationError("\(line): \(end?.body ?? "")")
    }
  }
}
