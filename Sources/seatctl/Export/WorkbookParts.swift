/// The files of a workbook that are the same for every sheet.
enum WorkbookParts {
  /// Places in the list of cell formats below.
  enum Style: Int {
    case plain, header, date, instant, count, money, totalCount, totalMoney, quoted, total
  }

  static func files(sheet: String) -> [(path: String, text: String)] {
    [
      ("[Content_Types].xml", contentTypes), ("_rels/.rels", rootRelations),
      ("xl/workbook.xml", workbook(sheet)), ("xl/_rels/workbook.xml.rels", workbookRelations),
      ("xl/styles.xml", styles),
    ]
  }

  private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let relations = "http://schemas.openxmlformats.org/package/2006/relationships"
  private static let documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

  /// The first row stays where it is.
  static let sheetStart =
    declaration
    + "<worksheet xmlns=\"\(main)\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\">"
    + "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"

  /// On paper: across, as wide as the page, and the header on each of them.
  static let sheetEnd = "<pageSetup orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/></worksheet>"

  private static let contentTypes =
    declaration + """
      <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Default Extension="xml" ContentType="application/xml"/>
      <Override PartName="/xl/workbook.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
      <Override PartName="/xl/worksheets/sheet1.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
      <Override PartName="/xl/styles.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
      </Types>
      """

  private static let rootRelations =
    declaration + """
      <Relationships xmlns="\(relations)">
      <Relationship Id="rId1" Type="\(documents)/officeDocument" Target="xl/workbook.xml"/>
      </Relationships>
      """

  private static let workbookRelations =
    declaration + """
      <Relationships xmlns="\(relations)">
      <Relationship Id="rId1" Type="\(documents)/worksheet" Target="worksheets/sheet1.xml"/>
      <Relationship Id="rId2" Type="\(documents)/styles" Target="styles.xml"/>
      </Relationships>
      """

  private static func workbook(_ sheet: String) -> String {
    declaration + """
      <workbook xmlns="\(main)" xmlns:r="\(documents)">
      <sheets><sheet name="\(sheet)" sheetId="1" r:id="rId1"/></sheets>
      <definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">\(sheet)!$1:$1</definedName></definedNames>
      </workbook>
      """
  }

  private static let styles =
    declaration + """
      <styleSheet xmlns="\(main)">
      <numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
      <numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>
      <fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
      <font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
      <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
      <borders count="3"><border/><border><bottom style="thin"/></border><border><top style="thin"/></border></borders>
      <cellStyleXfs count="1"><xf/></cellStyleXfs>
      <cellXfs count="10">
      <xf/>
      <xf fontId="1" borderId="1" applyFont="1" applyBorder="1"/>
      <xf numFmtId="164" applyNumberFormat="1"/>
      <xf numFmtId="165" applyNumberFormat="1"/>
      <xf numFmtId="3" applyNumberFormat="1"/>
      <xf numFmtId="4" applyNumberFormat="1"/>
      <xf numFmtId="3" fontId="1" borderId="2" applyNumberFormat="1" applyFont="1" applyBorder="1"/>
      <xf numFmtId="4" fontId="1" borderId="2" applyNumberFormat="1" applyFont="1" applyBorder="1"/>
      <xf quotePrefix="1"/>
      <xf fontId="1" borderId="2" applyFont="1" applyBorder="1"/>
      </cellXfs>
      </styleSheet>
      """
}
