internal import NIOCore
internal import SeatProtocol

/// A request's place on a connection, as the lanes know it.
package struct ConnectionPort: Sendable {
  let connection: NIOLoopBound<ConnectionHandler>
  let loop: any EventLoop
  let ticket: Int

  /// Delivers replies in one turn of the event loop, which all connections share.
  static func deliver(_ replies: [(port: ConnectionPort, reply: Reply)]) {
    guard let loop = replies.first?.port.loop else { return }
    loop.execute {
      var touched: [ObjectIdentifier: ConnectionHandler] = [:]
      for (port, reply) in replies {
        let connection = port.connection.value
        connection.finish(reply, for: port.ticket)
        touched[ObjectIdentifier(connection)] = connection
      }
      for connection in touched.values { connection.proceed() }
    }
  }
}
