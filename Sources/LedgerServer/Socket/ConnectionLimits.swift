/// How many connections there may be, in all and of one user.
package struct ConnectionLimits: Sendable {
  package var all: Int
  package var perUser: Int

  /// PROTOCOL: 512 connections, 128 a uid.
  package static let standard = ConnectionLimits(all: 512, perUser: 128)

  package init(all: Int, perUser: Int) {
    self.all = all
    self.perUser = perUser
  }
}
