import SeatClient

/// What a script learns from the exit status (after BSD's sysexits).
enum ExitStatus: Int32, CaseIterable {
  case fine = 0
  case usage = 64
  case refused = 65
  case notFound = 66
  case noDaemon = 69
  case `internal` = 70
  case unwritable = 74
  case tryAgain = 75
  case notOurProtocol = 76
  case notAllowed = 77

  /// For the manual page.
  var meaning: String {
    switch self {
    case .fine: "done"
    case .usage: "a command, an argument or a value that is not known"
    case .refused: "refused by a rule, and nothing was changed; or what was verified or compared differs"
    case .notFound: "something that was named does not exist"
    case .noDaemon: "no daemon answers"
    case .internal: "the daemon has failed; its log says more"
    case .unwritable: "the answer could not be written"
    case .tryAgain: "worth trying again"
    case .notOurProtocol: "something else listens on the socket"
    case .notAllowed: "not allowed to whoever asked"
    }
  }

  /// - Parameters:
  ///   - code: of an ERR, such as `state.no-seats`.
  ///   - retry: what the daemon says about trying again.
  init(code: String, retry: String) {
    switch code.prefix(while: { $0 != "." }) {
    case _ where retry != "no": self = .tryAgain
    case "syntax", "limit", "watch": self = .usage
    case "state", "privacy", "idem", "batch": self = .refused
    case "notfound": self = .notFound
    case "auth": self = .notAllowed
    case "server": self = .internal
    default: self = .notOurProtocol
    }
  }

  init(_ error: ControlConnectionError) {
    switch error {
    case .noDaemon: self = .noDaemon
    case .notAllowed: self = .notAllowed
    case .closed: self = .tryAgain
    case .notOurProtocol: self = .notOurProtocol
    }
  }
}
