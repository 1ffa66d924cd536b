import SeatLedger
import SeatProtocol

extension CommandName {
  /// The columns of a list in their order, whether a row fills them or not: a program that reads them finds the same ones
  /// every day. Empty for what is no list.
  ///
  /// - Parameter by: what a report is summed up by.
  func columns(by: FieldName?) -> [FieldName] {
    switch self {
    case .tenantList: [.tenant, .name, .zone]
    case .schoolList: [.school, .name]
    case .programList:
      [
        .program, .name, .coverage, .expiry, .freeRetests, .paidRetests, .approvalNeeded, .waitDays, .waitBinds,
        .startsAnew, .retestInYear, .noShow, .cutoff, .fee, .certificate, .renewable, .proctor,
      ]
    case .testList: [.program, .series, .test, .name, .minutes]
    case .grantList: [.principal, .role, .school]
    case .tokenList: [.name, .principal, .state]
    case .yearList: [.program, .year, .pools, .openPools, .sealed]
    case .balance:
      [
        .school, .program, .year, .kind, .fund, .expires, .purchased, .transferredIn, .transferredOut, .returned,
        .available, .held, .reserved, .consumed, .forfeited, .expired, .thirdTries, .uses,
      ]
    case .statement: [.entry] + Self.entry + [.balance]
    case .costs:
      (by.map { [$0] } ?? []) + [
        .purchased, .transferredIn, .transferredOut, .encumbered, .expended, .thirdTries, .forfeited, .wasted,
        .returned, .available,
      ]
    case .attempts:
      [
        .attempt, .school, .candidate, .test, .number, .state, .year, .on, .started, .completed, .seats, .fund, .cost,
        .approval, .approver, .reason,
      ]
    case .forecast: [.school, .program, .daysLeft, .taken, .idle, .reserved, .usable, .waste, .wasteCost]
    case .rolloverReport:
      (by.map { $0 == .school ? [$0, .name] : [$0] } ?? [.tenant, .school, .program, .kind, .fund, .expires]) + [
        .state, .pools, .expiredIdle, .expiredReserved, .cost, .corrected, .correctedCost,
      ]
    case .watch:
      [.seq, .school] + Self.entry + [
        .notice, .fund, .expires, .available, .total, .within, .daysLeft, .idle, .reserved, .usable, .waste, .wasteCost,
        .roomForSecond, .roomForThird,
      ]
    default: []
    }
  }

  /// What is told of an entry.
  private static let entry: [FieldName] = [
    .kind, .seats, .cost, .from, .to, .attempt, .effective, .recorded, .principal, .actor, .reason, .reverses, .po,
    .invoice, .candidate, .test, .program, .year,
  ]
}

extension Order {
  /// The columns of its answer, where it is a list.
  var columns: [FieldName] { spec.name.columns(by: self[.by].flatMap(FieldName.init(rawValue:))) }
}
