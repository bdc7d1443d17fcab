"""What a councillor or a safeguarding board reads in two minutes: found, how sure, not known, what to ask next.

One page in print, with one figure. The words stand in `report/_summary.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compendium.markdown import escape, label
from compendium.paths import Root
from compendium.report import aims, filled, front, helping, numbers, overview
from compendium.report.filled import Markdown
from compendium.report.place import Place
from compendium.report.read import Row, rows
from compendium.report.wording import joined

PAGE, WORDS = "summary.qmd", "_summary"
TITLE = "In two minutes"
FIGURE = "headline_bounds"
LONGEST = 3  # gaps that the page names, and asks to mend
AT_MOST = 0.10  # a share not on record that criterion 6.1 of the illustrative standards still allows
MAIN = ("case_flow", "victims_by_form", "suspects_by_age")


def page(place: Place, root: Root, shown: Mapping[str, str], lines: Sequence[helping.Line]) -> str:
    """The page of one locality."""
    head = front.matter(TITLE, subtitle=overview.span(place.locality), toc=False, quick_exit=True)
    text = helping.noted(filled.page(place, root, WORDS, shown, **_follows(place, shown)))
    return "\n".join([*head, "::::: {.one-page}", text, "", helping.short(lines, place.locality), "", ":::::", ""])


def _follows(place: Place, shown: Mapping[str, str]) -> dict[str, Any]:
    """What the words use beside single numbers: it follows from the rows of released tables."""
    missing = [row for row in rows(place, "missing_fields") if row.get("share")]
    worst = [row for row in missing if row["share"] > AT_MOST and row.get("recordable", True)][:LONGEST]
    splits = len({row["item"] for row in rows(place, "consensus_splits")})
    return {
        "drawing": Markdown(_drawing(shown.get(label("fig", FIGURE), ""))),
        "gaps": [Markdown(_gap(row)) for row in missing[:LONGEST]],
        "worst": Markdown(joined([f"{str(row['label']).lower()} (now {_share(row)})" for row in worst])),
        "recorded": bool(rows(place, "missing_fields")),
        "at_most": Markdown(f"{AT_MOST:.0%}"),
        "splits": Markdown(numbers.link(splits, "consensus_splits")) if splits else Markdown(""),
        "hidden": aims.hidden(place, *MAIN),
    }


def _drawing(figure: str) -> str:
    """The picture; the numbers behind it and the downloads on the screen only: in print the page is to stay one."""
    picture, _, rest = figure.partition("\n")
    return f"{picture}\n\n:::: {{.screen-only}}\n{rest.strip()}\n::::" if rest.strip() else picture


def _gap(row: Row) -> str:
    share = numbers.link(f"{row['value']} of {row['of']}", "missing_fields")
    return f"**{escape(row['label'])}** is not on file for {share}."


def _share(row: Row) -> str:
    return numbers.link(row["value"], "missing_fields")
