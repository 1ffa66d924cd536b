internal import Glibc

/// The user that PostgreSQL runs as: this process's own, or an unprivileged one where that is root, whom it refuses.
struct ServerUser: Sendable {
  let name: String
  let uid: uid_t
  let gid: gid_t
  /// The process must become this user first.
  let isOther: Bool

  /// - Parameter directory: an existing directory belongs to the user that made it.
  static func choose(for directory: String) throws(EmbeddedPostgresError) -> ServerUser {
    guard geteuid() == 0 else {
      guard let own = user(geteuid(), isOther: false) else { throw .failed("this process's user has no name") }
      return own
    }
    var status = stat()
    if stat(directory, &status) == 0, status.st_uid != 0, let owner = user(status.st_uid, isOther: true) {
      return owner
    }
    for name in ["seatledger", "postgres", "nobody"] {
      if let entry = getpwnam(name) { return user(entry, isOther: true) }
    }
    throw .failed("PostgreSQL does not run as root, and there is no user seatledger, postgres or nobody to run it as")
  }

  private static func user(_ uid: uid_t, isOther: Bool) -> ServerUser? {
    getpwuid(uid).map { user($0, isOther: isOther) }
  }

  private static func user(_ entry: UnsafeMutablePointer<passwd>, isOther: Bool) -> ServerUser {
    ServerUser(
      name: String(cString: entry.pointee.pw_name), uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid,
      isOther: isOther)
  }

  /// The directory above `path` that this user cannot pass, if there is one.
  func obstacle(to path: String) -> String? {
    guard isOther else { return nil }
    var directory = path
    while let slash = directory.lastIndex(of: "/"), slash > directory.startIndex {
      directory = String(directory[..<slash])
      var status = stat()
      guard stat(directory, &status) == 0 else { continue }
      let bit = status.st_uid == uid ? S_IXUSR : status.st_gid == gid ? S_IXGRP : S_IXOTH
      if status.st_mode & bit == 0 { return directory }
    }
    return nil
  }
}
