"""From report to outcome: the released tables of neighbouring steps as one table whose parts add up.

Every step holds all cases. A part is a released total; parts whose totals are hidden stand together as one. A link is a
released cell of two steps; what no released link carries goes by hidden links, as one number a step. All of it is sums
and differences of released numbers, and so nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.charts.words import listed
from compendium.errors import CompendiumError

FLOW = {
    "step": "Step",
    "part": "Part",
    "came_from": "Came from",
    "count": "Number",
    "share": "Of all",
}
EVERYTHING = "All"  # where the parts of a step come from when taken together
HIDDEN_LINKS = "By hidden links"
ALSO = ("kind", "quiet")  # for the chart: part | hidden part | link | hidden links; whether it is in the background


@dataclass(frozen=True)
class Part:
    """One or several categories of a step: several when their totals are hidden."""

    codes: tuple[str, ...]
    label: str
    count: int
    hidden: bool = False
    quiet: bool = False  # not known, or none of what the step is about


def case_flow(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Option `stages`: the variables of the steps in order, such as `responsible`; each is grouped as its table is.
    Option `quiet`: codes that stand back in the drawing, such as `open`, which is no outcome.

    Links between two steps come from a source by both of them; without one, all of them are hidden. A first step of
    three without any link that may be shown is left out, and so is a step that the released designs gave up. Numbers of
    cases, percentages of all of them. Empty when nothing is supplied; the first row alone when the total of a source is
    hidden or zero.
    """
    supplied = [source for source in sources if not source.frame.empty]
    totals = {source.count() for source in supplied}
    if len(totals - {None}) > 1:
        raise CompendiumError("The steps of a flow have different totals.", "Name tables of one unit in of.")
    if not supplied:
        return pd.DataFrame(columns=[*FLOW, *ALSO]), FLOW
    whole = totals.pop()
    if not whole or totals:
        unknown = pd.DataFrame([("All recorded", EVERYTHING, EVERYTHING, whole, "", "part", False)])
        return unknown.set_axis([*FLOW, *ALSO], axis=1).astype({"count": "Int64"}), FLOW
    found = [_stage(str(variable), supplied) for variable in options.get("stages", ())]
    stages = [stage for stage in found if stage]
    while len(stages) > 2 and not any(_cells(stages[0][0], stages[1][0], supplied).values()):
        stages = stages[1:]  # a first step none of whose links is shown: its totals stand in a table of their own
    rows = [("All recorded", EVERYTHING, EVERYTHING, whole, "part", False)]
    before: tuple[Dimension, list[Part]] | None = None
    for stage, source in stages:
        parts = _parts(stage, source, whole, {str(code) for code in options.get("quiet", ())})
        rows += [
            (stage.title, part.label, EVERYTHING, part.count, "hidden part" if part.hidden else "part", part.quiet)
            for part in parts
        ]
        if before:
            rows += _links(before, (stage, parts), supplied, whole)
        before = (stage, parts)
    table = [(step, part, origin, n, f"{100 * n / whole:.0f}%", *more) for step, part, origin, n, *more in rows]
    return pd.DataFrame(table, columns=[*FLOW, *ALSO]), FLOW


def _stage(variable: str, sources: Sequence[Released]) -> tuple[Dimension, Released] | None:
    """How the first table by this variable groups it; None where it was asked for and given up."""
    for source in sources:
        for dimension in source.dimensions:
            if variable in (dimension.variable, dimension.name):
                return dimension, source
    if any(variable == asked.variable for source in sources for form in source.forms for asked in form):
        return None
    raise CompendiumError(f"No table of the flow is by {variable}.", "Name one in of, or leave the stage out.")


def _parts(stage: Dimension, source: Released, whole: int, quiet: Set[str]) -> list[Part]:
    """A part a released total, none for zeros; the hidden totals together are one more. They add up to `whole`."""
    counts = {code: source.count(**{stage.name: code}) for code in stage.categories}
    parts = [
        Part((code,), stage.categories[code], count, quiet=code in stage.missing or set(stage.members[code]) <= quiet)
        for code, count in counts.items()
        if count
    ]
    unseen = tuple(code for code, count in counts.items() if count is None)
    if rest := whole - sum(part.count for part in parts):
        label = "Hidden: " + listed(stage.categories[code] for code in unseen)
        parts.append(Part(unseen, label, rest, hidden=True))
    return parts


Row = tuple[str, str, str, int, str, bool]


def _links(
    before: tuple[Dimension, list[Part]], after: tuple[Dimension, list[Part]], sources: Sequence[Released], whole: int
) -> Iterator[Row]:
    """The released links between two steps, then the number that goes by hidden ones: together all cases."""
    (first, starts), (second, ends) = before, after
    cells = _cells(first, second, sources)
    shown = 0
    for end in ends:
        for start in starts:
            if start.hidden or end.hidden:
                continue  # its links are hidden with it, whatever cells may be shown
            count = cells.get((start.codes[0], end.codes[0]))
            if count:
                shown += count
                yield second.title, end.label, start.label, count, "link", end.quiet
    if whole > shown:
        yield second.title, HIDDEN_LINKS, HIDDEN_LINKS, whole - shown, "hidden links", False


def _cells(first: Dimension, second: Dimension, sources: Sequence[Released]) -> dict[tuple[str, str], int | None]:
    names = {first.name, second.name}
    for source in sources:
        if names <= {dimension.name for dimension in source.dimensions}:
            return {
                (a, b): source.count(**{first.name: a, second.name: b})
                for a in first.categories
                for b in second.categories
            }
    return {}
