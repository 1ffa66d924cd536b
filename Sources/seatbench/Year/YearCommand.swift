import ArgumentParser
import SeatClient
import SeatProtocol

struct Year: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "year",
    abstract: "Plays a whole academic year of real districts through a daemon with a test clock.",
    discussion: """
      Every credential that a school earned becomes one made-up student who tries one test. The daemon must have been \
      started with --test-clock 2024-07-01T08:00:00-04:00 on a new ledger.
      """)

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(help: "A report card as CSV; without it a sample district is played.")
  var data: String?

  @Option(help: "Only this district of the file.")
  var district: String?

  @Flag(help: "The districts, their schools and their seats are in the ledger already.")
  var bought = false

  @Option(help: "Another seed makes another year.")
  var seed: UInt64 = 1

  func run() throws {
    let districts = try data.map { try District.read($0, only: district) } ?? [.sample]
    var play = try YearPlay(socket: socket, districts: districts, seed: seed, isBought: bought)
    try play.run()
  }
}
