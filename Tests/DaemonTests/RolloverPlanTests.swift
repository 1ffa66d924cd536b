import LedgerStore
import SeatLedger
import Testing

@testable import LedgerServer

/// What a rollover sends to the lanes, and how much of it at once.
@Suite("The rollover's plan")
struct RolloverPlanTests {
  private static func pools(_ tenant: String, _ numbers: ClosedRange<Int64>, reserved: Int = 0) -> [Due.DuePool] {
    numbers.map {
      Due.DuePool(
        tenant: TenantCode(stored: tenant), pool: PoolNumber($0), entries: 1 + reserved, expires: CivilDate(day: 0),
        id: 1)
    }
  }

  @Test("every pool is sent once, in jobs of one tenant, to that tenant's lane, and never too many at once")
  func everyPoolOnce() {
    var plan = RolloverPlan(lanes: 2)
    plan.take(Self.pools("a", 1...500) + Self.pools("b", 1...300) + Self.pools("c", 1...5)) { $0.text == "b" ? 1 : 0 }
    var sent: [String: [Int64]] = [:]
    var underWay: [RolloverPlan.Job] = []
    while true {
      underWay += plan.ready()
      for lane in 0...1 {
        let entries = underWay.filter { $0.lane == lane }.reduce(0) { $0 + $1.entries }
        #expect(entries <= RolloverPlan.mostUnderWay)
      }
      guard !underWay.isEmpty else { break }
      let job = underWay.removeFirst()
      #expect(job.pools.count <= RolloverPlan.mostOfABatch && job.lane == (job.tenant.text == "b" ? 1 : 0))
      sent[job.tenant.text, default: []] += job.pools.map(\.value)
      plan.finish(job)
    }
    #expect(sent == ["a": Array(1...500), "b": Array(1...300), "c": Array(1...5)] && plan.backlog == 0)
  }

  @Test("what is sent fills a lane's batches, whatever the tenants have")
  func fullBatches() {
    var plan = RolloverPlan(lanes: 1)
    plan.take((1...20).flatMap { Self.pools("t\($0)", 1...Int64(7 * $0)) }) { _ in 0 }
    var loads: [Int] = []
    while true {
      let jobs = plan.ready()
      guard !jobs.isEmpty else { break }
      loads.append(jobs.reduce(0) { $0 + $1.entries })
      jobs.forEach { plan.finish($0) }
    }
    #expect(loads.dropLast().allSatisfy { $0 == RolloverPlan.mostUnderWay } && loads.reduce(0, +) == 1_470)
  }

  @Test("a pool with more reserved seats than a lane should have at once goes alone")
  func heavyPools() {
    var plan = RolloverPlan(lanes: 1)
    plan.take(Self.pools("a", 1...3, reserved: 900)) { _ in 0 }
    for number in 1...3 as ClosedRange<Int64> {
      let jobs = plan.ready()
      #expect(jobs.map(\.pools) == [[PoolNumber(number)]])
      jobs.forEach { plan.finish($0) }
    }
    #expect(plan.ready().isEmpty)
  }

  @Test("seconds left follow the pace so far")
  func secondsLeft() {
    #expect(RolloverProgress.secondsLeft(done: 250, of: 1_000, after: .seconds(2)) == 6)
    #expect(RolloverProgress.secondsLeft(done: 0, of: 1_000, after: .seconds(2)) == 0)
    #expect(RolloverProgress.secondsLeft(done: 1_000, of: 1_000, after: .seconds(2)) == 0)
    var progress = RolloverProgress(total: 2)
    #expect(progress.advance(by: 1) == nil, "not every pool is worth a line")
    #expect(progress.advance(by: 1)?.string == "done=2 total=2 seconds-left=0")
  }
}
