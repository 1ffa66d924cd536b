import ArgumentParser

@main
struct Seatbench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seatbench",
    abstract: "Loads a seatledgerd, plays whole academic years through it, and ends them.",
    version: "1.0", subcommands: [Load.self, Year.self, Rollover.self, AttackCommand.self], defaultSubcommand: Load.self
  )
}
