import ArgumentParser
import SeatProtocol

@main
struct Seatbench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seatbench",
    abstract: "Loads a seatledgerd, plays whole academic years through it, ends them, and proves them.",
    version: Version.current,
    subcommands: [Load.self, Year.self, Rollover.self, AttackCommand.self, AgeCommand.self, ProofCommand.self],
    defaultSubcommand: Load.self)
}
