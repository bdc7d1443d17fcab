"""Numbers that prose asks for and that aren't there. Of an empty table they are `not shown`, and the page still stands.

A sentence of a notebook whose number is hidden or not shown is left out, as on the pages written in `report/`: "hidden
have two or more" is no sentence. So is all that is said of figures that a locality does not supply at all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compendium import jsonfile
from compendium.report import filled, numbers
from compendium.report.empty_sections import without_empty_sections
from compendium.report.read import every

EMPTY = {("rows", "0"), ("total", "not supplied")}  # all that is derived from a table without rows
Values = dict[str, dict[str, Any]]


def with_unsaid(values: Mapping[str, dict[str, Any]], texts: Iterable[str]) -> Values:
    """Values by dotted name, and `not shown` for each name that `texts` ask of a table without rows.

    A small locality has no consensus, no coder agreement, no measure of concentration: the same prose serves it. A
    name that no table has stays unknown, and the build fails on it.
    """
    found = dict(values)
    for name in sorted({name for text in texts for name in numbers.asked(text)}):
        table, _, rest = name.partition(".")
        known = {one.removeprefix(f"{table}."): value for one, value in values.items() if one.startswith(f"{table}.")}
        if rest and rest not in known and len(known) == 1:
            (leaf, value) = next(iter(known.items()))
            if (leaf, value["text"]) in EMPTY:
                found[name] = {"text": "not shown", "value": None, "table": value["table"]}
    return dict(sorted(found.items()))


def not_supplied(tables: Path) -> frozenset[str]:
    """Names of the tables in a folder of released ones that rest on no file: the locality has none of the kind."""
    return frozenset(str(one["name"]) for one in every(tables) if not one.get("rows") and not one.get("inputs"))


def sayable_notebook(notebook: str, absent: Collection[str], values: filled.Values) -> str:
    """A notebook without the lines whose numbers have no value, and without the paragraphs on `absent` tables alone.

    A line ends with its sentence and may hold several: they stay or go together. A name that is not in `values` stays,
    and the build fails on it.

    What follows such a paragraph in its cell and tells no number goes with it: it goes on about the same figures. The
    place of each table still says that the locality supplies none.
    """
    record = json.loads(notebook)
    for cell in record["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and _tables(text):
            cell["source"] = "\n\n".join(_known(_supplied(text.split("\n\n"), absent), values))
    without_empty_sections(record["cells"])
    return jsonfile.text_of(record)


def _supplied(paragraphs: Iterable[str], absent: Collection[str]) -> Iterator[str]:
    left_out = False
    for paragraph in paragraphs:
        tables = _tables(paragraph)
        prose = not paragraph.startswith(("#", ":::", "- "))
        left_out = prose and (tables <= set(absent) if tables else left_out)
        if not left_out:
            yield paragraph


def _known(paragraphs: Iterable[str], values: filled.Values) -> list[str]:
    """What can be said of each paragraph; behind the last of those that fall short, that something is left out."""

    def there(name: str) -> bool:
        return name not in values or values[name]["value"] is not None

    said, short = list[str](), None
    for paragraph in paragraphs:
        kept = filled.kept_of(paragraph, there)
        said += [kept] if kept else []
        short = short if kept == paragraph else len(said)
    return said if short is None else [*said[:short], filled.SOME_GONE, *said[short:]]


def _tables(text: str) -> set[str]:
    """The tables whose numbers a text asks for."""
    return {name.partition(".")[0] for name in numbers.asked(text)}
