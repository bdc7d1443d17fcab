"""The page that lays pilot areas side by side: from released tables, in the order of their names, without a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.aggregate import TOTAL, Origin, Released, least_real
from compendium.markdown import escape, label, pipe_table
from compendium.release import figure, show, tables
from compendium.release.values import PAGE, entry
from compendium.report import front, provenance, read
from compendium.report.place import Place
from compendium.writing import write_whole

FOLDER, TITLE = "side-by-side", "Areas side by side"  # no locality can have this id: it has hyphens
AREA = "pilot_area"
WHERE = "Area"


@dataclass(frozen=True)
class Laid:
    """One released table of each locality on this page: which column holds the area, and how it is drawn."""

    name: str
    area: str
    heading: str
    words: str
    columns: tuple[str, ...]  # beside the area, in their order
    chart: str = ""
    options: tuple[tuple[str, Any], ...] = ()


LAID = (
    Laid(
        "pilot_area_before_after",
        "area",
        "Before and after",
        "Each service is compared with itself. “Then” is how it was before, as judged afterwards.",
        ("measure", "pairs", "before", "after", "shift", "low", "high", "p_text"),
        "paired",
        (("subtitle", "Mean self-rating over criteria, 0 to 3, and the shift with its interval"),),
    ),
    Laid(
        "pilot_area_gap",
        "measure",
        "Services and young people",
        "A service's own rating minus that of young people. Above zero the service rates itself higher.",
        ("n", "mean", "low", "high"),
    ),
    Laid(
        "pilot_area_acceptability",
        "group",
        "What practitioners think of it",
        "Means of three short scales from 1 to 5. Nobody has agreed which value is good enough.",
        ("measure", "n", "mean", "low", "high"),
        "scores",
        (("limits", (1, 5)),),
    ),
    Laid(
        "pilot_area_nomad",
        "group",
        "Becoming part of daily work",
        "Means of the four constructs of NoMAD from 1 to 5.",
        ("measure", "n", "mean", "low", "high"),
        "scores",
        (("limits", (1, 5)),),
    ),
    Laid(
        "pilot_area_staff_time",
        "group",
        "What it takes",
        "All staff of one assessment together: the middle service, and the middle half where there are eight or more.",
        ("wave", "n", "hours", "hours_low", "hours_high", "cost", "cost_low", "cost_high"),
    ),
)
SERVICES = "pilot_services_taking_part"


def write(folder: Path, places: Sequence[Place], draw: show.Draw = show.drawn_now) -> None:
    """Write `index.qmd` and its figures into `folder`."""
    ordered = sorted(places, key=lambda place: place.locality.name)
    found = {_short(place.locality.name): place for place in ordered}
    kinds = [record["provenance"] for laid in LAID for record in _records(found, laid.name).values()]
    sections = [text for laid in LAID for text in _section(folder, found, laid, draw)]
    write_whole(
        folder / "index.qmd", "\n".join([*_head(kinds), *_named(ordered), *_who(found), *sections, *_careful()])
    )


def _head(kinds: Sequence[str]) -> Iterator[str]:
    band = provenance.band(kinds)
    made_up = band in (provenance.SYNTHETIC, provenance.MIXED)
    note = "No such service or area exists: a difference between areas is chance." if made_up else ""
    said = {"provenance": band, "provenance_note": note} if band else {}
    yield from front.matter(TITLE, subtitle="What each pilot area found, without a ranking", **said)
    yield "::: {.lead}"
    yield (
        "Areas stand here in the order of their names, each with its own interval. **No test compares them, and none "
        "is better or worse than another**: they differ in far more than the standards, and few services took part."
    )
    yield from (":::", "")
    yield (
        "This page is made from released tables only, once they were settled: what is hidden there is hidden here."
        if kinds
        else "No locality has a pilot to show yet."
    )
    yield ""


def _short(name: str) -> str:
    return name.split(" (", maxsplit=1)[0]


def _named(places: Sequence[Place]) -> Iterator[str]:
    """What a short name leaves out, such as that a place is a demonstration."""
    for place in places:
        if _short(place.locality.name) != place.locality.name:
            short, full = escape(_short(place.locality.name)), escape(place.locality.name)
            yield from (f"“{short}” is short for “{full}”.", "")


def _who(found: Mapping[str, Place]) -> list[str]:
    """Services by area and part in the evaluation: what the rest of the page rests on."""
    records = _records(found, SERVICES)
    if not records:
        return []
    parts: dict[str, str] = {}
    for record in records.values():  # an approved release of one place may count parts that another has not
        labels = next(d["categories"] for d in record["dimensions"] if d["name"] == "part")
        parts |= {row["part"]: labels[row["part"]] for row in record["rows"] if row["part"] != TOTAL}
    rows = [
        [escape(f"{place}, {area}"), *(_count(record, area, part) for part in [*parts, TOTAL])]
        for place, record in records.items()
        for area in _areas(record)
    ]
    header = [WHERE, *(escape(text) for text in parts.values()), "Asked"]
    caption = f"Services by area and part in the evaluation. {_word(records.values())}"
    table = pipe_table(header, rows, right=range(1, len(header)), caption=caption, anchor="tbl-areas-services")
    return ["## Which services took part {#sec-services}", "", table, "", _whence(found, SERVICES, records), ""]


def _areas(record: Mapping[str, Any]) -> list[str]:
    return sorted(next(d["categories"] for d in record["dimensions"] if d["name"] == AREA))


def _count(record: Mapping[str, Any], area: str, part: str) -> str:
    cell = next((row for row in record["rows"] if row[AREA] == area and row["part"] == part), None)
    if cell is None:
        return "–"
    return tables.count_text(None if cell["count"] is None else int(cell["count"]))


def _section(folder: Path, found: Mapping[str, Place], laid: Laid, draw: show.Draw) -> Iterator[str]:
    records = _records(found, laid.name)
    if not records:
        return
    released = _together(records, laid)
    yield from (f"## {laid.heading} {{#{label('sec', laid.name)}}}", "", laid.words, "")
    if laid.chart:
        stem = show.stem(released)
        drawing = draw(released, stem)
        sizes = figure.write(drawing, folder / show.FIGURES, stem)
        caption = f"{laid.heading}, area by area. {_word(records.values())}"
        drawn = {"svg": drawing.svg, "narrow.svg": drawing.narrow}
        yield figure.shown(caption, label("fig", laid.name), drawing.alt, stem, drawn)
        yield ""
    table = tables.as_markdown(released, behind_figure=bool(laid.chart))
    yield show.folded("The numbers behind this figure", table) if laid.chart else table
    yield from ("", _whence(found, laid.name, records), "")
    if laid.chart:
        yield figure.downloads(
            laid.heading,
            {
                "drawing (SVG)": (f"figures/{stem}.svg", sizes["svg"]),
                "picture (PNG)": (f"figures/{stem}.png", sizes["png"]),
            },
        )


def _whence(found: Mapping[str, Place], table: str, places: Iterable[str]) -> str:
    """Where the numbers of each locality come from: on a page of its own."""
    links = (f"[{escape(name)}](../{found[name].locality.id}/{PAGE}#{entry(table)})" for name in places)
    return f"::: {{.table-note}}\nWhere this comes from: {' · '.join(links)}\n:::"


def _together(records: Mapping[str, Mapping[str, Any]], laid: Laid) -> Released:
    """One table of all localities; its column of areas names the locality too, in the order of names."""
    frames = [
        pd.DataFrame(record["rows"]).assign(**{laid.area: [f"{place}, {row[laid.area]}" for row in record["rows"]]})
        for place, record in records.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    first = next(iter(records.values()))
    frame = _in_order(frame, laid.area)
    columns = {laid.area: WHERE, **{name: first["columns"][name] for name in laid.columns}}
    origin = Origin(
        table=first["table"],
        title=laid.heading,
        sensitivity=first["sensitivity"],
        provenance=least_real(record["provenance"] for record in records.values()),
        policy=first["policy"],
        source="; ".join(dict.fromkeys(record["source"] for record in records.values())),
        units="services",
    )
    return Released(
        name=laid.name,
        title=f"{laid.heading}, area by area",
        caption="In the order of names; no test compares areas",
        frame=frame[list(columns)],
        unit=first["unit"],
        kind=first["kind"],
        dimensions=(),
        columns=columns,
        origin=origin,
        policy=first["policy"],
        chart=laid.chart,
        options=dict(laid.options),
    )


def _in_order(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    """Measures keep the order of the release; areas stand by name within each."""
    measures = [name for name in ("measure", "who") if name in frame and name != area]
    rank = {text: place for place, text in enumerate(dict.fromkeys(frame[measures[0]]))} if measures else {}
    keys = frame[measures[0]].map(rank) if measures else 0
    return (
        frame.assign(_key=keys).sort_values(["_key", area], kind="stable").drop(columns="_key").reset_index(drop=True)
    )


def _records(found: Mapping[str, Place], name: str) -> dict[str, dict[str, Any]]:
    """The released table of that name of each locality that has rows of it."""
    records = {short: read.released(place, name) for short, place in found.items()}
    return {short: record for short, record in records.items() if record}


def _word(records: Iterable[Mapping[str, Any]]) -> str:
    return provenance.at_the_end(record["provenance"] for record in records)


def _careful() -> list[str]:
    return [
        "## Before you compare {#sec-compare}",
        "",
        "- **Services differ.** One area may have more schools, another more charities; those that say no differ too.",
        "- **Who answers differs.** Practitioners of one service hang together, so intervals are somewhat too narrow.",
        "- **An interval is about its own area.** Two that overlap, or do not, are no test of the difference.",
        "- **Areas were not drawn by lot.** Nothing here says what the standards would do in another area.",
        "- **Ratings are of standards, not of people.** No service, and no area, is put in an order of merit.",
        "",
    ]
