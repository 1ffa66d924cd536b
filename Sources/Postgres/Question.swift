/// What a session that only reads is asked, as a value: it needs no connection before it is asked, and changes nothing, so
/// it can be asked again.
package struct Question<Answer>: Sendable {
  private let run: @Sendable (borrowing Connection) throws(PostgresError) -> Answer

  package init(_ run: @escaping @Sendable (borrowing Connection) throws(PostgresError) -> Answer) { self.run = run }

  /// One statement, and what its rows say.
  package init(
    _ statement: Statement, _ parameters: Parameters = Parameters(), _ answer: @escaping @Sendable (Rows) -> Answer
  ) {
    run = { connection throws(PostgresError) in
      var pipeline = Pipeline()
      pipeline.add(statement, parameters)
      return answer(try connection.exchange(pipeline)[0])
    }
  }

  package func ask(_ connection: borrowing Connection) throws(PostgresError) -> Answer { try run(connection) }
}

extension Link {
  /// Asks a question, once more where the connection had died while it was idle.
  package mutating func ask<Answer>(_ question: Question<Answer>) throws(PostgresError) -> Answer {
    try read { connection throws(PostgresError) in try question.ask(connection) }
  }
}
