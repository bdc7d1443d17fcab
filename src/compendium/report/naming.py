"""What a name on the command line means: a value, a table, a cell of one, an address on a page, a fact of the study."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compendium.aggregate import TOTAL
from compendium.markdown import slug
from compendium.release.values import entry
from compendium.report.made import Made, Record, Whole

ADDRESS = re.compile(
    r"(?:.*?places/(?P<place>[a-z0-9_]+)/|.*/)?(?P<page>[\w-]*?)(?:\.(?:html|qmd|ipynb))?#(?P<mark>[\w-]+)"
)
WHOLE_PAGE = re.compile(r".*?places/(?P<place>[a-z0-9_]+)/(?P<page>[\w-]+)\.(?:html|qmd|ipynb)")
CELL = re.compile(r"(?P<table>\w+)\s*\[(?P<labels>.*)\]", re.S)
SHORTCODE = re.compile(r"\{\{<\s*(?:meta|var)\s+(.*?)\s*>\}\}")
PREFIX = re.compile(r"^(?:values|plain|var|meta)\.")


@dataclass(frozen=True)
class Named:
    """One thing that a name means in a locality: a table, and the number in it that was asked for, if one was."""

    made: Made
    name: str
    text: str = ""  # the number as a page shows it
    state: str = ""  # published, hidden, not shown, not supplied; empty for a whole table
    means: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)  # of a statistic: what stands in its row


def plain(name: str) -> str:
    """A name without what stands around it on a page."""
    name = name.strip()
    if found := SHORTCODE.fullmatch(name):
        name = found[1]
    return PREFIX.sub("", name)


def place_of(name: str) -> str:
    """The locality that an address names; empty for other names."""
    found = ADDRESS.fullmatch(name)
    return (found["place"] or "") if found else ""


def page_of(name: str) -> tuple[str, str]:
    """Locality and page that an address without a mark names; empty for other names."""
    found = WHOLE_PAGE.fullmatch(name)
    return (found["place"], found["page"]) if found else ("", "")


def meanings(name: str, whole: Whole) -> Iterator[Named]:
    """All that `name` means in a locality; nothing when it has no such name."""
    if name in whole.values:
        yield _value(name, whole)
    elif name in whole.tables:
        yield Named(whole.tables[name], name)
    elif address := ADDRESS.fullmatch(name):
        yield from _at(address["page"], address["mark"], whole)
    elif (cell := CELL.fullmatch(name)) and cell["table"] in whole.tables:
        made = whole.tables[cell["table"]]
        yield from _counted(made, cell["labels"]) if made.said["kind"] == "counts" else _row(made, cell["labels"])


def known(whole: Whole) -> list[str]:
    """Names that a locality has."""
    return [*whole.tables, *whole.values]


def _at(page: str, mark: str, whole: Whole) -> Iterator[Named]:
    cell = re.fullmatch(r"cell-(\d+)", mark)
    for made in whole.tables.values():
        tail = entry(made.name).removeprefix("from-")
        published = cell and made.cell == int(cell[1]) and made.notebook == page
        if published or mark in (f"fig-{tail}", f"tbl-{tail}", f"from-{tail}"):
            yield Named(made, made.name)


def _value(name: str, whole: Whole) -> Named:
    value = whole.values[name]
    made = whole.tables[value["table"]]
    state = {"hidden": "hidden", "not shown": "not shown", "not supplied": "not supplied"}.get(value["text"])
    return Named(made, name, value["text"], state or "published", _meaning(name.partition(".")[2], made.said))


def _meaning(rest: str, said: Record) -> str:
    """`Person responsible: A child, as a share of all` for `responsible.child_percent`."""
    if said["kind"] != "counts":
        return f"row {rest}" if rest not in ("rows", "total") else "number of rows" if rest == "rows" else ""
    if rest == "total":
        return "all together"
    share = ", as a share of all" if rest.endswith("_percent") else ""
    variable, _, code = rest.removesuffix("_percent").partition(".")
    for dimension in said["dimensions"]:
        if slug(dimension["name"]) == variable:
            label = next((text for key, text in dimension["categories"].items() if slug(key) == code), code)
            return f"{dimension['title']}: {label}{share}"
    return f"{rest.removesuffix('_percent')}{share}, grouped otherwise in the table that is shown"


def _counted(made: Made, labels: str) -> Iterator[Named]:
    """A cell or margin of counts by codes or labels; a dimension that isn't named means its total."""
    wanted: dict[str, str] = {}
    for each in (part.strip() for part in labels.split(",") if part.strip()):
        variable, _, code = each.rpartition("=")
        found = _category(made.said, variable.strip(), code.strip(), wanted)
        if not found:
            return
        wanted |= found
    names = [dimension["name"] for dimension in made.said["dimensions"]]
    cell = {name: wanted.get(name, TOTAL) for name in names}
    for row in made.said["rows"]:
        if all(row[name] == code for name, code in cell.items()):
            text = "hidden" if row["count"] is None else f"{int(row['count']):,}"
            means = "; ".join(
                f"{d['title']}: {d['categories'].get(cell[d['name']], 'all')}" for d in made.said["dimensions"]
            )
            yield Named(made, f"{made.name}[{','.join(cell.values())}]", text, str(row["status"]), means)


def _category(said: Record, variable: str, code: str, taken: Mapping[str, str]) -> dict[str, str]:
    for dimension in said["dimensions"]:
        if dimension["name"] in taken or variable not in ("", dimension["name"]):
            continue
        for key, label in {**dimension["categories"], TOTAL: TOTAL}.items():
            if code.casefold() in (key.casefold(), label.casefold()):
                return {dimension["name"]: key}
    return {}


def _row(made: Made, label: str) -> Iterator[Named]:
    """The rows of a statistic in which a cell says `label`."""
    wanted = label.strip().casefold()
    columns = made.said["columns"]
    for row in made.said["rows"]:
        if any(isinstance(value, str) and wanted in (value.casefold(), slug(value)) for value in row.values()):
            shown = {title: row[name] for name, title in columns.items() if row.get(name) not in (None, "")}
            yield Named(made, f"{made.name}[{label.strip()}]", "", "published", f"row {label.strip()}", shown)
