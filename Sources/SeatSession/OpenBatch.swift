package import SeatLedger
package import SeatProtocol

/// Lines that were queued since `batch.begin`.
package struct OpenBatch: Sendable {
  package let tenant: TenantCode
  package let options: RequestLine.Options
  package fileprivate(set) var lines: [RequestLine] = []
  fileprivate var bytes = 0
  /// Lines that came, bad ones included.
  fileprivate var count = 0
  /// The first bad line and its place, from 0: the batch can only be dropped.
  package fileprivate(set) var spoiltBy: (place: Int, refusal: Refusal)?

  /// A batch is one transaction, and its lines are in memory until the commit.
  package static let mostLines = 1_000
  package static let mostBytes = 1 << 20
}

extension Conversation {
  package mutating func beginBatch(_ line: RequestLine, tenant: TenantCode) -> Reply {
    guard batch == nil else {
      return .refused(Refusal(.batchAlreadyOpen, nil, "a batch is open already; batch.commit or batch.abort ends it"))
    }
    batch = OpenBatch(tenant: tenant, options: line.options)
    return .ok()
  }

  /// Queues a line that its principal may send, or spoils the batch with it.
  package mutating func queue(_ line: RequestLine) -> Reply {
    guard let open = batch else {
      return .refused(Refusal(.batchNotOpen, nil, "no batch is open; batch.begin opens one"))
    }
    if let refusal = refusal(of: line, in: open) {
      spoilBatch(refusal)
      return .refused(refusal)
    }
    batch?.lines.append(line)
    batch?.bytes += line.bytes
    batch?.count += 1
    var fields = Fields()
    fields.add(.queued, open.lines.count + 1)
    return .ok(fields)
  }

  private func refusal(of line: RequestLine, in open: OpenBatch) -> Refusal? {
    guard open.lines.count < OpenBatch.mostLines, open.bytes + line.bytes <= OpenBatch.mostBytes else {
      return Refusal(.batchTooLong, nil, "a batch holds at most \(OpenBatch.mostLines) lines and 1 MiB")
    }
    guard line.command.effect == .change, line.command.name != .batchBegin else {
      return .badValue("command", "a batch holds changes only; \(line.command.name.rawValue) is none")
    }
    if line.command.name == .tokenIssue {
      return .badValue("command", "token.issue shows a secret, which a batch has no place for; send it by itself")
    }
    if line.options.key != nil { return .badValue("+idem", "one key covers all lines: give it to batch.begin") }
    if line.options.isDry { return .badValue("+dry", "give +dry to batch.begin") }
    if let tenant: TenantCode = line.code(.tenant), tenant != open.tenant {
      return .badValue("tenant", "a batch is of one tenant; this one is of \(open.tenant)")
    }
    return nil
  }

  package mutating func spoilBatch(_ refusal: Refusal) {
    guard let open = batch else { return }
    if open.spoiltBy == nil { batch?.spoiltBy = (open.count, refusal) }
    batch?.count += 1
  }

  @discardableResult
  package mutating func endBatch() -> OpenBatch? {
    defer { batch = nil }
    return batch
  }
}
