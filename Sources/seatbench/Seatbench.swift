import ArgumentParser

@main
struct Seatbench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seatbench",
    abstract: "Loads a seatledgerd, and plays whole academic years through it.",
    version: "1.0", subcommands: [Load.self, Year.self, AttackCommand.self], defaultSubcommand: Load.self)
}
