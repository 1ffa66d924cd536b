import Crypto
import SeatLedger
import SeatProtocol

/// Rows of one district that are done together or not at all.
struct ImportBatch {
  let tenant: String?
  private(set) var rows: [ImportRow]
  /// Made from what the rows of the file say, so that the same rows are never done twice.
  private(set) var key: String
  /// What the ledger has answered for each row, in their order.
  var answers: [Fields] = []
  var state = State.waiting

  enum State {
    case waiting
    case done
    /// By an import of the same rows before this one.
    case doneEarlier
  }

  /// The daemon takes so many lines and bytes at once.
  private static let mostLines = 1_000
  private static let mostBytes = 1 << 20

  private init(tenant: String?, rows: [ImportRow], kind: ImportKind) {
    self.tenant = tenant
    self.rows = rows
    key = Self.key(of: rows, kind)
  }

  private static func key(of rows: [ImportRow], _ kind: ImportKind) -> String {
    var hash = SHA256()
    for row in rows { hash.update(data: Array("\(row.canonical)\n".utf8)) }
    let digits = hash.finalize().map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    return "import-\(kind.rawValue)-\(digits)"
  }

  /// Gives each row another form, such as one that names its attempt, and leaves out the rows that have none.
  ///
  /// What is left out may be imported another time, so it must not be part of the key.
  mutating func keep(_ kind: ImportKind, _ form: (Int, ImportRow) -> ImportRow?) {
    let forms = rows.enumerated().map { ($1, form($0, $1)) }
    if forms.contains(where: { $0.1 == nil }) { key = Self.key(of: forms.filter { $0.1 != nil }.map(\.0), kind) }
    rows = forms.compactMap(\.1)
  }

  /// The same rows always make the same batches.
  ///
  /// A school's rows stay together where they fit: they draw on the same seats, and a rehearsal judges each batch by
  /// itself.
  static func batches(of rows: [ImportRow], _ kind: ImportKind) -> [ImportBatch] {
    var batches: [ImportBatch] = []
    for rows in grouped(rows, by: { $0.tenant ?? "" }) {
      var open: [ImportRow] = []
      var bytes = 0
      func close() {
        if !open.isEmpty { batches.append(ImportBatch(tenant: open[0].tenant, rows: open, kind: kind)) }
        (open, bytes) = ([], 0)
      }
      for group in kind == .roster ? grouped(rows, by: { $0[.school] ?? "" }) : [rows] {
        let sizes = group.map { $0.request(kind).utf8.count + 1 }
        let isWhole = group.count <= mostLines && sizes.reduce(0, +) <= mostBytes
        if isWhole, open.count + group.count > mostLines || bytes + sizes.reduce(0, +) > mostBytes { close() }
        for (row, size) in zip(group, sizes) {
          if open.count == mostLines || bytes + size > mostBytes { close() }
          open.append(row)
          bytes += size
        }
      }
      close()
    }
    return batches
  }

  /// In the order in which the groups first appear.
  private static func grouped(_ rows: [ImportRow], by name: (ImportRow) -> String) -> [[ImportRow]] {
    var places: [String: Int] = [:]
    var groups: [[ImportRow]] = []
    for row in rows {
      let name = name(row)
      if let place = places[name] {
        groups[place].append(row)
      } else {
        places[name] = groups.count
        groups.append([row])
      }
    }
    return groups
  }
}
