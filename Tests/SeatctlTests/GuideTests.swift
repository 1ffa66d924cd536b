import Foundation
import TestSupport
import Testing

/// The guides are run as they are read: every command on a terminal of 80 columns, against a daemon, one after the other;
/// what they show is what is shown. `…` stands for anything in a line.
///
/// Comments that a reader does not see set the clock and do what others do in the meantime.
@Suite("Guides", .serialized)
struct GuideTests {
  @Test("each guide holds", arguments: [("FINANCE", "desk"), ("SCHOOL", "apex")])
  func guide(_ name: String, _ reader: String) throws {
    let stage = try Stage(reader: reader)
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/seatctl/Guides")
    let text = try String(contentsOf: sources.appendingPathComponent("\(name).md"), encoding: .utf8)
    var lines = text.components(separatedBy: "\n")[...]
    var commands = 0
    while let line = lines.popFirst() {
      if line.hasPrefix("<!-- ") {
        var direction = line
        while !direction.hasSuffix("-->"), let more = lines.popFirst() { direction += "\n\(more)" }
        try stage.follow(direction)
      } else if line.hasPrefix("```console") {
        var shown: [String] = []
        while let more = lines.popFirst(), more != "```" { shown.append(more) }
        commands += try stage.play(shown, as: line.split(separator: " ").dropFirst().first.map(String.init) ?? reader)
      }
    }
    #expect(commands > 10)
  }

  /// A district with two schools and somebody for each role.
  private final class Stage {
    private let daemon: TestDaemon
    private var tokens: [String: String] = [:]

    init(reader: String) throws {
      daemon = try TestDaemon(database: try TestDatabase.make(), clock: "2024-07-01T09:00:00-04:00")
      for line in [
        #"tenant.add tenant=920 name="Wake County Schools" zone=America/New_York"#,
        #"school.add tenant=920 school=920318 name="Apex High""#,
        #"school.add tenant=920 school=920368 name="Broughton High""#,
      ] { try ask(line) }
      for (name, role) in [
        ("desk", "finance"), ("apex", "school school=920318"), ("principal", "approver school=920318"),
      ] {
        let issued = try ask("token.issue tenant=920 name=\(name)")
        tokens[name] = issued.split(separator: " ").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) }
        try ask("grant.add tenant=920 principal=token:\(name) role=\(role)")
      }
      if reader == "apex" {
        try ask("purchase tenant=920 school=920318 program=ase-entry-level seats=40 unit-price=40.00 fund=perkins")
      }
    }

    @discardableResult
    private func ask(_ line: String) throws -> String {
      let answer = try daemon.ask(line)
      #expect(answer.hasPrefix("OK"), "\(line): \(answer)")
      return answer
    }

    func follow(_ direction: String) throws {
      let text = direction.dropFirst(5).dropLast(3).trimmingCharacters(in: .whitespacesAndNewlines)
      if text.hasPrefix("clock ") {
        try ask("clock.set at=\(text.dropFirst(6))")
      } else if text.hasPrefix("approver ") {
        let answer = try daemon.talk(["auth token=\(tokens["principal"] ?? "")", String(text.dropFirst(9))])
        #expect(answer.last?.hasPrefix("S: OK") == true, "\(answer)")
      } else {
        for line in text.components(separatedBy: "\n").dropFirst() { try ask(line) }
      }
    }

    /// - Returns: how many commands were run.
    func play(_ shown: [String], as user: String) throws -> Int {
      var rest = shown[...]
      var count = 0
      while let command = rest.popFirst() {
        #expect(command.hasPrefix("$ "), "\(command)")
        let expected = rest.prefix { !$0.hasPrefix("$ ") }
        rest = rest.dropFirst(expected.count)
        let path = URL(fileURLWithPath: TestDaemon.program("seatctl")).deletingLastPathComponent().path
        let actual = try run(
          "/bin/bash", ["-c", "cd \(daemon.directory) && \(command.dropFirst(2))"], columns: 80,
          environment: [
            "SEATLEDGER_SOCKET": daemon.socket, "SEATLEDGER_TOKEN": tokens[user] ?? "", "NO_COLOR": "1",
            "PATH": "\(path):/usr/local/bin:/usr/bin:/bin",
          ]
        ).trimmingCharacters(in: .newlines).components(separatedBy: "\n")
        let wanted = expected.isEmpty ? [""] : Array(expected)
        let isAsShown =
          wanted.count == actual.count && zip(wanted, actual).allSatisfy { Transcript.matches($0, $1) }
        #expect(isAsShown, "\(command)\n\(actual.joined(separator: "\n"))")
        count += 1
      }
      return count
    }
  }
}
