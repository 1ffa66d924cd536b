import ArgumentParser
import Foundation
import Histogram
import SeatClient
import SeatLedger
import SeatProtocol
import Synchronization

/// How much later a well-behaved client is answered beside a hostile one.
struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Measures how late a well-behaved client is answered, alone and beside each kind of attacker in turn.",
    discussion: """
      The attacker and the client that measures are on the daemon's machine. Run as root, the client has a processor \
      whenever it needs one: what it measures is how late the daemon answers, not how long it waits for the attacker's \
      own work.
      """)

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(
    help: ArgumentHelp("Only these: \(Attack.allCases.map(\.rawValue).joined(separator: " ")).", valueName: "kind"))
  var only: [Attack] = []

  @Option(help: "Milliseconds of each measurement.")
  var milliseconds = 500

  @Option(help: "Measurements of each kind, in turn with and without the attacker.")
  var rounds = 5

  func validate() throws {
    guard (10...60_000).contains(milliseconds) else { throw ValidationError("--milliseconds takes 10 to 60000") }
    guard (1...1_000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 1000") }
  }

  func run() throws {
    let name = "a\(Driver<LoadScript>.now)"
    var connection = try ControlConnection.open(socket)
    // Of the same tenant, so of the same lane: nobody could be nearer.
    for line in [
      "tenant.add tenant=\(name) name=bench zone=America/New_York",
      "school.add tenant=\(name) school=good name=good", "school.add tenant=\(name) school=bad name=bad",
      "purchase tenant=\(name) school=good program=ase-entry-level seats=1000000 unit-price=40.00",
    ] {
      let reply = try connection.ask(line)
      guard reply.last?.kind == .ok else { throw ValidationError("\(line): \(reply.last?.body ?? "")") }
    }
    // Another principal than the client that measures.
    let token = try connection.ask("token.issue tenant=\(name) name=crowd").last?.value(.token) ?? ""
    _ = try connection.ask("grant.add tenant=\(name) principal=token:crowd role=finance")
    if !Self.goesFirst() { say("not as root: the client's own waits for a processor count, too") }
    say("µs: mean, median and 99 %; alone and beside the attacker")
    for attack in only.isEmpty ? Attack.allCases : only { try measure(attack, name, token) }
  }

  private func measure(_ attack: Attack, _ tenant: String, _ token: String) throws {
    for probe in Probe.allCases {
      var (alone, beside) = (Latencies(), Latencies())
      for round in 0..<rounds {
        try probe.run(socket, tenant, round: "\(attack.rawValue)a\(round)", milliseconds, into: &alone)
        try attacked(by: attack, tenant, token) {
          try probe.run(socket, tenant, round: "\(attack.rawValue)b\(round)", milliseconds, into: &beside)
        }
      }
      let figures = [
        ("mean", alone.mean, beside.mean), ("p50", alone.at(50), beside.at(50)), ("p99", alone.at(99), beside.at(99)),
      ].map { name, alone, beside in
        "alone_\(name)_us=\(alone) beside_\(name)_us=\(beside) "
          + "ratio_\(name)=\(String(format: "%.2f", Double(beside) / Double(max(1, alone))))"
      }
      say("result attack=\(attack.rawValue) request=\(probe.rawValue) \(figures.joined(separator: " "))")
    }
  }

  /// Lets this thread run before every ordinary one, but not the threads that it starts.
  ///
  /// - Returns: whether it may.
  private static func goesFirst() -> Bool {
    var lowest = sched_param(sched_priority: 1)
    return sched_setscheduler(0, SCHED_FIFO | 0x4000_0000 /* SCHED_RESET_ON_FORK */, &lowest) == 0
  }

  /// Prints a line at once, also into a file: a run takes minutes.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

  /// Runs `body` while the attack is under way.
  private func attacked(by attack: Attack, _ tenant: String, _ token: String, _ body: () throws -> Void) throws {
    let attacker = try Attacker(attack, socket: socket, tenant: tenant, school: "bad", token: token)
    let switches = Switches()
    Thread.detachNewThread {
      var attacker = attacker
      do {
        try attacker.run { switches.isOn.load(ordering: .relaxed) }
      } catch {
        FileHandle.standardError.write(Data("the attacker failed: \(error)\n".utf8))
      }
      switches.isDone.store(true, ordering: .releasing)
    }
    defer {
      switches.isOn.store(false, ordering: .relaxed)
      while !switches.isDone.load(ordering: .acquiring) { usleep(1_000) }
    }
    try body()
  }
}

extension Attack: ExpressibleByArgument {}

/// Between the thread that attacks and the one that measures.
private final class Switches: Sendable {
  let isOn = Atomic(true)
  let isDone = Atomic(false)
}
