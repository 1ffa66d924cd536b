import ArgumentParser
import SeatClient

struct Rollover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds due pools in six time zones and measures their rollover beside live reserves.",
    discussion: """
      The daemon must run under a test clock and with --no-rollover: seatledgerd --test-clock 2024-08-01T09:00:00Z \
      --no-rollover. Every run moves its clock on to the next July 1, so runs can follow each other.
      """)

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(help: "Pools that fall due.")
  var pools = 10_000

  @Option(help: "Districts that they belong to; without it one for every 77 pools.")
  var tenants: Int?

  @Option(help: "Of 100 pools, so many with a reserved seat that nobody used.")
  var reserved = 10

  @Option(help: "Connections that reserve all the while, one request in flight on each; 0 for none.")
  var connections = 16

  @Option(help: "Seconds of reserves alone, before the rollover.")
  var seconds = 5

  func validate() throws {
    guard (1...10_000_000).contains(pools) else { throw ValidationError("--pools takes 1 to 10000000") }
    guard (0...100).contains(reserved) else { throw ValidationError("--reserved takes 0 to 100") }
    guard (0...128).contains(connections) else { throw ValidationError("--connections takes 0 to 128") }
    guard (0...86_400).contains(seconds) else { throw ValidationError("--seconds takes 0 to 86400") }
    if let tenants, !(1...pools).contains(tenants) { throw ValidationError("--tenants takes 1 to \(pools)") }
  }

  func run() throws {
    let nation = Nation(pools: pools, tenants: tenants ?? max(1, pools / 77), reservedPercent: reserved)
    var measurement = try RolloverMeasurement(socket: socket, nation: nation, connections: connections)
    try measurement.run(seconds: seconds)
  }
}
