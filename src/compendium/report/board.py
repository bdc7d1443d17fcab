"""One page for a safeguarding board: what is known, how sure, what is not known, what to record better next year.

Its sentences follow from released tables of the case files, in an order that the tables give.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compendium.markdown import escape
from compendium.report import numbers
from compendium.report.overview import span
from compendium.report.place import Place
from compendium.report.read import Row, count, rows

PAGE = "board.qmd"
TITLE = "For the board, on one page"
CASES, VICTIMS, SUSPECTS = "case_flow", "victims_by_form", "suspects_by_age"
BOUNDS, MISSING, CONCENTRATION = "headline_bounds", "missing_fields", "case_concentration"
LONGEST = 5  # gaps that the page names
ACTIONS = 3  # of these, those to mend first
AT_MOST = 0.10  # a share not on record that criterion 6.1 of the illustrative standards still allows


def page(place: Place) -> str:
    """The page of one locality."""
    head = [
        "---",
        f"title: {json.dumps(TITLE)}",
        f"subtitle: {json.dumps(span(place.locality))}",
        "toc: false",
        "---",
        "",
    ]
    cases = count(place, CASES)
    if not cases:
        return "\n".join([*head, "No case files are supplied for this locality, so there is nothing to say here.", ""])
    body = [*_lead(place, cases), *_known(place), *_sure(place), *_not_known(place), *_record_better(place), *_more()]
    return "\n".join([*head, "::::: {.one-page}", *body, "", ":::::"]) + "\n"


def _lead(place: Place, cases: int) -> Iterator[str]:
    victims = count(place, VICTIMS)
    yield from ("::: {.lead}", "{{< meta data.case_files.statement >}}")
    harmed = numbers.link(f"{victims:,} children", VICTIMS) if victims else ""
    children = f" with {harmed} harmed, a child harmed in two cases counted twice" if victims else ""
    yield from (f"The files of these months hold {numbers.link(f'{cases:,} cases', CASES)}{children}.", ":::", "")


def _known(place: Place) -> Iterator[str]:
    yield from ("## What is known {#sec-known}", "")
    found = rows(place, BOUNDS)
    if not found:
        yield from ("The files are too few to show shares.", "")
        return
    for row in found:
        yield f"- **{escape(str(row['label']))}**: {_headline(row)}"
    yield ""


def _headline(row: Row) -> str:
    recorded, value = (numbers.link(row[name], BOUNDS) for name in ("recorded", "value"))
    if not row.get("of"):
        return f"{value}."
    if not row["recorded"] or row["recorded"] == "not shown":
        return f"{value} of {numbers.link(row['of'], BOUNDS)}."
    if str(row["left_out"]).startswith("0"):
        return f"{recorded}."
    return f"{recorded} on record. Whatever the others were, it is {value} of {numbers.link(row['of'], BOUNDS)}."


def _sure(place: Place) -> Iterator[str]:
    yield from ("## How sure this is {#sec-sure}", "")
    yield "- These are **recorded** cases. Many children never tell the police: more cases can mean more harm, more "
    yield "  trust or better recording."
    yield "- The range after *whatever the others were* needs no guess: it counts every missing record once as a no "
    yield "  and once as a yes, and is rounded outwards. Where it is wide, the files can't answer the question. Where "
    yield "  a range stands alone, those not on record are counted together with others, so that no small number shows."
    yield f"- One year can't show a trend. {_chance(place)}"
    yield f"- {_hidden(place)} See [how children are protected](../../report/privacy.qmd)."
    yield ""


def _chance(place: Place) -> str:
    """What the spread of cases over areas can say: nothing of places where chance alone gives as much."""
    for row in rows(place, CONCENTRATION):
        figures = [float(row[name]) for name in ("observed", "low", "high") if row.get(name) is not None]
        if str(row["measure"]) == "Gini" and len(figures) == 3:
            observed, low, high = figures
            inside = low <= observed <= high
            where = "within" if inside else "outside"
            means = (
                "they can't show one part of the area to differ from another"
                if inside
                else "that is more than chance, or less, and may lie in how cases are recorded; it points at no area"
            )
            found, chance = (
                numbers.link(text, CONCENTRATION) for text in (f"{observed:.2f}", f"{low:.2f} to {high:.2f}")
            )
            return (
                f"How unevenly the cases lie over areas is {where} what chance alone gives ({found} on a scale from 0 "
                f"to 1; by chance {chance}): {means}."
            )
    return "How unevenly the cases lie over areas is not shown."


def _hidden(place: Place) -> str:
    found = [row for name in (CASES, VICTIMS, SUSPECTS) for row in rows(place, name)]
    number = sum(row.get("status") == "hidden" for row in found)
    if not number:
        return "Small numbers would be hidden; in the main tables none had to be."
    told = numbers.link(f"{number} of {len(found)} numbers", CASES)
    return f"In the main tables {told} are hidden, so that no child can be recognised."


def _gaps(place: Place) -> list[dict[str, Any]]:
    """What the files do not say, most often missing first; not what is hidden or merged."""
    return [dict(row) for row in rows(place, MISSING) if row.get("share")]


def _not_known(place: Place) -> Iterator[str]:
    yield from ("## What is not known {#sec-not-known}", "")
    for row in _gaps(place)[:LONGEST]:
        yield f"- **{escape(str(row['label']))}** is not on file for {_share(row)}."
    yield "- What happened to children who told nobody, and what happened after a case was closed: no file says it."
    yield ""


def _share(row: Row) -> str:
    return f"{numbers.link(row['value'], MISSING)} of {numbers.link(row['of'], MISSING)}"


def _record_better(place: Place) -> Iterator[str]:
    yield from ("## What to record better next year {#sec-record}", "")
    if not rows(place, MISSING):
        yield from ("The tables of this locality do not tell what is missing.", "")
        return
    worst = [row for row in _gaps(place) if row["share"] > AT_MOST and _could_be_recorded(row)][:ACTIONS]
    if not worst:
        yield from (f"No field of these tables is missing in more than {AT_MOST:.0%} of records. Keep it so.", "")
        return
    for number, row in enumerate(worst, 1):
        share = numbers.link(row["value"], MISSING)
        yield f"{number}. **{escape(str(row['label']))}**: from {share} not recorded to {AT_MOST:.0%} at most."
    yield from (
        "",
        f"The limit of {AT_MOST:.0%} is taken from the illustrative standards (their criterion 6.1).",
        "",
    )


def _could_be_recorded(row: Row) -> bool:
    """Not what nobody knows: a file may say nothing of a person whom nobody could identify."""
    return "recorded" in str(row.get("says", "")).lower()


def _more() -> Iterator[str]:
    yield "Every number here stands in a table of the [case files](03_case_files.ipynb), with what was left out."
