"""What settling tells the researcher alone: reasons, the masks' distance from the least loss, advice, and one page.

The page says why nothing, or nothing of a table, may be shown, and names the merge that would pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from compendium import disclosure, jsonfile
from compendium.aggregate import Counts
from compendium.disclosure import Advice, Protected, Way
from compendium.disclosure.passing import Settle
from compendium.errors import DisclosureRefused, Problem
from compendium.locality import Locality
from compendium.paths import Root
from compendium.writing import write_whole

REASONS = "reasons.json"
MASK = "mask.json"
ADVICE = "advice"  # .json and .md
PAGE = "refusal.md"
PRIVATE = "For you alone: what follows was found from true counts."
MERGE = (
    "To merge, name the grouping where the notebook counts (`by=[…]`), or leave the variable out there; then run again."
)


class Unsettled(DisclosureRefused):
    """Counts that can't be settled as they are proposed; `ways` looks for changes with which they can."""

    def __init__(self, problems: Iterable[Problem], ways: Callable[[], Mapping[str, tuple[Way, ...]]]) -> None:
        super().__init__(problems)
        self.ways = ways


def refused(root: Root, locality: str, why: Unsettled) -> DisclosureRefused:
    """Write the page of a refusal; gives the refusal with the page named."""
    lines = [f"- {problem}" for problem in why.problems]
    for unit, ways in why.ways().items():
        lines += ["", f"## What would pass: tables by {unit}", ""]
        if ways:
            lines += ["Each was tried with all tables of this unit; any one is enough.", ""]
            lines += [f"{number}. {way}" for number, way in enumerate(ways, 1)]
        else:
            lines += ["No single merge, variable or table left out that was tried is enough. Show fewer tables."]
    _write(root, locality, "Nothing was settled", lines)
    first, *others = why.problems
    said = f"{first.remedy} What would pass: {name(locality)}.".strip()
    return DisclosureRefused([replace(first, remedy=said), *others])


def explained(
    root: Root, locality: Locality, counts: Mapping[str, Counts], protected: Protected, settle: Settle
) -> tuple[str, ...]:
    """Write what the researcher alone may read beside a candidate. Gives the tables of which no cell is shown."""
    room = root.private_room(locality.id)
    advice = disclosure.advise(counts, policy=locality.disclosure.policy or None)
    write_whole(room / REASONS, jsonfile.text_of(protected.reasons))
    write_whole(room / MASK, jsonfile.text_of({"private": "Never publish this file.", "units": protected.masks}))
    write_whole(room / f"{ADVICE}.json", jsonfile.text_of(advice.record))
    write_whole(room / f"{ADVICE}.md", advice.markdown)
    return _hidden_whole(root, locality.id, counts, protected, advice, settle)


def name(locality: str) -> str:
    """Where the page lies, as a message says it."""
    return f".private/{locality}/{PAGE}"


def _hidden_whole(
    root: Root,
    locality: str,
    counts: Mapping[str, Counts],
    protected: Protected,
    advice: Advice,
    settle: Settle,
) -> tuple[str, ...]:
    """Write the page when tables are settled of which only margins, or nothing, is shown; else remove it.

    Gives their names.
    """
    lost = tuple(n for n, found in protected.frames.items() if n in counts and not disclosure.shows_cells(found))
    if not lost:
        (root.private_room(locality) / PAGE).unlink(missing_ok=True)
        return ()
    designs = {n: advice.tables[n].passing for n in lost if n in advice.tables}
    ways = {n: Way((n,), design.changes) for n, design in designs.items() if design is not None}
    together = _together(counts, list(ways.values()), settle)
    lines = []
    for table in lost:
        lines += [f"## {table}", "", "No cell of this table may be shown.", ""]
        if table not in ways:
            lines += ["No declared grouping that was tried would show any. Leave the table out, or show a total.", ""]
            continue
        lines += [f"{ways[table]} would show cells.", ""]
        lines += (
            []
            if table in together
            else ["This was found for the table alone: beside the other tables it may not be enough.", ""]
        )
    _write(root, locality, "Tables of which no cell may be shown", lines)
    return lost


def _together(counts: Mapping[str, Counts], ways: Sequence[Way], settle: Settle) -> set[str]:
    """The changed tables that show cells when all are changed and settled with the others."""
    if not ways:
        return set()
    tables: Mapping[str, Counts] = counts
    for way in ways:
        tables = way.applied(tables)
    try:
        frames = settle(tables).frames
    except DisclosureRefused:
        return set()
    return {table for way in ways for table in way.tables if disclosure.shows_cells(frames[table])}


def _write(root: Root, locality: str, title: str, lines: Sequence[str]) -> None:
    text = "\n".join([f"# {locality}: {title}", "", PRIVATE, "", *lines, "", MERGE])
    write_whole(root.private_room(locality) / PAGE, f"{text}\n")
