import Foundation
import SeatLedger
import SeatProtocol

/// The values of a line by their names, whether it carries fields or one JSON object.
struct ReplyValues {
  private let values: [String: String]

  init(_ line: ReplyLine) { self = Self(text: line.body) ?? Self(line.fields.pairs) }

  init(_ pairs: [(name: String, value: String)]) {
    values = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// `nil` for a text that is no JSON object.
  init?(text: String) {
    guard text.hasPrefix("{"), let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
      let members = object as? [String: Any]
    else { return nil }
    values = members.mapValues { "\($0)" }
  }

  var names: Set<String> { Set(values.keys) }

  subscript(name: FieldName) -> String? { values[name.rawValue] }

  /// 0 where there is no such count.
  func count(_ name: FieldName) -> Int64 { self[name].flatMap { Int64($0) } ?? 0 }

  /// 0.00 where there is no such sum.
  func money(_ name: FieldName) -> Money { self[name].flatMap { Money(anySum: $0) } ?? Money(cents: 0) }
}
