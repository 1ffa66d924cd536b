internal import Postgres
package import SeatLedger

/// What the vendor's portal shows for a program and year; its reserved includes what was burned.
package struct VendorFigures: Sendable {
  package let purchased: Int64
  package let reserved: Int64
  package let burned: Int64
  package let voided: Int64

  package init(purchased: Int64, reserved: Int64, burned: Int64, voided: Int64) {
    self.purchased = purchased
    self.reserved = reserved
    self.burned = burned
    self.voided = voided
  }
}

extension Query {
  /// The vendor's figures against ours: a row a figure, with the entries that may explain a difference.
  package static func reconcile(
    of tenant: TenantRecord, program: ProgramCode, year: AcademicYear, _ vendor: VendorFigures
  ) -> Query {
    var parameters = Parameters()
    parameters.add(tenant.id)
    parameters.add(program.text)
    parameters.add(year.firstDay.day)
    parameters.add(year.lastDay.day)
    return Query([
      (ReconcileQuery.ours, parameters), (ReconcileQuery.entries, parameters), HeadQuery.step(tenant),
    ]) { rows in
      let ours: [Int64] =
        rows[0].first { row in [row.integer(), row.integer(), row.integer(), row.integer()] } ?? [0, 0, 0, 0]
      let entries = rows[1].map { row in (item: row.text(), seq: row.integer(), seats: row.integer()) }
      var page = Page()
      var differences: Int64 = 0
      let theirs = [vendor.purchased, vendor.reserved, vendor.burned, vendor.voided]
      for (index, item) in ["purchased", "reserved", "burned", "voided"].enumerated() {
        let difference = theirs[index] - ours[index]
        var fields = Fields()
        fields.add(.item, item)
        fields.add(.vendor, theirs[index])
        fields.add(.ours, ours[index])
        fields.add(.difference, difference)
        if difference != 0 {
          differences += 1
          let own = entries.filter { $0.item == item }
          // One entry of just these seats explains best; else the latest ones are where to look.
          let exact = own.filter { $0.seats == difference.magnitude }
          let shown = (exact.isEmpty ? own : exact).prefix(ReconcileQuery.entriesShown)
          if !shown.isEmpty { fields.add(.entries, shown.map { String($0.seq) }.joined(separator: ",")) }
        }
        page.rows.append(fields)
      }
      page.end.add(.rows, page.rows.count)
      page.end.add(.differences, differences)
      page.end.add(.seq, HeadQuery.seq(rows[2]))
      return page
    }
  }
}

enum ReconcileQuery {
  static let entriesShown = 20

  private static let pools = """
    pool p WHERE p.tenant_id = $1::int4 AND p.program = $2::text AND p.kind = 'seats'
      AND p.expires BETWEEN date 'epoch' + $3::int4 AND date 'epoch' + $4::int4
    """

  static let ours = Statement(
    "reconcile_ours",
    """
    SELECT coalesce(sum(p.purchased), 0)::int8,
      (coalesce(sum(p.reserved + p.consumed), 0) + (
        SELECT count(*) FROM attempt a
        WHERE a.tenant_id = $1::int4 AND a.seat_bucket = 'expired' AND a.pool IN (SELECT p.pool FROM \(pools))))::int8,
      coalesce(sum(p.consumed), 0)::int8, coalesce(sum(p.returned), 0)::int8
    FROM \(pools)
    """)

  /// The latest entries that moved each figure, latest first. What starts moves from reserved to burned, and the vendor's
  /// reserved holds both.
  static let entries = Statement(
    "reconcile_entries",
    """
    SELECT item, seq, seats FROM (
      SELECT i.item, j.seq, j.seats, row_number() OVER (PARTITION BY i.item ORDER BY j.seq DESC) AS place
      FROM journal j, LATERAL (SELECT unnest(
        CASE WHEN j.kind IN ('hold', 'release', 'expire') THEN ARRAY[]::text[]
          WHEN j.from_bucket IS NULL OR j.to_bucket IS NULL THEN ARRAY['purchased']
          WHEN 'returned' IN (j.from_bucket, j.to_bucket) THEN ARRAY['voided']
          WHEN 'consumed' IN (j.from_bucket, j.to_bucket) THEN ARRAY['burned']
          WHEN 'reserved' IN (j.from_bucket, j.to_bucket) THEN ARRAY['reserved']
          ELSE ARRAY[]::text[] END) AS item) i
      WHERE j.tenant_id = $1::int4 AND j.seats > 0
        AND coalesce(j.to_pool, j.from_pool) IN (SELECT p.pool FROM \(pools))) latest
    WHERE place <= 1000 ORDER BY item, seq DESC
    """)
}
