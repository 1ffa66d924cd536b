internal import SeatLedger

/// The pools as they stood at a moment, as the journal knew it: summed up from its entries (`Horizon`).
///
/// It reads all of a tenant's journal within the horizon, so it belongs to a session of its own.
enum HistoryQuery {
  /// A relation `p` with the columns of `pool` and `third_try_cents`.
  ///
  /// - Parameter first: the number of the horizon's first parameter; `$1` is the tenant.
  static func pools(first: Int) -> String {
    let horizon = "j.tenant_id = $1::int4 AND \(Horizon.condition(on: "j", first: first))"
    return """
      (WITH side AS (
        SELECT j.to_pool AS pool, j.to_bucket AS bucket, j.seats, j.cents, j.kind, j.detail, true AS comes
        FROM journal j WHERE \(horizon) AND j.to_pool IS NOT NULL
        UNION ALL
        SELECT j.from_pool, j.from_bucket, -j.seats, -j.cents, j.kind, j.detail, false
        FROM journal j WHERE \(horizon) AND j.from_pool IS NOT NULL
      ), moved AS (
        SELECT pool, \(sums) FROM side GROUP BY pool
      ), used AS (
        SELECT a.pool, sum(third.tries)::int8 AS third_tries, sum(third.tries * j.cents)::int8 AS third_try_cents,
          sum(
            CASE WHEN a.seat_of IS NOT NULL THEN 0
              WHEN j.kind = 'reserve' OR j.detail IN ('kind=cancel', 'kind=no-show') THEN 1
              WHEN j.kind IN ('cancel', 'no-show') OR j.detail = 'kind=reserve' THEN -1 ELSE 0 END)::int8 AS uses
        FROM journal j JOIN attempt a ON a.tenant_id = j.tenant_id AND a.attempt = j.attempt,
        LATERAL (SELECT
          CASE WHEN NOT a.third_try THEN 0
            WHEN j.to_bucket = 'reserved' AND j.from_bucket IN ('available', 'held') THEN 1
            WHEN j.to_bucket = 'available' AND j.from_bucket IN ('reserved', 'forfeited') THEN -1 ELSE 0 END AS tries
        ) third
        WHERE \(horizon) AND a.pool IS NOT NULL AND (a.third_try OR a.seat_of IS NULL)
        GROUP BY a.pool
      )
      SELECT q.tenant_id, q.pool, q.school, q.program, q.kind, q.fund, q.expires, q.closed,
        \(PoolColumns.list(prefix: "moved.")), coalesce(used.third_tries, 0) AS third_tries,
        coalesce(used.third_try_cents, 0) AS third_try_cents, coalesce(used.uses, 0) AS uses
      FROM moved JOIN pool q ON q.tenant_id = $1::int4 AND q.pool = moved.pool
      LEFT JOIN used ON used.pool = moved.pool) p
      """
  }

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
