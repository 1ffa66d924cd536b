internal import SeatLedger

/// The pools as they stood at a moment, as the journal knew it (`Horizon`): what they hold now, without the entries that
/// came later.
///
/// It reads what a tenant's journal has recorded since that moment, however old the journal is; that may be much, so it
/// belongs to a session of its own.
enum HistoryQuery {
  /// A relation `p` with the columns of `pool` and `third_try_cents`.
  ///
  /// - Parameter first: the number of the horizon's first parameter; `$1` is the tenant.
  static func pools(first: Int) -> String {
    let horizon = Horizon.condition(on: "j", first: first)
    // Nothing is recorded before it happens, so all that happened after the horizon was recorded after it, too.
    let recordedWithin = """
      ($\(first)::int8 IS NULL OR j.recorded_at < $\(first)::int8)
      AND ($\(first + 1)::int8 IS NULL OR j.seq <= $\(first + 1)::int8)
      AND ($\(first + 2)::int8 IS NULL OR j.recorded_at < $\(first + 2)::int8)
      """
    // Where it starts is joined: row security keeps a sub-select from bounding an index. Each sum is made once: sessions that prefer nested loops would make it again for every pool. OFFSET 0 keeps them
    // from going through all attempts for the few that have had entries since.
    return """
      (WITH start AS MATERIALIZED (
        SELECT coalesce((
          SELECT j.seq FROM journal j WHERE j.tenant_id = $1::int4 AND \(recordedWithin)
          ORDER BY j.tenant_id DESC, j.seq DESC LIMIT 1), 0)::int8 AS seq
      ), since AS MATERIALIZED (
        SELECT j.seats, j.cents, j.from_pool, j.to_pool, j.attempt, j.kind, j.from_bucket, j.to_bucket, j.detail
        FROM start JOIN journal j ON j.tenant_id = $1::int4 AND j.seq > start.seq WHERE NOT (\(horizon))
      ), side AS (
        SELECT j.to_pool AS pool, j.to_bucket AS bucket, j.seats, j.cents, j.kind, j.detail, true AS comes
        FROM since j WHERE j.to_pool IS NOT NULL
        UNION ALL
        SELECT j.from_pool, j.from_bucket, -j.seats, -j.cents, j.kind, j.detail, false
        FROM since j WHERE j.from_pool IS NOT NULL
      ), moved AS MATERIALIZED (
        SELECT pool, \(sums) FROM side GROUP BY pool
      ), used AS MATERIALIZED (
        SELECT a.pool, sum(third.tries)::int8 AS third_tries, sum(third.tries * j.cents)::int8 AS third_try_cents,
          sum(
            CASE WHEN a.seat_of IS NOT NULL THEN 0
              WHEN j.kind = 'reserve' OR j.detail IN ('kind=cancel', 'kind=no-show') THEN 1
              WHEN j.kind IN ('cancel', 'no-show') OR j.detail = 'kind=reserve' THEN -1 ELSE 0 END)::int8 AS uses
        FROM since j, LATERAL (
          SELECT a.pool, a.third_try, a.seat_of FROM attempt a
          WHERE a.tenant_id = $1::int4 AND a.attempt = j.attempt OFFSET 0
        ) a,
        LATERAL (SELECT
          CASE WHEN NOT a.third_try THEN 0
            WHEN j.to_bucket = 'reserved' AND j.from_bucket IN ('available', 'held') THEN 1
            WHEN j.to_bucket = 'available' AND j.from_bucket IN ('reserved', 'forfeited') THEN -1 ELSE 0 END AS tries
        ) third
        WHERE a.pool IS NOT NULL AND (a.third_try OR a.seat_of IS NULL)
        GROUP BY a.pool
      ), third AS MATERIALIZED (
        SELECT third.pool, third.cents FROM \(CostsQuery.thirdTries) third
      ), past AS (
        SELECT q.tenant_id, q.pool, q.school, q.program, q.kind, q.fund, q.expires, q.closed, \(differences),
          q.third_tries - coalesce(used.third_tries, 0) AS third_tries,
          coalesce(third.cents, 0) - coalesce(used.third_try_cents, 0) AS third_try_cents,
          q.uses - coalesce(used.uses, 0) AS uses
        FROM pool q LEFT JOIN moved ON moved.pool = q.pool LEFT JOIN used ON used.pool = q.pool
        LEFT JOIN third ON third.pool = q.pool
        WHERE q.tenant_id = $1::int4
      )
      SELECT p.* FROM past p
      WHERE p.purchased <> 0 OR p.transferred_in <> 0 OR EXISTS (
        SELECT FROM journal j WHERE j.tenant_id = $1::int4 AND j.seq = p.pool AND \(horizon))) p
      """
  }

  private static let differences = PoolColumns.names.flatMap { [$0, "\($0)_cents"] }.map {
    "q.\($0) - coalesce(moved.\($0), 0) AS \($0)"
  }.joined(separator: ", ")

  /// A sum for seats and one for cents of each column of a pool.
  private static let sums = PoolColumns.names.map { name in
    let (condition, sign) = condition(of: name)
    return ["seats", "cents"].map { unit in
      let column = unit == "seats" ? name : "\(name)_cents"
      return "\(sign)coalesce(sum(\(unit)) FILTER (WHERE \(condition)), 0)::int8 AS \(column)"
    }.joined(separator: ", ")
  }.joined(separator: ", ")

  /// Which sides count for a column; what leaves is negative, so what was transferred out is turned round.
  private static func condition(of column: String) -> (condition: String, sign: String) {
    switch column {
    case "purchased": ("kind = 'purchase' OR kind = 'reverse' AND detail = 'kind=purchase'", "")
    case "transferred_in":
      ("kind = 'transfer' AND comes OR kind = 'reverse' AND detail = 'kind=transfer' AND NOT comes", "")
    case "transferred_out":
      ("kind = 'transfer' AND NOT comes OR kind = 'reverse' AND detail = 'kind=transfer' AND comes", "-")
    default: ("bucket = '\(column)'", "")
    }
  }
}
