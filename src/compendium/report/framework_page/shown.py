"""What the appendix may show of a locality: tables, figures and values that were released, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from compendium.markdown import escape, pipe_table
from compendium.release import figure as drawn
from compendium.report import provenance, read
from compendium.report.place import Place

NOT_RELEASED = "not released"
_DESCRIPTION = "{http://www.w3.org/2000/svg}desc"


def value(place: Place, name: str) -> str:
    """A released number as text, by its dotted name."""
    found = place.values.get(name)
    return str(found["text"]) if found else NOT_RELEASED


def figure(place: Place, name: str, anchor: str, caption: str) -> str:
    """A released drawing with its own description as words for those who don't see it; empty where there is none."""
    found = read.file(place.outputs / "figures", name, "svg")
    if not found:
        return ""
    words = _description(fromstring(found.read_bytes()))
    narrow = found.with_suffix(".narrow.svg")
    files = {"svg": found.read_bytes(), **({"narrow.svg": narrow.read_bytes()} if narrow.is_file() else {})}
    return drawn.shown(caption, anchor, words, found.stem, files) + "\n"


def as_table(record: Mapping[str, Any], columns: Sequence[str], anchor: str, caption: str) -> str:
    """A released table of texts as a pipe table, with these of its columns."""
    rows = [[escape(_text(row[name])) for name in columns] for row in record["rows"]]
    header = [escape(record["columns"][name]) for name in columns]
    word = provenance.at_the_end([record["provenance"]])
    return pipe_table(header, rows, caption=f"{escape(caption.rstrip('.'))}. {word}", anchor=anchor)


def _text(cell: Any) -> str:
    return "–" if cell is None or cell == "" else str(cell)


def _description(drawing: Element) -> str:
    found = drawing.find(_DESCRIPTION)
    return "".join(found.itertext()) if found is not None else ""
