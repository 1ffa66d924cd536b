import Foundation
import TestSupport
import Testing

/// A year is imported, played and closed; then hledger and beancount count it again.
@Suite("A second opinion")
struct SecondOpinionTests {
  /// Two small districts, so that a year takes seconds. `Scripts/second-opinion --data FILE` plays a whole state.
  private static let reportCard = """
    district,district_name,school,school_name,county,credentials_earned
    00A,North Academy,00A000,"North Academy, Main Campus",Durham,21
    010,Southern Schools,010303,Early College,Alamance,5
    010,Southern Schools,010324,Eastern High,Alamance,64
    010,Southern Schools,010311,Career Center,Alamance,

    """

  @Test("hledger and the ledger agree to the seat and the cent, on past days and at the year's end")
  func year() throws {
    let daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2024-07-01T08:00:00-04:00")
    let card = "\(daemon.directory)/card.csv"
    try Self.reportCard.write(toFile: card, atomically: true, encoding: .utf8)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("second_opinion.py")
    let told = try run(
      "/usr/bin/env",
      [
        "python3", script.path, TestDaemon.program("seatctl"), TestDaemon.program("seatbench"), daemon.socket, card,
        "5",
      ])
    #expect(told.status == 0, "\(told.output.suffix(2_000)) \(told.errors.suffix(2_000))")
    #expect(told.output.contains("2 districts, ") && told.output.contains(" 0 differences;"), "\(told.output)")
  }
}
