internal import Glibc
internal import NIOCore

/// How long a client may leave what it is sent: one that takes nothing for too long is left, one that takes little has its
/// time.
final class ReaderPatience {
  private let limit: TimeAmount
  /// Bytes that were written, whether the client has taken them or not.
  private var sent = 0
  private var end: Scheduled<Void>?

  init(_ limit: TimeAmount) { self.limit = limit }

  func count(_ bytes: Int) { sent += bytes }

  func wait(_ context: ChannelHandlerContext, orElse leave: @escaping () -> Void) {
    stop()
    let before = taken(context)
    end = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
      if taken(context) > before { wait(context, orElse: leave) } else { leave() }
    }
  }

  func stop() {
    end?.cancel()
    end = nil
  }

  /// Bytes that wait for the client neither here nor in the kernel. The kernel counts what it needs for them, which is
  /// more, and gives way piece by piece.
  private func taken(_ context: ChannelHandlerContext) -> Int {
    let here = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
    let inKernel = try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { descriptor in
      var count: Int32 = 0
      return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }
    return sent - (here ?? 0) - (inKernel ?? 0)
  }
}
