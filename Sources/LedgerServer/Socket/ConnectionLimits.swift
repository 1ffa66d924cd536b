/// How many connections there may be, in all and of one user, and how long the daemon waits for each.
package struct ConnectionLimits: Sendable {
  package var all: Int
  package var perUser: Int
  /// A line that is not finished, or a reply that is not read, for so many seconds ends its connection.
  package var patienceSeconds: Int

  /// More than a district's schools and scripts open at once; one user's fewer, so that nobody keeps all others out. A
  /// person who types has pressed Return after half a minute.
  package static let standard = ConnectionLimits(all: 512, perUser: 128, patienceSeconds: 30)

  package init(all: Int, perUser: Int, patienceSeconds: Int) {
    self.all = all
    self.perUser = perUser
    self.patienceSeconds = patienceSeconds
  }
}
