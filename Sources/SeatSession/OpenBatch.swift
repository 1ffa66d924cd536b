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

  /// - Parameter options: of its `batch.begin`; they are the whole batch's.
  package init(of tenant: TenantCode, options: RequestLine.Options) {
    self.tenant = tenant
    self.options = options
  }
}

extension Conversation {
  package mutating func begin(_ batch: OpenBatch) -> Reply {
    guard self.batch == nil else {
      return .refused(Refusal(.batchAlreadyOpen, nil, "a batch is open already; batch.commit or batch.abort ends it"))
    }
    self.batch = batch
    return .ok()
  }

  /// Queues a line that its principal may send, or spoils the batch with it.
  package mutating func queue(_ line: RequestLine) -> Reply {
    guard batch != nil else {
      return .refused(.batchNotOpen)
    }
    // Asked in place: a batch that is copied for a look at it would make the next line a copy of all of them.
    if let refusal = batch?.refusal(of: line) {
      spoilBatch(refusal)
      return .refused(refusal)
    }
    batch?.lines.append(line)
    batch?.bytes += line.bytes
    batch?.count += 1
    var fields = Fields()
    fields.add(.queued, batch?.lines.count ?? 0)
    return .ok(fields)
  }

  package mutating func spoilBatch(_ refusal: Refusal) {
    batch?.spoil(refusal)
  }

  /// Notes that a line was refused before it got here: a batch does not go on without it, and ends with what would have
  /// ended it.
  package mutating func spoilBatch(_ refusal: Refusal, by line: RequestLine) {
    if line.command.name == .batchCommit || line.command.name == .batchAbort { endBatch() }
    spoilBatch(refusal)
  }

  @discardableResult
  package mutating func endBatch() -> OpenBatch? {
    defer { batch = nil }
    return batch
  }
}

extension Refusal {
  package static var batchNotOpen: Self { Self(.batchNotOpen, nil, "no batch is open; batch.begin opens one") }
}

extension OpenBatch {
  /// Why a line cannot be queued.
  fileprivate func refusal(of line: RequestLine) -> Refusal? {
    guard lines.count < BatchLimit.lines, bytes + line.bytes <= BatchLimit.bytes else {
      return Refusal(
        .batchTooLong, nil, "a batch holds at most \(BatchLimit.lines) lines and \(BatchLimit.bytes >> 20) MiB")
    }
    guard line.command.effect == .change, line.command.name != .batchBegin else {
      return .badValue("command", "a batch holds changes only; \(line.command.name.rawValue) is none")
    }
    if line.command.name == .tokenIssue {
      return .badValue("command", "token.issue shows a secret, which a batch has no place for; send it by itself")
    }
    if line.options.key != nil { return .badValue("+idem", "one key covers all lines: give it to batch.begin") }
    if line.options.isDry { return .badValue("+dry", "give +dry to batch.begin") }
    if let other: TenantCode = line.code(.tenant), other != tenant {
      return .badValue("tenant", "a batch is of one tenant; this one is of \(tenant)")
    }
    return nil
  }

  fileprivate mutating func spoil(_ refusal: Refusal) {
    if spoiltBy == nil { spoiltBy = (count, refusal) }
    count += 1
  }
}
