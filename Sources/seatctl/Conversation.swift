import Glibc
import SeatClient
import SeatLedger
import SeatProtocol

/// Carries out one command: asks, follows a list to its end, and asks again with the same key where that is worth it.
struct Conversation {
  let door: Door
  let screen: Screen

  func run(_ order: Order) -> ExitStatus {
    let keyed = withKey(order)
    do throws(Failure) {
      return try carryOut(keyed)
    } catch {
      return Advice(door: door).refuse(error, keyed)
    }
  }

  private func carryOut(_ order: Order) throws(Failure) -> ExitStatus {
    if order.spec.name == .watch { try Watching(door: door).tell(order, screen) }
    let (dated, today) = try resolve(order)
    if dated.own[.html] != nil || dated.own[.compare] != nil {
      return try YearEnd(order: dated, conversation: self).run()
    }
    if order.own[.watch] != nil {
      try Watching(door: door).redraw(dated, screen) { () throws(Failure) in try answer(dated, today).text }
    }
    let (text, status) = try Persistence.trying { () throws(Failure) in try answer(dated, today) }
    Screen.write(text)
    return status
  }

  /// Years and months written out, and the day it is where the district is, if that is known and matters.
  private func resolve(_ order: Order) throws(Failure) -> (Order, today: CivilDate?) {
    let showsDays = screen.isForPeople && order.spec.effect == .list
    guard order.isRelative || showsDays || isPaper(order) else { return (order, nil) }
    let standpoint = try Persistence.trying { () throws(Failure) in
      var connection = try door.open()
      return try Standpoint.ask(&connection)
    }
    guard let today = standpoint.district(order[.tenant]).map(standpoint.today) else {
      guard order.isRelative else { return (order, nil) }
      throw .usage(UsageError("say which district's \(order.relativeWord) is meant: --tenant CODE"))
    }
    do throws(UsageError) {
      return (try order.resolved(today: today), today)
    } catch {
      throw .usage(error)
    }
  }

  private func isPaper(_ order: Order) -> Bool {
    guard order.spec.name == .statement, !screen.isJSON else { return false }
    return order.own[.format] != nil || (screen.isForPeople && !order.has(.limit) && !order.has(.after))
  }

  /// A change gets a key of its own, the same for every try; it is shown, so that a person can ask what became of it.
  private func withKey(_ order: Order) -> Order {
    guard order.spec.options.contains(.idem), !order.has(.dry), !order.has(.idem) else { return order }
    var keys = IdempotencyKeys()
    let key = keys.next()
    Screen.note("key \(key)")
    var keyed = order
    keyed.options.append((.idem, key))
    return keyed
  }

  /// What is shown of one reply.
  private func answer(_ order: Order, _ today: CivilDate?) throws(Failure) -> (text: String, ExitStatus) {
    var connection = try door.open()
    if isPaper(order) {
      let format = order.own[.format].flatMap(OwnOption.Format.init(rawValue:)) ?? .text
      return (try Statement.ask(order, &connection).text(format, on: screen.terminal), .fine)
    }
    var request = order.request
    if screen.isJSON { request.add(option: .json) }
    let follows = order.spec.effect == .list && !order.has(.limit)
    let answer = try connection.gather(request, follows: follows)
    if !follows, let cursor = answer.next { Screen.note("there is more: --after \(cursor)") }
    // What runs every night must fail where a journal was touched: a row is a difference.
    let isSound = order.spec.name != .verify || answer.rows.isEmpty
    return (screen.text(of: answer, to: order, today: today), isSound ? .fine : .refused)
  }
}
