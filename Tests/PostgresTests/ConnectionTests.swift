import Postgres
import TestSupport
import Testing

@Suite("libpq session")
struct ConnectionTests {
  private static let echo = Statement(
    "echo", "SELECT * FROM unnest($1::int8[], $2::text[], $3::bool[], $4::bytea[], $5::int4[])")

  @Test("arrays go there and come back, with NULLs, empty text and whatever text holds")
  func arraysRoundTrip() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    try connection.prepare([Self.echo])
    let rows: [(Int64?, String?, Bool, [UInt8], Int32?)] = [
      (1, "a", true, [0, 1, 255], 7), (nil, nil, false, [], nil), (.min, "", true, [9], .min),
      (.max, "'\"\\ä😀\n", false, [0], .max),
    ]
    var (a, b, c, d, e) = (
      ArrayParameter(.int8), ArrayParameter(.text), ArrayParameter(.bool), ArrayParameter(.bytea), ArrayParameter(.int4)
    )
    for row in rows {
      a.append(row.0)
      b.append(row.1)
      c.append(row.2)
      d.append(row.3)
      e.append(row.4)
    }
    var pipeline = Pipeline()
    pipeline.add(Self.echo, Parameters([a, b, c, d, e]))
    let found = try connection.exchange(pipeline)[0].map {
      ($0.optionalInteger(), $0.optionalText(), $0.flag(), $0.bytes(), $0.optionalInteger().map { Int32($0) })
    }
    #expect(found.count == rows.count && zip(found, rows).allSatisfy { $0 == $1 })
  }

  @Test("a hundred thousand rows are one array, written in a moment", .timeLimit(.minutes(1)))
  func manyRows() throws {
    var connection = try Connection.open(try TestDatabase.make().conninfo)
    try connection.run("CREATE TYPE public.echo_row AS (a int8, b text)")
    try connection.learnRowTypes()
    var rows = RowsParameter(connection.rowType("echo_row"), capacity: 0)
    for number in 1...100_000 as ClosedRange<Int64> {
      rows.append { row in
        row.append(number)
        row.append(String(repeating: "x", count: 40))
      }
    }
    let sum = Statement("sum", "SELECT sum(a)::int8 + sum(length(b)) FROM unnest($1::public.echo_row[])")
    try connection.prepare([sum])
    var pipeline = Pipeline()
    pipeline.add(sum, Parameters(rows))
    #expect(try connection.exchange(pipeline)[0].first { $0.integer() } == 5_000_050_000 + 4_000_000)
  }

  @Test("an empty array is an array")
  func emptyArray() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    let count = Statement("count", "SELECT cardinality($1::int8[]) + cardinality($2::text[])")
    try connection.prepare([count])
    var pipeline = Pipeline()
    pipeline.add(count, Parameters([ArrayParameter(.int8), ArrayParameter(.text)]))
    #expect(try connection.exchange(pipeline)[0].first { $0.integer() } == 0)
  }

  @Test("a refused statement names itself, and the session goes on")
  func refused() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    let (one, zero) = (Statement("one", "SELECT 1"), Statement("zero", "SELECT 1 / 0"))
    try connection.prepare([one, zero])
    var bad = Pipeline()
    bad.add(one)
    bad.add(zero)
    bad.add(one)
    do throws(PostgresError) {
      _ = try connection.exchange(bad)
      Issue.record("not refused")
    } catch {
      guard case .refused(SQLState("22012"), "zero", _) = error else {
        Issue.record("\(error)")
        return
      }
    }
    var good = Pipeline()
    good.add(one)
    #expect(try connection.exchange(good)[0].first { $0.integer() } == 1)
  }

  @Test("one pipeline behind another: each has its own answer, its own failure and its own warnings")
  func behind() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    let (one, zero) = (Statement("one", "SELECT 1"), Statement("zero", "SELECT 1 / 0"))
    // A server warns that there is no transaction to be rolled back.
    let (begin, rollback) = (Statement("begin", "BEGIN"), Statement("rollback", "ROLLBACK"))
    try connection.prepare([one, zero, begin, rollback])
    let sent = [[rollback], [one], [begin, zero], [one], [rollback], [one]].map { statements in
      var pipeline = Pipeline()
      for statement in statements { pipeline.add(statement) }
      return connection.send(pipeline)
    }
    // All of the answers are there before the first of them is taken: not even a warning may get to another one's.
    #expect(try connection.waitForAnswer(until: .now + .seconds(30), orFor: -1))
    var told: [String] = []
    for one in sent {
      do throws(PostgresError) {
        let rows = try connection.receive(one, until: .now + .seconds(30))
        told.append(rows[0].first { "\($0.integer())" } ?? rows[0].tag)
      } catch {
        guard case .refused(let state, _, _) = error else { throw error }
        told.append(state.code)
      }
      told += connection.warnings.map(\.code)
    }
    #expect(told == ["ROLLBACK", "25P01", "1", "22012", "25P02", "ROLLBACK", "1"])
  }

  @Test("more than the socket holds goes both ways at once")
  func noDeadlock() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    let big = Statement("big", "SELECT $1::text || repeat('x', 100000)")
    try connection.prepare([big])
    var pipeline = Pipeline()
    for _ in 0..<200 {
      var parameters = Parameters()
      parameters.add(String(repeating: "y", count: 100_000))
      pipeline.add(big, parameters)
    }
    let rows = try connection.exchange(pipeline)
    #expect(rows.allSatisfy { $0.first { $0.text().utf8.count } == 200_000 })
  }

  @Test("a session that the server ends is lost, and its link comes back")
  func lost() throws {
    let database = try TestDatabase.make()
    let conninfo = database.conninfo
    var link = Link { () throws(PostgresError) in try Connection.open(conninfo) }
    let backend = try link.use { connection throws(PostgresError) in
      try connection.run("SELECT pg_backend_pid()::int8").first { $0.integer() } ?? 0
    }
    try Connection.open(conninfo).run("SELECT pg_terminate_backend(\(backend))")
    do throws(PostgresError) {
      try link.use { connection throws(PostgresError) in _ = try connection.run("SELECT 1") }
      Issue.record("not lost")
    } catch {
      guard case .lost = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(try link.use { connection throws(PostgresError) in try connection.run("SELECT 1").count } == 1)
  }

  @Test("no answer in time counts as lost")
  func deadline() throws {
    let connection = try Connection.open(try TestDatabase.make().conninfo)
    do throws(PostgresError) {
      _ = try connection.run("SELECT pg_sleep(60)", deadline: .milliseconds(50))
      Issue.record("answered")
    } catch {
      guard case .lost = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}
