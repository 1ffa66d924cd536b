/// Values that show how an argument is written; a made-up school of a made-up district.
extension CommandSpec.Argument {
  package var example: String {
    switch type {
    case .date: name == .to || name == .until ? "2025-03-31" : "2025-03-01"
    case .moment: "2025-02-03T09:00"
    case .time: "2025-02-03T09:00"
    case .instant: "2025-06-30T23:59:50-04:00"
    case .year: "2024-2025"
    case .money: name == .unitPrice ? "40.00" : "25.00"
    case .candidate: "k7Qm"
    case .number: name == .attempt ? "12" : "3"
    case .flag, .yes: "yes"
    // The first role, the operator's, is nothing to copy without a thought.
    case .choice(let words): name == .role ? "finance" : words.first ?? ""
    case .zone: "America/New_York"
    case .principal: "uid:1001"
    case .token: "ID.SECRET"
    case .head: "SEQ:HASH"
    case .key: "po-4500123"
    case .countOr(let word, _): word
    case .code, .text, .count: byName
    }
  }

  private var byName: String {
    switch name {
    case .tenant: "920"
    case .school, .from: "920318"
    case .to: "920312"
    case .program: "ase-entry-level"
    case .series: "collision"
    case .test: "painting-refinishing"
    case .fund: "perkins"
    case .seats: "40"
    case .po: "4500123"
    case .invoice: "A-7"
    case .name: isCode ? "desk" : "Apex High"
    case .reason: "ordered twice"
    case .minutes: "60"
    case .number: "3"
    case .purchased, .reserved: "40"
    case .burned: "31"
    case .command: "reserve"
    default: "1"
    }
  }

  private var isCode: Bool { type == .code }
}

extension CommandSpec {
  /// A whole request with what is needed and what people mostly add.
  package var example: [(name: ArgumentName, value: String)] {
    arguments.filter { argument in
      if argument.isRequired { return true }
      switch argument.name {
      case .tenant: return scope == .tenant
      case .on: return argument.type == .moment
      case .proctor: return true
      // A pool is named by its year or, for some programs, by its expiry date.
      case .year: return self[.expires] != nil
      default: return false
      }
    }.map { ($0.name, $0.example) }
  }
}
