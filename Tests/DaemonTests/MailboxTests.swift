import Foundation
import SeatLedger
import SeatProtocol
import Testing

@testable import LedgerServer

@Suite("A lane's mailbox")
struct MailboxTests {
  /// A job that nobody waits for.
  private func job() async -> LaneJob {
    await withCheckedContinuation { made in
      Task {
        _ = await withCheckedContinuation { (answer: CheckedContinuation<Reply, Never>) in
          let work = LaneJob.Work.lookup(tenant: TenantCode(stored: "t"), key: "k", ofAnyone: false)
          made.resume(returning: LaneJob(work: work, caller: Caller(principal: "p"), port: .task(answer)))
        }
      }
    }
  }

  private func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, milliseconds) == 1
  }

  @Test("the first job schedules the lane, and again the first one after it has come to rest")
  func first() async {
    let mailbox = Mailbox()
    let jobs = [await job(), await job(), await job()]
    #expect(jobs.map(mailbox.put) == [.first, .taken, .taken])
    #expect(!mailbox.rest())
    #expect(mailbox.count == 3 && mailbox.take().count == 3 && mailbox.take().isEmpty)
    #expect(mailbox.rest())
    #expect(mailbox.put(jobs[0]) == .first)
    answer(jobs)
  }

  @Test("the bell rings for the job that was waited for, once, and not for one before it or later")
  func bell() async {
    let mailbox = Mailbox()
    let jobs = [await job(), await job(), await job(), await job()]
    _ = mailbox.put(jobs[0])
    var heard: [Bool] = []
    mailbox.wait(for: 3) { bell in
      _ = mailbox.put(jobs[1])
      heard.append(isReadable(bell, within: 0))
      _ = mailbox.put(jobs[2])
      heard.append(isReadable(bell, within: 1_000))
    }
    _ = mailbox.put(jobs[3])
    mailbox.wait(for: 9) { heard.append(isReadable($0, within: 0)) }
    #expect(heard == [false, true, false])
    var isAsked = false
    mailbox.wait(for: 4) { _ in isAsked = true }
    #expect(!isAsked, "four are there already")
    answer(jobs)
  }

  private func answer(_ jobs: [LaneJob]) {
    ReplyPort.deliver(jobs.map { ($0.port, .refused(.busy)) })
  }
}
