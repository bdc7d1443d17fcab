"""What stands around every chart: title, subtitle, and the footer that says whose figures these are."""

from __future__ import annotations

from compendium.aggregate import COUNT, Released
from compendium.charts import theme
from compendium.charts.measure import clean
from compendium.charts.sheet import Sheet

_TITLE_WORD = {"synthetic": "synthetic data", "illustrative": "illustrative"}
_FOOTER_WORD = {
    "synthetic": "Synthetic data: every record here is invented.",
    "illustrative": "Illustrative: written for this software, not a finding.",
}
_ALT_WORD = {"synthetic": "Synthetic data.", "illustrative": "Illustrative."}
HIDDEN_NOTE = "Hatched means hidden, so that nobody can be recognised. A hidden number may be zero."


def full_title(released: Released) -> str:
    """The title with the word that says what the figures are, once."""
    word = _TITLE_WORD.get(released.origin.provenance, "")
    key = released.origin.provenance
    title = clean(released.title)
    return title if not word or key in title.lower() else f"{title} ({word})"


def alt_text(released: Released, sentences: str) -> str:
    """Alt text that ends with the provenance."""
    return " ".join(filter(None, [clean(sentences), _ALT_WORD.get(released.origin.provenance, "")]))


def head(sheet: Sheet, released: Released) -> None:
    """The title above a chart; what is drawn next begins below it."""
    sheet.y = sheet.paragraph(
        sheet.left, sheet.y, full_title(released), sheet.right - sheet.left, size=theme.TITLE, bold=True, most=4
    )
    sheet.y += 1


def subtitle(sheet: Sheet, words: str) -> None:
    """What is counted or measured, under the title. Each kind of chart writes its own."""
    width = sheet.right - sheet.left
    sheet.y = sheet.paragraph(sheet.left, sheet.y, words, width, colour=theme.QUIET, most=4) + theme.GAP


def nothing(sheet: Sheet, words: str = "Nothing to show: not supplied for this locality.") -> str:
    """An empty chart says so."""
    top = sheet.y + 4
    sheet.plot_area(sheet.left, top, sheet.right, top + 60)
    sheet.rect(sheet.left, top, sheet.right - sheet.left, 60, edge=theme.AXIS, dashed=True)
    sheet.centred(sheet.width / 2, top + 30, words, sheet.right - sheet.left - 24, align="center", colour=theme.QUIET)
    sheet.y = top + 60 + theme.GAP
    return words


def hides(released: Released) -> bool:
    """Some cell of the counts, some part of a flow or some share of what is missing is hidden."""
    if released.kind == "case_flow":
        return bool(released.frame["kind"].str.startswith("hidden").any())
    if released.kind == "missing":
        return bool((released.frame["value"] == "hidden").any())
    return released.kind == "counts" and bool(released.frame[COUNT].isna().any()) if len(released.frame) else False


def foot(sheet: Sheet, released: Released) -> None:
    """What is hidden, the note, and whose figures these are, under a line below a chart."""
    sheet.y += 4
    sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID)
    sheet.y += 5
    table = f"Table: {released.name}."  # under which the numbers are found again
    source = f"Source: {released.origin.source.rstrip('.')}. {table}" if released.origin.source else table
    word = _FOOTER_WORD.get(released.origin.provenance, "")
    for words in filter(None, [HIDDEN_NOTE if hides(released) else "", released.note, source]):
        sheet.y = sheet.paragraph(
            sheet.left, sheet.y, words, sheet.right - sheet.left, size=theme.SMALL, colour=theme.QUIET
        )
    if word:
        sheet.y = sheet.paragraph(sheet.left, sheet.y, word, sheet.right - sheet.left, size=theme.SMALL, bold=True)
    sheet.y += theme.MARGIN - 4
