import Glibc
import SeatClient

/// Carries out one attack in a thread of its own until it is told to stop.
enum Attacker: Sendable {
  case flood(Flood)
  /// Waits for each answer, on many connections.
  case crowd(Driver<RepeatingScript>)

  /// - Parameter token: whom a crowd speaks for.
  init(_ attack: Attack, socket: String, tenant: String, school: String, token: String) throws {
    let payload = attack.payload(tenant: tenant, school: school)
    guard attack.waitsForAnswers else {
      self = .flood(try Flood(attack, socket: socket, payload))
      return
    }
    let script = RepeatingScript(
      String(decoding: payload.dropLast(), as: UTF8.self), opening: "auth token=\(token)")
    self = .crowd(
      try Driver(socket: socket, scripts: Array(repeating: script, count: attack.connections), depth: 1))
  }

  mutating func run(while goesOn: () -> Bool) throws {
    switch self {
    case .flood(var flood): try flood.run(while: goesOn)
    case .crowd(var driver):
      defer { driver.close() }
      // Looks up now and then whether it is to stop.
      while goesOn() { try driver.run(until: Driver<RepeatingScript>.now + 10_000) }
    }
  }
}
