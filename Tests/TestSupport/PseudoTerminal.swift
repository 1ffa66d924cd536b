import Foundation

/// Runs a program on a terminal of some width, and tells what it shows there.
package func run(
  _ program: String, _ arguments: [String], columns: Int, environment: [String: String] = [:]
) throws -> String {
  let script = """
    import fcntl, os, pty, struct, sys, termios
    columns, program = int(sys.argv[1]), sys.argv[2]
    # The child waits until its terminal has got its width.
    ready, go = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
      os.read(ready, 1)
      os.execv(program, sys.argv[2:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.write(go, b"x")
    while True:
      try: shown = os.read(terminal, 65536)
      except OSError: break
      if not shown: break
      sys.stdout.buffer.write(shown)
    os.waitpid(pid, 0)
    """
  let assignments = ["TERM=xterm-256color", "NO_COLOR="] + environment.map { "\($0)=\($1)" }
  let result = try run(
    "/usr/bin/env", assignments + ["python3", "-c", script, String(columns), program] + arguments)
  guard result.errors.isEmpty else { throw TestFailure(result.errors) }
  return result.output.replacingOccurrences(of: "\r\n", with: "\n")
}

/// Runs a program that goes on showing things on a terminal: as soon as it shows one thing, a line is sent to the daemon,
/// then the next thing is waited for. The program is killed when it has shown them all.
///
/// - Returns: how many of the things it has shown before a minute was over.
package func run(
  _ program: String, _ arguments: [String], columns: Int, socket: String, steps: [(shows: String, thenAsk: String)]
) throws -> Int {
  let script = """
    import fcntl, os, pty, select, signal, socket, struct, sys, termios, time
    columns, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    steps, program = sys.argv[4:4 + 2 * count], sys.argv[4 + 2 * count:]
    ready, go = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
      os.read(ready, 1)
      os.execv(program[0], program)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.write(go, b"x")
    daemon = socket.socket(socket.AF_UNIX); daemon.connect(path)
    shown, done, end = b"", 0, time.monotonic() + 60
    while done < count and select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
      shown += os.read(terminal, 65536)
      at = shown.find(steps[2 * done].encode())
      if at >= 0:
        shown = shown[at + 1:]
        daemon.sendall(steps[2 * done + 1].encode() + b"\\n")
        done += 1
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    print(done)
    """
  let words = steps.flatMap { [$0.shows, $0.thenAsk] }
  let result = try run(
    "/usr/bin/env",
    [
      "NO_COLOR=1", "SEATLEDGER_SOCKET=\(socket)", "python3", "-c", script, String(columns), socket,
      String(steps.count),
    ]
      + words + [program] + arguments)
  return Int(result.output.trimmingCharacters(in: .newlines)) ?? 0
}
