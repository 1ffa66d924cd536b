import SeatClient
import SeatLedger

/// Reports as one HTML document: a page a tenant that stands on its own, to be printed and filed.
struct YearEndPage {
  let reports: [YearEndReport]

  /// Lines of a table that still leave everything on one printed page.
  private static let mostSchools = 10
  private static let mostFunds = 6
  private static let mostPools = 8

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    \(reports.map(page).joined(separator: "\n"))
    </body>
    </html>

    """
  }

  private var title: String {
    guard reports.count == 1, let end = reports.first?.byProgram.end else { return "Year-end reports" }
    return "Year end \(end[.year] ?? ""): \(end[.name] ?? "")"
  }

  private func page(_ report: YearEndReport) -> String {
    let end = report.byProgram.end
    let figures: [(String, String)] = [
      ("pools", grouped(end, .pools)), ("idle seats", grouped(end, .expiredIdle)),
      ("reserved, unused", grouped(end, .expiredReserved)), ("cost of the waste", "$\(sum(end, .cost))"),
      (
        "put right since by late postings",
        "\(grouped(end, .corrected)) \(end.count(.corrected) == 1 ? "seat" : "seats"), $\(sum(end, .correctedCost))"
      ),
    ]
    return """
      <main>
      <header>
      <h1>\(escaped(end[.name] ?? ""))</h1>
      <p>District \(escaped(end[.tenant] ?? "")), academic year \(escaped(end[.year] ?? ""))</p>
      <p class="state \(end[.state] ?? "")">\(state(end))</p>
      </header>
      <dl>
      \(figures.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }.joined(separator: "\n"))
      </dl>
      \(report.pools.isEmpty ? "<p class=\"none\">No pool expires in this year: there is nothing to lose.</p>" : tables(report))
      <footer>
      <p>An idle seat was available or held and nobody had it; a reserved one had a candidate who never started. Neither
      has any value after its last day. Made \(escaped(report.made)), from the district’s journal up to entry \(grouped(end, .seq)).</p>
      <p class="signed"><span>Prepared by</span><span>Reviewed by</span><span>Date</span></p>
      </footer>
      </main>
      """
  }

  private func state(_ end: ReplyValues) -> String {
    let open = end.count(.openPools)
    switch end[.state] {
    case "sealed": return "Sealed: these figures are final."
    case "expired": return "Expired, not sealed: late postings can still put seats right."
    default:
      return open > 0
        ? "Rehearsal: what would expire if nothing more happened." : "The year is not over, and nothing is open in it."
    }
  }

  private func tables(_ report: YearEndReport) -> String {
    """
    <section>
    \(table("By program", report.byProgram.rows, [("Program", .program), ("State", .state)], most: Self.mostFunds))
    \(table("By fund", report.byFund, [("Fund", .fund)], most: Self.mostFunds))
    \(table("By school", report.bySchool, [("School", .name), ("Code", .school)], most: Self.mostSchools))
    \(table(
      "By pool", report.pools,
      [("School", .school), ("Program", .program), ("Fund", .fund), ("Kind", .kind), ("Expires", .expires)],
      most: Self.mostPools))
    </section>
    """
  }

  private func table(_ title: String, _ lines: [ReplyValues], _ names: [(String, FieldName)], most: Int) -> String {
    let excerpt = YearEndReport.Excerpt(lines, most: most)
    let head = names.map { "<th scope=\"col\">\($0.0)</th>" }.joined()
    var rows = excerpt.shown.map { line in
      "<tr>\(names.map { "<td>\(escaped(line[$0.1] ?? ""))</td>" }.joined())\(cells(line))</tr>"
    }
    if excerpt.rest > 0 {
      rows.append(
        "<tr class=\"rest\"><td colspan=\"\(names.count)\">\(Table.grouped(excerpt.rest)) more</td>"
          + "<td class=\"n\">\(Table.grouped(String(excerpt.restIdle)))</td>"
          + "<td class=\"n\">\(Table.grouped(String(excerpt.restReserved)))</td>"
          + "<td class=\"n\">\(Table.grouped(excerpt.restCost.description))</td><td></td></tr>")
    }
    return """
      <h2>\(title)</h2>
      <div class="wide"><table>
      <thead><tr>\(head)<th scope="col" class="n">Idle</th><th scope="col" class="n">Reserved</th>\
      <th scope="col" class="n">Cost</th><th scope="col" class="n">Put right</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }

  private func cells(_ line: ReplyValues) -> String {
    let corrected = line.count(.corrected) == 0 ? "" : grouped(line, .corrected)
    return [grouped(line, .expiredIdle), grouped(line, .expiredReserved), sum(line, .cost), corrected]
      .map { "<td class=\"n\">\($0)</td>" }.joined()
  }

  private func grouped(_ values: ReplyValues, _ name: FieldName) -> String {
    Table.grouped(String(values.count(name)))
  }

  private func sum(_ values: ReplyValues, _ name: FieldName) -> String {
    Table.grouped(values.money(name).description)
  }

  private func escaped(_ text: String) -> String { HTMLPage.escaped(text) }

  /// Letter paper with room for a binding; A4 fits as well.
  private static let style = """
    @page { size: letter; margin: 14mm 16mm; }
    * { box-sizing: border-box; }
    body { margin: 0; color: #1a1a1a; font: 10pt/1.35 "Helvetica Neue", Helvetica, Arial, sans-serif; }
    main { max-width: 184mm; margin: 8mm auto; padding: 0 4mm; break-after: page; }
    main:last-child { break-after: auto; }
    h1 { margin: 0; font-size: 17pt; line-height: 1.2; }
    header p { margin: 1mm 0 0; }
    .state { display: inline-block; padding: 0.8mm 2.5mm; border: 0.3mm solid #777; border-radius: 1mm; font-weight: 600; }
    .state.open { border-style: dashed; }
    .state.sealed { background: #e8e8e8; }
    dl { display: flex; flex-wrap: wrap; gap: 3mm; margin: 4mm 0 3mm; }
    dl div { flex: 1 1 auto; padding: 2mm 2.5mm; background: #f2f2f2; }
    dt { font-size: 8pt; color: #555; }
    dd { margin: 0; font-size: 11.5pt; font-weight: 600; white-space: nowrap; }
    h2 { margin: 3mm 0 0.8mm; font-size: 10.5pt; }
    table { width: 100%; border-collapse: collapse; font-size: 8.5pt; break-inside: avoid; }
    th { text-align: left; font-weight: 600; color: #555; border-bottom: 0.3mm solid #777; }
    td { border-bottom: 0.15mm solid #ddd; }
    th, td { padding: 0.45mm 2mm 0.45mm 0; }
    .wide { overflow-x: auto; }
    @media screen and (max-width: 600px) { td { white-space: nowrap; } }
    .n { width: 21mm; padding: 0.45mm 0 0.45mm 3mm; text-align: right; font-variant-numeric: tabular-nums; }
    .rest td { color: #555; font-style: italic; }
    .none { margin: 12mm 0; font-size: 11.5pt; }
    footer { margin-top: 4mm; font-size: 8pt; color: #555; }
    .signed { display: flex; gap: 8mm; margin-top: 11mm; }
    .signed span { flex: 1; border-top: 0.2mm solid #777; padding-top: 1mm; }
    @media print { main { margin: 0; padding: 0; max-width: none; } dl { flex-wrap: nowrap; } .wide { overflow: visible; } dl div, .state.sealed { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
    """
}
