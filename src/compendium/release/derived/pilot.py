"""The pilot in the frame of RE-AIM, and which criteria services bent, from released tables alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Released
from compendium.release.derived.parts import named
from compendium.release.tables import count_text

RE_AIM = {
    "dimension": "Dimension",
    "question": "What was asked",
    "found": "What was found",
    "not_measured": "What was not measured",
}
FIDELITY = {
    "criterion": "Criterion",
    "adaptations": "Times changed",
    "core": "Of these, a core part",
    "flag": "True to the standard",
}
CORE = "core part changed: look at it"
KEPT = "core parts kept"
NONE = "not shown"
QUESTIONS = (
    (
        "Reach",
        "Who of those asked took part?",
        "How many children the services see, and which children they do not reach",
        ("people",),
    ),
    (
        "Effectiveness",
        "Did services rate themselves otherwise afterwards?",
        "Whether children are safer or better helped: nobody was compared with services outside the pilot",
        ("before_after",),
    ),
    (
        "Adoption",
        "How many services that were asked began, and stayed?",
        "Services that nobody asked, and why others said no",
        ("taking_part",),
    ),
    (
        "Implementation",
        "What did it take, and what was changed on the way?",
        "Whether what was rated was also done: nobody watched",
        ("staff_time", "adaptations"),
    ),
    (
        "Maintenance",
        "Is it still used half a year later?",
        "All of it: the pilot ended with the second rating",
        (),
    ),
)


def re_aim(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row for each dimension of RE-AIM (Glasgow et al. 1999, Am J Public Health 89:1322-1327), with what is missing.

    `options` name the released tables: `people`, `before_after`, `taking_part`, `staff_time`, `adaptations`.
    """
    rows = []
    for dimension, question, missing, roles in QUESTIONS:
        said = [text for role in roles for text in _SAID[role](named(sources, options[role]))]
        rows.append((dimension, question, "; ".join(said) or "not measured", missing))
    return pd.DataFrame(rows, columns=list(RE_AIM)), RE_AIM


def fidelity(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """For each criterion, from counts by criterion and part: how often services changed it, flagged for a core part.

    A change that keeps the core parts is true to the standard (fidelity-consistent in FRAME's words).
    """
    (counts,) = sources
    criterion = next(d for d in counts.dimensions if d.name == "criterion_id")
    rows = []
    for code, label in criterion.categories.items() if not counts.frame.empty else ():
        changed, core = counts.count(criterion_id=code), counts.count(criterion_id=code, part="core")
        flag = NONE if core is None else CORE if core else KEPT
        rows.append((f"Criterion {label}", count_text(changed), count_text(core), flag))
    return pd.DataFrame(rows, columns=list(FIDELITY)), FIDELITY


def _people(table: Released) -> Iterator[str]:
    who = next((d for d in table.dimensions if d.name == "who"), None)
    for code, label in who.categories.items() if who and not table.frame.empty else ():
        asked, came = table.count(who=code), table.count(who=code, answer="took_part")
        yield f"{label}: {_of(came, asked)}"


def _taking_part(table: Released) -> Iterator[str]:
    if not table.frame.empty:
        asked, declined, left = (table.count(**part) for part in ({}, {"part": "declined"}, {"part": "dropped_out"}))
        began = None if asked is None or declined is None else asked - declined
        yield f"{_of(began, asked)} services began, {count_text(left)} of them dropped out"


def _before_after(table: Released) -> Iterator[str]:
    for row in table.frame.to_dict("records"):
        ends = "" if pd.isna(row["low"]) else f" ({_number(row['low'])} to {_number(row['high'])})"
        yield f"{row['measure']}: shift {_number(row['shift'])}{ends}, {int(row['pairs'])} services"


def _staff_time(table: Released) -> Iterator[str]:
    whole = table.frame[table.frame["who"].str.startswith("All staff")] if len(table.frame) else table.frame
    for row in whole.to_dict("records"):
        if not pd.isna(row["hours"]):
            yield f"{row['wave']}: {row['hours']:g} staff hours for an assessment in the middle service"


def _adaptations(table: Released) -> Iterator[str]:
    if not table.frame.empty:
        yield f"{count_text(table.count())} changes, {count_text(table.count(part='core'))} of them to a core part"


def _of(part: int | None, whole: int | None) -> str:
    """`16 of 22 (73%)`; no percentage where either is hidden."""
    share = f" ({100 * part / whole:.0f}%)" if part is not None and whole else ""
    return f"{count_text(part)} of {count_text(whole)}{share}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


_SAID: Mapping[str, Callable[[Released], Iterator[str]]] = {
    "adaptations": _adaptations,
    "before_after": _before_after,
    "people": _people,
    "staff_time": _staff_time,
    "taking_part": _taking_part,
}
