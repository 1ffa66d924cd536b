package import SeatLedger

/// What a request is answered with: rows and notes, then one last line.
package struct Reply: Sendable {
  package var lines: [Line] = []
  package var end: End

  package enum Line: Sendable {
    case data(Fields)
    case note(Fields)
    /// A note in somebody else's format.
    case text(String)
    /// Of a watch: not part of the reply, but under its tag.
    case event(Fields)
  }

  package enum End: Sendable {
    case ok(Fields)
    case refused(Refusal)
  }

  package init(lines: [Line] = [], end: End) {
    self.lines = lines
    self.end = end
  }

  package static func ok(_ fields: Fields = Fields()) -> Self { Self(end: .ok(fields)) }

  package static func ok(rows: [Fields], notes: [Fields] = [], _ fields: Fields) -> Self {
    Self(lines: rows.map(Line.data) + notes.map(Line.note), end: .ok(fields))
  }

  package static func refused(_ refusal: Refusal) -> Self { Self(end: .refused(refusal)) }
}
