internal import Dispatch

/// The executor of an actor that blocks: one thread of its own, off the shared pool, first come first served.
package final class BlockingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  package init(label: String) {
    queue = DispatchQueue(label: label)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Runs `work` after everything that was handed over before it, without a task of its own.
  package func async(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

  /// Runs `work` after a while.
  package func async(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
    let milliseconds = delay.components.seconds * 1_000 + delay.components.attoseconds / 1_000_000_000_000_000
    queue.asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds)), execute: work)
  }

  package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
