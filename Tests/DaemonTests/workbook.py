"""Reads workbooks by the standard: whole archives, sound XML, cells of their kinds, no formula but the totals'.

    workbook.py FILE.xlsx …    prints each sheet as lines of JSON: the header, the rows, the totals
"""

import json
import sys
import zipfile
import xml.etree.ElementTree as tree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None, "checksums"
    parts = {name: tree.fromstring(archive.read(name)) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    formats = {item.get("numFmtId"): item.get("formatCode") for item in parts["xl/styles.xml"].iter(MAIN + "numFmt")}
    styles = list(parts["xl/styles.xml"].find(MAIN + "cellXfs"))
    pane = sheet.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    assert pane.get("state") == "frozen" and pane.get("topLeftCell") == "A2", "the header stays in sight"
    for row in sheet.iter(MAIN + "row"):
        cells = {}
        for cell in row:
            assert cell.get("r").endswith(row.get("r"))
            style = styles[int(cell.get("s"))]
            kind = formats.get(style.get("numFmtId"), {"3": "#,##0", "4": "#,##0.00"}.get(style.get("numFmtId"), ""))
            formula = cell.find(MAIN + "f")
            if cell.get("t") == "inlineStr":
                assert formula is None
                value = cell.find(f"{MAIN}is/{MAIN}t").text
                quoted = style.get("quotePrefix") == "1"
                assert quoted == (value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")), value
                cells[cell.get("r")[: -len(row.get("r"))]] = value
            else:
                value = float(cell.find(MAIN + "v").text)
                text = formula.text if formula is not None else None
                cells[cell.get("r")[: -len(row.get("r"))]] = [value, kind] + ([text] if text else [])
        print(json.dumps(cells))
