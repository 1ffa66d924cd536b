import ArgumentParser
import Glibc
import SeatClient
import SeatProtocol

/// Whether what people ask every day is answered as fast in an old ledger as in a new one.
struct AgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "age",
    abstract: "Measures the questions of every day while a tenant's journal grows.")

  @Option(help: "The daemon's control socket.")
  var socket = ControlConnection.standardPath

  @Option(parsing: .upToNextOption, help: "Entries of the journal at which to measure, each more than the one before.")
  var entries: [Int64] = [10_000, 100_000, 1_000_000]

  @Option(help: "Times that each question is asked.")
  var times = 15

  func validate() throws {
    guard !entries.isEmpty, entries.allSatisfy({ (1_000...10_000_000).contains($0) }),
      zip(entries, entries.dropFirst()).allSatisfy(<)
    else { throw ValidationError("--entries takes numbers from 1000 to 10000000, each more than the one before") }
    guard (1...1_000).contains(times) else { throw ValidationError("--times takes 1 to 1000") }
  }

  func run() throws {
    let growth = try JournalGrowth(socket: socket)
    let questions = Self.questions(growth.tenant)
    for count in entries {
      try growth.grow(to: count)
      var connection = try ControlConnection.open(socket)
      var result = "result entries=\(count)"
      for (name, line) in questions { result += " \(name)_us=\(try median(line, &connection))" }
      print(result)
      // A script that reads along hears of it at once.
      fflush(nil)
    }
  }

  private static func questions(_ tenant: String) -> [(name: String, line: String)] {
    [
      ("balance", "balance tenant=\(tenant)"),
      ("balance_school", "balance tenant=\(tenant) school=school-1"),
      ("costs", "costs tenant=\(tenant)"),
      ("statement", "statement tenant=\(tenant)"),
      ("statement_school", "statement tenant=\(tenant) school=school-1"),
      ("attempts", "attempts tenant=\(tenant) candidate=c100"),
      ("eligibility", "eligibility tenant=\(tenant) school=school-1 candidate=c100 test=brakes"),
    ]
  }

  /// Microseconds from the request to its last line.
  private func median(_ line: String, _ connection: inout ControlConnection) throws -> UInt64 {
    var took: [UInt64] = []
    for _ in 0..<times {
      let start = Driver<GrowthScript>.now
      let reply = try connection.ask(line)
      took.append(Driver<GrowthScript>.now - start)
      guard reply.last?.kind == .ok else { throw ValidationError("\(line): \(reply.last?.body ?? "")") }
    }
    return took.sorted()[took.count / 2]
  }
}
