import Testing

@testable import LedgerServer

@Suite("What a lane does next")
struct PaceTests {
  @Test(
    "by what waits and what is under way",
    arguments: [
      // Nothing is under way: whatever waits goes, but not more than half of a crowd.
      (0, 0, 0, Pace.rest), (1, 0, 0, .begin(most: 16)), (16, 0, 0, .begin(most: 16)), (64, 0, 0, .begin(most: 32)),
      // One is: the next one goes when it is worth it, and not much smaller than that one.
      (0, 1, 1, .wait(jobs: 16)), (15, 1, 1, .wait(jobs: 16)), (16, 1, 1, .begin(most: 16)),
      (23, 1, 32, .wait(jobs: 24)), (24, 1, 32, .begin(most: 28)), (300, 1, 32, .begin(most: 166)),
      // Two are: the oldest is waited for, whatever has come.
      (0, 2, 2, .finish), (65_536, 2, 1_024, .finish),
    ])
  func table(waiting: Int, batches: Int, jobs: Int, next: Pace) {
    #expect(Pace(waiting: waiting, underWay: (batches, jobs)) == next)
  }
}
