/// What a program's vendor has decided about its seats. Every difference between programs is a value in here.
package struct Profile: Hashable, Sendable {
  /// What one seat pays for.
  package enum Coverage: String, Sendable, CaseIterable {
    /// Every test of one series in one academic year.
    case series
    /// One attempt at one test.
    case test
  }

  package enum Expiry: Hashable, Sendable {
    /// June 30 of the seat's academic year.
    case yearEnd
    /// So many days from the date of purchase.
    case days(Int)
  }

  package enum Retests: Hashable, Sendable {
    case limited(Int)
    case unlimited
  }

  package enum Wait: String, Sendable, CaseIterable {
    /// The appointment alone must be late enough.
    case appointment
    /// The day of booking must be, too.
    case booking
  }

  package enum NoShow: String, Sendable, CaseIterable {
    /// The seat goes back to available.
    case release
    /// The seat is lost.
    case forfeit
  }

  package var coverage: Coverage
  package var expiry: Expiry
  /// Retests of a test that take no seat.
  package var freeRetests: Int
  /// Retests after the free ones; each takes a seat.
  package var paidRetests: Retests
  /// A paid retest needs an approval given beforehand (R8).
  package var approvalNeeded: Bool
  /// Days from a completion date to the first legal date of the next attempt.
  package var waitDays: Int
  package var waitBinds: Wait
  /// Count and wait start anew with each academic year (R11).
  package var startsAnew: Bool
  /// A retest must be completed in the academic year of attempt 1 (R7).
  package var retestInYear: Bool
  package var noShow: NoShow
  /// Whole days before the appointment by which it can still be changed; 0: until the start (R16).
  package var cutoffDays: Int
  /// An order may carry a fee besides the seats' price.
  package var orderFee: Bool
  package var certificateYears: Int
  package var certificateRenewable: Bool
  /// The start must say that a proctor is attested (R29).
  package var proctor: Bool

  package init(
    coverage: Coverage, expiry: Expiry, freeRetests: Int, paidRetests: Retests, approvalNeeded: Bool, waitDays: Int,
    waitBinds: Wait, startsAnew: Bool, retestInYear: Bool, noShow: NoShow, cutoffDays: Int, orderFee: Bool,
    certificateYears: Int, certificateRenewable: Bool, proctor: Bool
  ) {
    self.coverage = coverage
    self.expiry = expiry
    self.freeRetests = freeRetests
    self.paidRetests = paidRetests
    self.approvalNeeded = approvalNeeded
    self.waitDays = waitDays
    self.waitBinds = waitBinds
    self.startsAnew = startsAnew
    self.retestInYear = retestInYear
    self.noShow = noShow
    self.cutoffDays = cutoffDays
    self.orderFee = orderFee
    self.certificateYears = certificateYears
    self.certificateRenewable = certificateRenewable
    self.proctor = proctor
  }

  /// Attempts that take no seat of their own while another one's covers them.
  package func isCovered(number: Int) -> Bool { coverage == .series && number <= 1 + freeRetests }

  /// The most attempts at one test.
  package var attemptLimit: Int {
    switch paidRetests {
    case .limited(let count): min(1 + freeRetests + count, Self.mostAttempts)
    case .unlimited: Self.mostAttempts
    }
  }

  /// What the database counts attempts with, a smallint: far more than anybody tries.
  private static let mostAttempts = Int(Int16.max)

  /// The certificate's last day for a pass on `date` (R18).
  private func certificateThrough(_ date: CivilDate) -> CivilDate { date.adding(years: certificateYears) }

  /// The last day of the certificate that these passes have earned: a pass inside its life starts it anew from its own
  /// date where it can be renewed, and changes nothing where it cannot.
  package func certificate(of passes: [CivilDate]) -> CivilDate? {
    passes.sorted().reduce(nil) { through, pass in
      if let through, pass <= through, !certificateRenewable { return through }
      return certificateThrough(pass)
    }
  }
}

extension Profile {
  /// The ranges that an operator may choose from; wider ones would be typing mistakes.
  package static let days = 0...3_660
  package static let retests = 0...99
  package static let years = 1...99

  /// S1: North Carolina's 2024-2025 credential card for ASE Entry-Level.
  package static var aseEntryLevel: Self {
    Self(
      coverage: .series, expiry: .yearEnd, freeRetests: 1, paidRetests: .limited(1), approvalNeeded: true,
      waitDays: 30, waitBinds: .appointment, startsAnew: true, retestInYear: true, noShow: .release, cutoffDays: 0,
      orderFee: false, certificateYears: 2, certificateRenewable: false, proctor: true)
  }

  /// S2: ASE's Frequently Asked Questions of September 20, 2022, about the professional tests.
  package static var aseProfessional: Self {
    Self(
      coverage: .test, expiry: .days(90), freeRetests: 0, paidRetests: .unlimited, approvalNeeded: false,
      waitDays: 31, waitBinds: .booking, startsAnew: false, retestInYear: false, noShow: .forfeit, cutoffDays: 4,
      orderFee: true, certificateYears: 5, certificateRenewable: true, proctor: false)
  }
}
