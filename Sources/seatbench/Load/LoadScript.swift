import SeatClient

/// Reserves a seat for a new candidate, starts the attempt, and so on for ever; now and then it asks for a balance.
struct LoadScript: Script {
  private let schools: [(tenant: String, school: String)]
  private let balancePercent: Int
  private let usesKeys: Bool
  private var keys = IdempotencyKeys()
  private var random: SplitMix64
  private var candidates = 0
  private let candidatePrefix: String
  /// What the unanswered requests are, oldest first.
  private var unanswered: [Kind] = []
  /// Reserved and not started yet: the last one first.
  private var startable: [(tenant: String, attempt: Int64)] = []
  private(set) var errors: [String: Int] = [:]
  private(set) var isFinished = false

  private enum Kind {
    case reserve(tenant: String)
    case other
  }

  init(connection: Int, run: String, schools: [(tenant: String, school: String)], balancePercent: Int, usesKeys: Bool) {
    candidatePrefix = "\(run)x\(connection)c"
    self.schools = schools
    self.balancePercent = balancePercent
    self.usesKeys = usesKeys
    // Seeds that stand side by side would make one stream of all, each a step ahead of the next: connections that met in
    // it would go on together, in one batch and to the same school.
    var seeds = SplitMix64(seed: UInt64(connection))
    random = SplitMix64(seed: seeds.next())
  }

  mutating func next(into bytes: inout [UInt8]) -> Bool {
    let (tenant, school) = schools[Int(random.next() % UInt64(schools.count))]
    func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
    if balancePercent > 0, Int(random.next() % 100) < balancePercent {
      add("balance tenant=\(tenant) school=\(school)\n")
      unanswered.append(.other)
      return true
    }
    if let (tenant, attempt) = startable.popLast() {
      add("start tenant=")
      add(tenant)
      add(" proctor=attested attempt=")
      add(String(attempt))
      unanswered.append(.other)
    } else {
      candidates += 1
      add("reserve tenant=")
      add(tenant)
      add(" school=")
      add(school)
      add(" test=brakes candidate=")
      add(candidatePrefix)
      add(String(candidates))
      unanswered.append(.reserve(tenant: tenant))
    }
    if usesKeys {
      add(" +idem=")
      add(keys.next())
    }
    bytes.append(UInt8(ascii: "\n"))
    return true
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    let kind = unanswered.removeFirst()
    if line.begins(with: "ERR ") {
      let code = String(decoding: line.dropFirst(4).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
      errors[code, default: 0] += 1
    } else if case .reserve(let tenant) = kind, let attempt = number("attempt", in: line) {
      startable.append((tenant, attempt))
    }
  }
}

/// A small random generator with a seed, so that a run can be repeated (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
