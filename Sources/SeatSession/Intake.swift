internal import DequeModule
internal import SeatLedger
internal import SeatProtocol

// What a client sends, from bytes to requests.

extension Conversation {
  /// - Parameter bytes: read before the call returns.
  package mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    if !isInputClosed { framer.append(bytes) }
  }

  /// The client will send nothing more.
  package mutating func endInput() { isInputClosed = true }

  /// Takes the next line that has come, if there is room for another request.
  ///
  /// - Returns: whether there was one; an empty one counts, although it asks for nothing.
  package mutating func takeLine() -> Bool {
    guard inFlight < Self.mostInFlight else { return false }
    switch framer.next() {
    case .line(let bytes):
      do throws(BadLine) {
        if let line = try RequestParser.parse(bytes) { backlog.append(.line(line)) }
      } catch {
        backlog.append(.bad(error))
      }
    case .tooLong(let beginning):
      backlog.append(.bad(BadLine(tag: RequestParser.tag(of: beginning), refusal: .lineTooLong)))
    case nil:
      // A last line without its end is never run: a cut-off seats=100 may read seats=10.
      guard isInputClosed, framer.hasPartialLine else { return false }
      if let line = framer.end() {
        backlog.append(.bad(BadLine(tag: RequestParser.tag(of: line), refusal: .unterminatedLine)))
      }
    }
    return true
  }

  /// Something has come that no request was made of yet.
  package var hasWork: Bool { !backlog.isEmpty || framer.waiting > 0 }

  /// A line has begun that is not at its end, and the client can still end it.
  package var waitsForLine: Bool { !isInputClosed && framer.hasPartialLine }

  /// Everything has come and is answered.
  package var isOver: Bool { isInputClosed && isIdle && !framer.hasPartialLine }
}

extension Refusal {
  fileprivate static var lineTooLong: Self {
    Refusal(.lineTooLong, nil, "a line is at most \(LineFramer.mostBytes) bytes with its end; this one was skipped")
  }

  fileprivate static var unterminatedLine: Self {
    Refusal(.unterminatedLine, nil, "the last line had no end and was not run")
  }
}
