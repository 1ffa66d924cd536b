import SeatLedger
import SeatProtocol

/// The purchases of a district's journal, and which of them are undone.
struct BookedOrders {
  private struct Order {
    let entry: String
    let school: String
    let program: String
    let seats: String
    let cost: String
    let po: String?
    let invoice: String?
    let day: String
    let principal: String
  }

  private var orders: [Order] = []
  private var days: [String: String] = [:]
  private var reversals: [String: String] = [:]

  /// - Parameter rows: of `statement`.
  init(_ rows: [Fields]) {
    for row in rows {
      let values = row.values
      func value(_ name: FieldName) -> String? { values[name.rawValue] }
      guard let entry = value(.entry) else { continue }
      if let reversed = value(.reverses) { reversals[reversed] = entry }
      guard value(.kind) == Entry.Kind.purchase.rawValue, let place = value(.to) else { continue }
      let parts = place.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count > 1 else { continue }
      let order = Order(
        entry: entry, school: parts[0], program: parts[1], seats: value(.seats) ?? "", cost: value(.cost) ?? "",
        po: value(.po), invoice: value(.invoice), day: String((value(.effective) ?? "").prefix(10)),
        principal: value(.principal) ?? "")
      orders.append(order)
      days[entry] = String((value(.recorded) ?? "").prefix(10))
    }
  }

  /// When an entry was recorded.
  func day(of entry: String) -> String? { days[entry] }

  /// The entry that has reversed it.
  func reversal(of entry: String) -> String? { reversals[entry] }

  /// Why a row that nobody has done must not be done: its order is booked already, with other values or by hand.
  ///
  /// - Parameter others: rows of the same file that are done: one order may have several.
  func objection(to row: ImportRow, beside others: [ImportRow]) -> String? {
    guard row[.po] != nil || row[.invoice] != nil else { return nil }
    let booked = orders.first { order in
      order.school == row[.school] && order.program == row[.program] && order.po == row[.po]
        && order.invoice == row[.invoice] && reversals[order.entry] == nil
        && !others.contains { Self.isDone(order, by: $0) }
    }
    guard let booked else { return nil }
    let papers = [row[.po].map { "PO \($0)" }, row[.invoice].map { "invoice \($0)" }].compactMap { $0 }
    let otherDelivery = row[.invoice] == nil ? "; if it is another delivery, give it its invoice" : ""
    return """
      \(papers.joined(separator: ", ")) of \(booked.school) is booked already, as entry \(booked.entry) of \
      \(booked.day): \(booked.seats) seats, \(booked.cost), by \(booked.principal). If this row corrects it, reverse \
      entry \(booked.entry) first\(otherDelivery)
      """
  }

  /// What somebody else's import has done is told by its values.
  private static func isDone(_ order: Order, by row: ImportRow) -> Bool {
    if let entry = row.answer[.entry] { return entry == order.entry }
    return row[.school] == order.school && row[.program] == order.program && row[.seats] == order.seats
      && row[.po] == order.po && row[.invoice] == order.invoice
  }
}
