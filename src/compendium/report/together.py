"""The page of numbers of several places together: sums, bounds, pools; made from released tables alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from compendium import csvfile
from compendium.across import pools
from compendium.across.part import Part
from compendium.across.sums import Apart, Line, Together
from compendium.charts.words import percent, plural
from compendium.markdown import escape, label, pipe_table
from compendium.release import figure
from compendium.release.show import Draw, drawn_now, folded
from compendium.report import front, provenance
from compendium.report.together_figures import differences, number
from compendium.report.together_words import BEFORE, HOW, LEAD, TITLE
from compendium.report.wording import joined, month_in_words
from compendium.writing import write_whole

PAGE, FILE = "together.qmd", "numbers-together.csv"
NAMED = 6  # places in a caption
UNITS = ("case", "victim", "suspect", "crime", "service")  # those that the page shows; the file has all
HEADER = (
    *("table", "unit", "provenance", "dimension", "category", "label", "place"),
    *("count", "lowest", "highest", "hidden_parts"),
)


def write(folder: Path, sums: Sequence[Together], apart: Sequence[Apart], draw: Draw = drawn_now) -> None:
    """Write the page, its figures and the file with every sum into `folder`."""
    write_whole(folder / "tables" / FILE, csvfile.text_of(HEADER, _rows(sums)))
    kinds = [one.provenance for one in sums]
    lines = [
        *_head(kinds),
        *_of_whom(sums),
        *differences(folder, sums, draw),
        *_sums(sums),
        *_apart(apart),
        BEFORE,
        *_file(folder),
    ]
    write_whole(folder / PAGE, "\n".join(lines))


def _head(kinds: Sequence[str]) -> Iterator[str]:
    band = provenance.band(kinds)
    made_up = band in (provenance.SYNTHETIC, provenance.MIXED)
    note = "These places' records are invented: a sum of them, or a difference between them, is about nobody."
    said = {"provenance": band, "provenance_note": note if made_up else ""} if band else {}
    yield from front.matter(TITLE, subtitle="What several places counted alike", **said)
    yield from (LEAD, HOW)


def _of_whom(sums: Sequence[Together]) -> Iterator[str]:
    parts = {part.id: part for one in sums for part in one.parts}
    rows = [
        [escape(part.short), f"{month_in_words(part.period[0])} to {month_in_words(part.period[1])}", _kinds(part)]
        for part in sorted(parts.values(), key=lambda part: part.short.casefold())
    ]
    yield from ("## Which places {#sec-places}", "")
    if len({part.period for part in parts.values()}) > 1:
        yield from ("Their months are not the same, so a sum is of all that these places show, not of a year.", "")
    yield from (pipe_table(["Place", "Months", "Records"], rows, caption="The places", anchor="tbl-places"), "")


def _kinds(part: Part) -> str:
    return " and ".join(sorted(part.kinds))


def _sums(sums: Sequence[Together]) -> Iterator[str]:
    yield from ("::::: {.two-on-paper}", "")
    for unit in UNITS:
        of_unit = [one for one in sums if one.unit == unit]
        if not of_unit:
            continue
        words = plural(unit)
        yield from (f"## {words[0].upper()}{words[1:]} {{#{label('sec', f'sums_{unit}')}}}", "")
        for one in of_unit:
            yield from (folded(_heading(one), f"{_table(one)}\n"), "")
    yield from (":::::", "")


def _heading(one: Together) -> str:
    """The title of its table and what it is counted by, which is not said twice."""
    by = one.dimension.title.lower()
    what = re.split(r" \(| of the ", by)[0]  # "age" of "age of the victim"
    return one.title if re.search(rf"\b{re.escape(what)}\b", one.title.lower()) else f"{one.title}: {by}"


def _table(one: Together) -> str:
    """A row a category: how many together, which share, lowest and highest place; the pool, and where one more place
    would lie, when any row has them.
    """
    found = [(line, pools.share(one, line)) for line in one.lines]
    ends = {"Lowest to highest place": [pool.range for _, pool in found]}
    more = {
        "Pooled, 95% interval": [pool.span for _, pool in found],
        "One more place, 95%": [pool.prediction for _, pool in found],
    }
    ends |= {title: spans for title, spans in more.items() if any(spans)}
    rows = [
        [escape(line.label), number(line.together), _share(line, one), *(_ends(spans[at]) for spans in ends.values())]
        for at, (line, _) in enumerate(found)
    ]
    rows.append(["All", number(one.whole.together), "–", *("–" for _ in ends)])
    header = [escape(one.dimension.title), "Number", "Share", *ends]
    names = [escape(part.short) for part in one.parts]
    where = joined(names) if len(names) <= NAMED else f"{len(names)} places"
    caption = f"{escape(one.title.rstrip('.'))}: {where} together. {provenance.at_the_end([one.provenance])}".rstrip()
    return pipe_table(header, rows, right=range(1, len(header)), caption=caption)


def _share(line: Line, one: Together) -> str:
    events, whole = line.together.count, one.whole.together.count
    return percent(events / whole, 1) if events is not None and whole else "–"


def _ends(span: pools.Span | None) -> str:
    return f"{percent(span[0], 1)} to {percent(span[1], 1)}" if span else "–"


def _apart(apart: Sequence[Apart]) -> Iterator[str]:
    if not apart:
        return
    yield from ("## Not added up {#sec-apart}", "")
    yield from (*(f"- {escape(one.title or one.what)}: {escape(one.why)}." for one in apart), "")


def _rows(sums: Sequence[Together]) -> Iterator[tuple[object, ...]]:
    """The file: a row a category and place, then all together (place empty)."""
    for one in sums:
        for line in (*one.lines, one.whole):
            own = (one.name, one.unit, one.provenance, one.dimension.name, line.code, _cell(line.label))
            for part, found in [*zip(one.parts, line.parts, strict=True), (None, line.together)]:
                yield (*own, part.id if part else "", found.count, found.low, found.high, found.hidden)


def _cell(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _file(folder: Path) -> list[str]:
    size = figure.size_in_words((folder / "tables" / FILE).stat().st_size)
    return [f"::: {{.figure-files}}\nDownload: [every sum and its parts as CSV, {size}](tables/{FILE})\n:::", ""]
