internal import NIOCore

/// Rests a little after each connection that is accepted: a client that connects and leaves, again and again, keeps the
/// event loop from nobody. The kernel holds those that come meanwhile.
final class AcceptPace: ChannelOutboundHandler {
  typealias OutboundIn = Never

  /// 2,000 connections a second, each of which costs the loop a tenth of a millisecond.
  private static let pause = TimeAmount.microseconds(500)

  private var isFirst = true

  /// The channel asks for the next connection after each that has come.
  func read(context: ChannelHandlerContext) {
    guard !isFirst else {
      isFirst = false
      context.read()
      return
    }
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { context.read() }
  }
}
