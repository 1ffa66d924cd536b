/// A report as one self-contained HTML file that a browser shows well and prints well: no script, nothing from elsewhere.
package struct HTMLPage: Sendable {
  private let title: String
  private var body = ""

  /// - Parameters:
  ///   - title: of the report; it heads the first page and names the window.
  ///   - owner: whose report it is; with the title it stands at the head of every printed page.
  package init(title: String, owner: String) {
    self.title = "\(title) – \(owner)"
    body = "<header><h1>\(Self.escaped(title))</h1><p class=\"owner\">\(Self.escaped(owner))</p></header>\n"
  }

  /// What the report is about, name by name.
  package mutating func add(facts: [(name: String, value: String)]) {
    body += "<dl>"
    for (name, value) in facts { body += "<dt>\(Self.escaped(name))</dt><dd>\(Self.escaped(value))</dd>" }
    body += "</dl>\n"
  }

  package mutating func add(heading: String) { body += "<h2>\(Self.escaped(heading))</h2>\n" }

  package mutating func add(paragraph: String) { body += "<p>\(Self.escaped(paragraph))</p>\n" }

  /// - Parameters:
  ///   - columns: each with whether it holds numbers; the titles head every page that the table runs over.
  ///   - totals: the last rows, set off by a rule.
  package mutating func add(
    table columns: [(title: String, isNumber: Bool)], rows: some Sequence<[String]>,
    totals: some Sequence<[String]> = []
  ) {
    func line(_ cells: [String], _ tag: String, total: Bool = false) -> String {
      let cells = zip(columns, cells).map { column, cell in
        "<\(tag)\(Self.style(cell, column.isNumber))>\(Self.escaped(cell))</\(tag)>"
      }
      return "<tr\(total ? " class=\"total\"" : "")>\(cells.joined())</tr>\n"
    }
    body += "<div class=\"wide\"><table><thead>\(line(columns.map(\.title), "th"))</thead>\n<tbody>\n"
    for row in rows { body += line(row, "td") }
    for row in totals { body += line(row, "td", total: true) }
    body += "</tbody></table></div>\n"
  }

  /// A date, a code or a number stays in one piece.
  private static func style(_ cell: String, _ isNumber: Bool) -> String {
    if isNumber { return " class=\"number\"" }
    return cell.count <= mostOfAWord && !cell.contains(" ") ? " class=\"word\"" : ""
  }

  private static let mostOfAWord = 24

  /// Lines to sign on, which no page break parts from each other.
  package mutating func add(signatures: [String]) {
    body += "<div class=\"signatures\">"
    for who in signatures { body += "<div><p>\(Self.escaped(who))</p><p class=\"date\">Date</p></div>" }
    body += "</div>\n"
  }

  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Self.escaped(title))</title>
    <style>
    \(Self.style)
    @page { @top-left { content: "\(Self.quoted(title))"; } }
    </style>
    </head>
    <body>
    \(body)</body>
    </html>

    """
  }

  /// Letter is what a school district's printer holds.
  private static let style = """
    @page { size: letter; margin: 0.8in 0.7in 0.7in; }
    @page {
      @top-left { font: 8pt sans-serif; color: #555; }
      @top-right { content: "page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #555; }
    }
    :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --rule: #999; --faint: #666; --band: #f4f4f2; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --ink: #e6e6e6; --paper: #17181a; --rule: #666; --faint: #a0a0a0; --band: #202225; }
    }
    body { font: 10pt/1.4 "Liberation Sans", Arial, Helvetica, sans-serif; color: var(--ink); background: var(--paper);
      max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
    header { border-bottom: 2px solid var(--ink); margin-bottom: 1rem; }
    h1 { font-size: 17pt; margin: 0; }
    h2 { font-size: 11.5pt; margin: 1.5rem 0 0.4rem; break-after: avoid; }
    .owner { font-size: 11pt; margin: 0.1rem 0 0.5rem; color: var(--faint); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.2rem; margin: 0; }
    dt { color: var(--faint); }
    dd { margin: 0; }
    table { border-collapse: collapse; width: 100%; font-size: 9pt; }
    th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.5rem; }
    th { border-bottom: 1px solid var(--ink); font-weight: 600; white-space: nowrap; }
    td { border-bottom: 1px solid color-mix(in srgb, var(--rule) 35%, transparent); overflow-wrap: break-word; }
    .word { white-space: nowrap; }
    .wide { overflow-x: auto; }
    tbody tr:nth-child(even) { background: var(--band); }
    .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    tr { break-inside: avoid; }
    thead { display: table-header-group; }
    .total td { border-top: 1px solid var(--ink); font-weight: 600; background: var(--paper); }
    .signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 3.2rem 2.5rem; margin-top: 4.5rem;
      break-inside: avoid; }
    .signatures div { display: grid; grid-template-columns: 1fr 6rem; border-top: 1px solid var(--ink); }
    .signatures p { margin: 0.2rem 0 0; font-size: 8.5pt; color: var(--faint); }
    @media print {
      body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt; print-color-adjust: exact; }
      .wide { overflow: visible; }
      table { font-size: 8.5pt; }
      th, td { padding: 0.15rem 0.35rem; }
    }
    """

  /// Text that no value can break out of.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.printable {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// Inside a style sheet's quotes, where `</style>` must not stand either.
  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for character in text.printable {
      switch character {
      case "\"", "\\", "<", ">", "&": quoted += " "
      default: quoted.append(character)
      }
    }
    return quoted
  }
}
