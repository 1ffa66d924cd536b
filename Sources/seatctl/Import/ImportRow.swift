import Crypto
import SeatLedger
import SeatProtocol

/// One row of a file as the values of a command, and what has become of it.
struct ImportRow {
  let kind: ImportKind
  let line: Int
  let tenant: String?
  /// In one order, whatever the order of the file's columns.
  private(set) var values: [(name: ArgumentName, value: String)]
  /// Where the journal stood when an earlier import did what this row says, if that is undone and is to be done again.
  var behind: String?
  var state = State.waiting
  /// What the ledger has answered, or would.
  var answer = Fields()

  enum State {
    case waiting, refused, done
    /// By an earlier import.
    case doneEarlier
    /// By an earlier import of somebody else.
    case doneByAnother
  }

  /// - Parameter values: all cells of the row, its tenant included.
  init(kind: ImportKind, line: Int, values: [(name: ArgumentName, value: String)]) {
    self.kind = kind
    self.line = line
    tenant = values.first { $0.name == .tenant }?.value
    self.values =
      values.filter { $0.name != .tenant && !kind.isDefault($0.name, $0.value) }
      .sorted { $0.name.rawValue < $1.name.rawValue }
  }

  subscript(name: ArgumentName) -> String? { values.first { $0.name == name }?.value }

  /// All that the row says: two rows that say the same are one too many.
  var canonical: String { text(of: values) }

  /// The values that the command takes: a result's attempt, not the candidate by which it was found.
  private var arguments: [(name: ArgumentName, value: String)] { values.filter { kind.command[$0.name] != nil } }

  /// The request that the row stands for.
  var request: RequestText {
    var request = RequestText(kind.command.name.rawValue)
    if let tenant { request.add(ArgumentName.tenant.rawValue, tenant) }
    for (name, value) in arguments { request.add(name.rawValue, value) }
    return request
  }

  /// Made from what the row asks for and from nothing else, so that it is the same wherever the row stands in whichever
  /// file, and the ledger does it once.
  var key: String {
    let digest = SHA256.hash(data: Array("\(text(of: arguments))\n\(behind ?? "")".utf8))
    let digits = digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    return "import-\(kind.rawValue)-\(digits)"
  }

  private func text(of values: [(name: ArgumentName, value: String)]) -> String {
    var fields = Fields()
    for (name, value) in values { fields.add(name: name.rawValue, value: value) }
    return fields.string
  }

  /// The same row with its attempt's number.
  func naming(attempt: String) -> ImportRow {
    var row = self
    row.values.append((.attempt, attempt))
    row.values.sort { $0.name.rawValue < $1.name.rawValue }
    return row
  }
}
