"""Workbooks as an attacker, or an old program, would write them: made part by part."""

from __future__ import annotations

import zipfile
from pathlib import Path

from compendium import dictionary
from tests.dictionary_samples import both

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{{properties}}<sheets>{{sheets}}</sheets></workbook>'
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = ("case_id", "recorded_on", "outcome_on", "stage")


def text(place: str, value: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def number(place: str, value: object, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def row(at: int, *cells: str) -> str:
    return f'<row r="{at}">{"".join(cells)}</row>'


def heading(*names: str) -> str:
    return row(1, *(text(f"{chr(65 + at)}1", name) for at, name in enumerate(names or HEAD)))


def sheet(*rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>'
)


def book(
    path: Path,
    content: str | bytes,
    *,
    name: str = "cases",
    state: str = "visible",
    properties: str = "",
    strings: str = "",
    more: dict[str, str | bytes] | None = None,
    pack: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """A workbook of one sheet; style 1 is the built-in date, 2 a date of its own."""
    sheets = f'<sheet name="{name}" sheetId="1" state="{state}" r:id="rId1"/>'
    links = f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    links += f'<Relationship Id="rId2" Type="{LINKS}/styles" Target="styles.xml"/>'
    links += f'<Relationship Id="rId3" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>' if strings else ""
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": BOOK.format(properties=properties, sheets=sheets),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}">{links}</Relationships>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": content,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    with zipfile.ZipFile(path, "w", pack) as archive:
        for part, data in {**parts, **(more or {})}.items():
            archive.writestr(part, data)
    return path


def read(path: Path) -> dictionary.Checked:
    """The table of cases in a file."""
    return dictionary.read_tables({"cases": path}, both())


def said(path: Path) -> str:
    """Everything that is told about a file."""
    return "\n".join(str(problem) for problem in read(path).problems)
