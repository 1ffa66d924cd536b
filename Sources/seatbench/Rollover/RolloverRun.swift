import ArgumentParser
import Foundation
import SeatClient
import SeatLedger
import SeatProtocol
import Synchronization

/// One `rollover` on a connection and a thread of its own, timed from its request to its OK.
final class RolloverRun: Sendable {
  private let result = Mutex<Result<Report, any Error>?>(nil)

  struct Report {
    let pools: Int
    let microseconds: UInt64
  }

  init(socket: String) {
    Thread.detachNewThread { [self] in
      let result = Result { try Self.roll(socket) }
      self.result.withLock { $0 = result }
    }
  }

  var isFinished: Bool { result.withLock { $0 != nil } }

  /// - Throws: where the rollover was refused, or is not finished.
  func report() throws -> Report {
    guard let result = result.withLock(\.self) else { throw ValidationError("the rollover is not finished") }
    return try result.get()
  }

  private static func roll(_ socket: String) throws -> Report {
    var connection = try ControlConnection.open(socket)
    let start = Driver<ReserveScript>.now
    let end = try connection.ask("rollover").last
    guard let end, end.kind == .ok else { throw ValidationError("rollover: \(end?.body ?? "")") }
    return Report(
      pools: end.value(.pools).flatMap { Int($0) } ?? 0, microseconds: Driver<ReserveScript>.now - start)
  }
}
