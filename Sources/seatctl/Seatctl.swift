import Foundation
import SeatLedger

@main
enum Seatctl {

  static func main() {
    holdStandardDescriptors()
    let environment = ProcessInfo.processInfo.environment
    do throws(UsageError) {
      let invocation = try Invocation(try words(), environment: environment)
      exit(run(invocation, environment).rawValue)
    } catch {
      Screen.note("seatctl: \(error.message)")
      exit(ExitStatus.usage.rawValue)
    }
  }

  /// The command line as it was given: the library's own would mend what is not UTF-8 without a word.
  private static func words() throws(UsageError) -> [String] {
    var words: [String] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[index] else { break }
      guard let word = String(validatingCString: bytes) else {
        throw UsageError("word \(index) of the command line is not UTF-8")
      }
      words.append(word)
    }
    return words
  }

  /// A descriptor that the caller has closed would become the daemon's socket, and answers would be sent to it. Whoever
  /// writes to what stands there instead is told that it cannot be.
  private static func holdStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  private static func run(_ invocation: Invocation, _ environment: [String: String]) -> ExitStatus {
    let screen = Screen(isJSON: invocation.isJSON, environment: environment)
    switch invocation.action {
    case .standing: return stand(invocation.door, screen)
    case .help(let spec): Screen.write(Manual.text(spec, screen.terminal))
    case .completion(let shell): Screen.write(Completion.script(for: shell))
    case .manual: Screen.write(ManPage.text)
    case .explain(let rule): Screen.write(Explanation.text(rule))
    case .rulePage: Screen.write(RulePage.markdown)
    case .import(let order): return Import(order, door: invocation.door, screen: screen).run()
    case .export(let order): return Export.run(order, door: invocation.door)
    case .usage(let text): Screen.write(text)
    case .raw:
      // Its lines go as they are: they would be another principal's.
      guard invocation.door.token == nil else {
        return Advice.tell(
          .usage(UsageError("raw does not use SEATLEDGER_TOKEN; unset it, and begin with: auth token=…")))
      }
      return Raw.run(invocation.door.socket)
    case .command(let order): return Conversation(door: invocation.door, screen: screen).run(order)
    }
    return .fine
  }

  private static func stand(_ door: Door, _ screen: Screen) -> ExitStatus {
    do throws(Failure) {
      var connection = try door.open()
      screen.show(try Standing.ask(&connection))
      return .fine
    } catch {
      let status = Advice(door: door).refuse(error, nil)
      Screen.note("         seatctl help lists the commands")
      return status
    }
  }
}
