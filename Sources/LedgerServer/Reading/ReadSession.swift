internal import LedgerStore
package import Postgres

/// One libpq session that only reads: a question at a time, each on its own, off the shared pool of threads.
package actor ReadSession {
  private let executor: BlockingExecutor
  private var link: Link

  nonisolated package var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// For questions about whole years, of any tenant.
  package static func reports(_ conninfo: String) -> ReadSession {
    ReadSession(
      "reports", conninfo, SessionSettings.report,
      Due.placeQuestions + Leftovers.questions + Expiring.questions + Directory.statements)
  }

  /// For lists of what is past its day: their plans follow the indexes, whatever the planner knows of the tables yet.
  package static func due(_ conninfo: String) -> ReadSession {
    ReadSession("due", conninfo, SessionSettings.due, Due.questions)
  }

  /// For what proofs read: several of them take turns on it.
  static func proofs(_ label: String, _ conninfo: String) -> ReadSession {
    ReadSession(label, conninfo, SessionSettings.proof, Proving.statements)
  }

  /// - Parameters:
  ///   - label: of its thread.
  ///   - settings: what it sets before its first question.
  ///   - statements: what its questions run.
  private init(_ label: String, _ conninfo: String, _ settings: [String], _ statements: [Statement]) {
    executor = BlockingExecutor(label: label)
    link = Link { () throws(PostgresError) in try SessionSettings.open(conninfo, settings, statements) }
  }

  package func ask<Answer: Sendable>(_ question: Question<Answer>) throws(PostgresError) -> Answer {
    try link.ask(question)
  }
}
