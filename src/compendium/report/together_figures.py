"""Shares and rates place by place, drawn with their pool: the figures of the page of places together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from compendium.across import pools
from compendium.across.part import Part
from compendium.across.sums import Line, Number, Together
from compendium.aggregate import Origin, Released
from compendium.charts.words import decimal, percent, plural
from compendium.markdown import escape, label, pipe_table
from compendium.release import figure, show
from compendium.report import provenance
from compendium.report.together_words import TOO_FEW


@dataclass(frozen=True)
class Drawn:
    """A share that is drawn place by place: a category of a variable."""

    unit: str
    variable: str
    code: str
    title: str


DRAWN = (
    Drawn("victim", "responsible", "child", "A child was responsible"),
    Drawn("victim", "route", "told", "A child or the family told somebody"),
    Drawn("case", "end", "no_outcome", "No outcome when the files were read"),
    Drawn("case", "suspect_identified", "yes", "A suspect was identified"),
)
RATE = "Recorded victims a year for every 1,000 children"
COLUMNS = {
    "label": "Place",
    "group": "Number",
    "k_or_n": "Of",
    "estimate": "Estimate",
    "low": "Lower",
    "high": "Upper",
    "weight": "Weight",
    "role": "Row",
}


def differences(folder: Path, sums: Sequence[Together], draw: show.Draw) -> Iterator[str]:
    """Shares and rates place by place, drawn, with a pool where there is one."""
    found = [(drawn.title, one, line) for drawn in DRAWN for one, line in _asked(sums, drawn)]
    if not found:
        return
    yield from ("## How much places differ {#sec-differ}", "")
    if all(len(one.parts) < pools.LEAST_STUDIES for _, one, _ in found):
        yield from (TOO_FEW, "")
    for title, one, line in found:
        yield from _figure(folder, title, one, pools.share(one, line), line, draw)
    for one in _victims(sums):
        children = [_children(part) for part in one.parts]
        if all(children):
            yield from _figure(folder, RATE, one, pools.rate(one, children), one.whole, draw)


def _asked(sums: Sequence[Together], drawn: Drawn) -> Iterator[tuple[Together, Line]]:
    for kind in sorted({one.provenance for one in sums}):
        of_kind = (
            o for o in sums if (o.provenance, o.unit, o.dimension.variable) == (kind, drawn.unit, drawn.variable)
        )
        pairs = [(one, line) for one in of_kind for line in one.lines if line.code == drawn.code]
        yield from pairs[:1]


def _victims(sums: Sequence[Together]) -> Iterator[Together]:
    for kind in sorted({one.provenance for one in sums}):
        found = [one for one in sums if (one.provenance, one.unit) == (kind, "victim")]
        yield from sorted(found, key=lambda one: -len(one.parts))[:1]


def _children(part: Part) -> int | None:
    """The number of children of a place, from its released table of population."""
    table = part.tables.get("children_by_age")
    return table.total if table and table.unit == "child" else None


def _figure(folder: Path, title: str, one: Together, pool: pools.Pool, line: Line, draw: show.Draw) -> Iterator[str]:
    released = _estimates(title, one, pool, line)
    stem, word = show.stem(released), released.origin.provenance
    drawing = draw(released, stem)
    sizes = figure.write(drawing, folder / show.FIGURES, stem)
    caption = f"{title}, place by place. {provenance.at_the_end([word])}".rstrip()
    drawn = {"svg": drawing.svg, "narrow.svg": drawing.narrow}
    yield from (f"### {escape(title)} {{#{label('sec', stem)}}}", "")
    yield from (figure.shown(caption, label("fig", stem), drawing.alt, stem, drawn), "")
    yield from (
        show.folded("The numbers behind this figure", f"{_of_places(title, pool)}\n\n{_in_words(title, pool)}\n"),
        "",
    )
    links = {
        "drawing (SVG)": (f"figures/{stem}.svg", sizes["svg"]),
        "picture (PNG)": (f"figures/{stem}.png", sizes["png"]),
    }
    yield from (figure.downloads(title, links), "")


def _of_places(title: str, pool: pools.Pool) -> str:
    """A row a place: its number, its share or rate with the interval, its weight."""
    write = _writer(title)
    rows = [
        [
            escape(place.part.short),
            number(place.events),
            write(place.estimate),
            f"{write(place.low)} to {write(place.high)}",
        ]
        if place.shown
        else [escape(place.part.short), number(place.events), "hidden", "–"]
        for place in pool.places
    ]
    if pool.span:
        middle = write(pool.pooled.estimate) if pool.pooled else "–"
        rows.append(["Pooled", "–", middle, f"{write(pool.span[0])} to {write(pool.span[1])}"])
    if pool.prediction:
        rows.append(
            ["A new place of this kind", "–", "–", f"{write(pool.prediction[0])} to {write(pool.prediction[1])}"]
        )
    return pipe_table(["Place", "Number", "Estimate", "95% interval"], rows, right=[1, 2, 3])


def _in_words(title: str, pool: pools.Pool) -> str:
    if pool.why:
        return f"::: {{.table-note}}\nNot pooled: {pool.why}.\n:::"
    heterogeneity = ""
    if pool.pooled:
        spread = decimal(pool.pooled.tau2**0.5, 2)
        heterogeneity = (
            f"The spread between places (tau, on the {'log' if title == RATE else 'logit'} scale) is {spread}."
        )
    hidden = (
        f"{pool.hidden} places hide their number: the interval holds for all that they could be." if pool.hidden else ""
    )
    return f"::: {{.table-note}}\n{' '.join(filter(None, [heterogeneity, hidden]))}\n:::"


def _writer(title: str) -> Callable[[object], str]:
    """As the drawing writes them: a rate with two places, a share with one."""
    return partial(decimal, places=2) if title == RATE else partial(percent, places=1)


def _estimates(title: str, one: Together, pool: pools.Pool, line: Line) -> Released:
    """The rows of a forest plot: places in the order of their names, never of their numbers."""
    weights = pool.pooled.weights if pool.pooled else (None,) * len(pool.places)
    rows: list[tuple[object, ...]] = [
        (p.part.short, "", number(p.events), *(_known(v) for v in (p.estimate, p.low, p.high)), weight, "study")
        for p, weight in zip(pool.places, weights, strict=True)
    ]
    if pool.span:
        middle = pool.pooled.estimate if pool.pooled else None
        role = "pooled" if pool.pooled else "range"
        rows.append(("Pooled", "", f"{len(pool.places)} places", middle, *pool.span, None, role))
    elif pool.range and len(pool.places) >= pools.LEAST_STUDIES:
        rows.append(("Lowest to highest", "", f"{len(pool.places)} places", None, *pool.range, None, "range"))
    if pool.prediction:
        rows.append(("A new place of this kind", "", "", None, *pool.prediction, None, "prediction"))
    return Released(
        name=f"together_{'rate' if title == RATE else one.dimension.variable}_{one.unit}_{line.code}".lower(),
        title=title,
        caption="In the order of names; nothing here compares places",
        frame=pd.DataFrame(rows, columns=list(COLUMNS)),
        unit=one.unit,
        kind="estimates",
        dimensions=(),
        columns=COLUMNS,
        origin=Origin(one.name, title, "sensitive", one.provenance, "", "released tables of each place"),  # type: ignore[arg-type]
        policy="",
        chart="forest",
        options={"percent": title != RATE, "subtitle": _subtitle(title, one)},
    )


def _subtitle(title: str, one: Together) -> str:
    return "Exact 95% intervals" if title == RATE else f"Share of {plural(one.unit)}, with its 95% interval"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def number(found: Number) -> str:
    """`825`, `0 to 75`, `12 or more`; `hidden` where nothing follows."""
    if found.count is not None:
        return f"{found.count:,}"
    if found.high is None:
        return f"{found.low:,} or more" if found.low else "hidden"
    return f"{found.low:,} to {found.high:,}"
