internal import Postgres
internal import SeatLedger

/// How fast seats are taken: those of the last four weeks, so that every weekday counts four times.
enum Pace {
  static let days: Int32 = 28

  /// A relation `recent` of a tenant's (`$1`) pools with the seats that were taken since `$2` and not given back. It is
  /// made once: a session that plans by index alone would count again for every pool.
  static let recent = """
    recent AS MATERIALIZED (
      SELECT a.pool, count(*)::int8 AS taken FROM attempt a
      WHERE a.tenant_id = $1::int4 AND a.seat_of = a.attempt AND a.reserved_at >= $2::int8
        AND a.seat_bucket <> 'available'
      GROUP BY a.pool)
    """

  /// Where the four weeks begin.
  static func since(_ now: Instant) -> Int64 { now.microseconds - Int64(days) * 86_400_000_000 }

  /// Seats that will be taken in so many days, at the pace of the last four weeks.
  static func projected(_ taken: Int64, days left: Int64) -> Int64 { taken * max(0, left) / Int64(days) }
}
