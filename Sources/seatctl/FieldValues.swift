import SeatLedger

extension Fields {
  /// Values by name.
  var values: [String: String] { Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first } }

  subscript(name: FieldName) -> String? { pairs.first { $0.name == name.rawValue }?.value }
}
