import Foundation
import SeatLedger

@main
enum Seatctl {
  static func main() {
    let environment = ProcessInfo.processInfo.environment
    do throws(UsageError) {
      let invocation = try Invocation(Array(CommandLine.arguments.dropFirst()), environment: environment)
      exit(run(invocation, environment).rawValue)
    } catch {
      Screen.note("seatctl: \(error.message)")
      exit(ExitStatus.usage.rawValue)
    }
  }

  private static func run(_ invocation: Invocation, _ environment: [String: String]) -> ExitStatus {
    let screen = Screen(isJSON: invocation.isJSON, environment: environment)
    let conversation = Conversation(socket: invocation.socket, screen: screen)
    switch invocation.action {
    case .overview:
      print(Manual.text(nil, screen))
      return .fine
    case .help(let spec):
      print(Manual.text(spec, screen))
      return .fine
    case .completion(let shell):
      print(Completion.script(for: shell))
      return .fine
    case .explain(let rule):
      print(Explanation.text(rule))
      return .fine
    case .rulePage:
      print(RulePage.markdown, terminator: "")
      return .fine
    case .raw: return Raw.run(invocation.socket)
    case .command(let spec, let arguments, let options): return conversation.run(spec, arguments, options)
    }
  }
}
