/// A daemon that answers what it is told to and then goes away for good: what a test of a client needs where the real one
/// would answer otherwise.
package struct FakeDaemon {
  private let greeting: String
  private let answers: [String]
  private let directory: String
  private let client: [String]

  /// - Parameters:
  ///   - answers: one a request, its lines parted by `\\n`; an empty one ends the conversation without an answer.
  ///   - client: the words of seatctl that is run against it.
  package init(
    greeting: String = "* SEATLEDGER 1.0 line=8192 principal=uid:0 caps=json", answers: [String], directory: String,
    client: [String]
  ) {
    self.greeting = greeting
    self.answers = answers
    self.directory = directory
    self.client = client
  }

  fileprivate static let program = """
    import os, socket, sys
    path, greeting = sys.argv[1], sys.argv[2]
    answers, program = sys.argv[4:4 + int(sys.argv[3])], sys.argv[4 + int(sys.argv[3]):]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    # The client begins when somebody listens.
    pid = os.fork()
    if pid == 0:
      listener.close()
      os.execv(program[0], program)
    connection, _ = listener.accept()
    listener.close()
    os.unlink(path)
    stream = connection.makefile("rw", encoding="utf-8", newline="\\n")
    def say(text):
      stream.write(text.replace("\\\\n", "\\n") + "\\n")
      stream.flush()
    say(greeting)
    for answer in answers:
      print("heard " + stream.readline().rstrip(), file=sys.stderr, flush=True)
      if not answer: break
      say(answer)
    stream.close()
    connection.close()
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status))
    """

  fileprivate var arguments: [String] {
    let path = "\(directory)/fake"
    return ["python3", "-c", Self.program, path, greeting, String(answers.count)] + answers
      + [TestDaemon.program("seatctl"), "--socket", path] + client
  }
}

/// Runs seatctl against a daemon that is none.
///
/// - Returns: what it shows, and what it has asked.
package func run(_ fake: FakeDaemon, input: String = "") throws -> (
  status: Int32, output: String, errors: String, heard: [String]
) {
  let result = try run("/usr/bin/env", fake.arguments, input: input)
  let lines = result.errors.split(separator: "\n")
  return (
    result.status, result.output, lines.filter { !$0.hasPrefix("heard ") }.joined(separator: "\n"),
    lines.filter { $0.hasPrefix("heard ") }.map { String($0.dropFirst(6)) }
  )
}
