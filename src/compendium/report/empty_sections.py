"""Sections of a page in which a locality supplies nothing: one sentence names them, and keeps their anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compendium.release import show

NOT_SUPPLIED, NOTHING = (
    re.compile(re.escape(words.strip()).replace(re.escape("{title}"), ".+"))
    for words in (show.NOT_SUPPLIED, show.NOTHING)
)
HEADING = re.compile(r"^(#{3,6}) +(.+?)(?: *\{#([\w-]+)[^}]*\})? *$", re.M)
SAID = "Not shown, because this locality supplies no such figures: {titles}."
HIDE = "#| include: false\n"


@dataclass(frozen=True)
class Section:
    """A heading with all that stands under it: from `start` in cell `first` to `end` in cell `last`."""

    level: int
    title: str
    anchor: str
    first: int
    start: int
    last: int
    end: int


def without_empty_sections(cells: list[dict[str, Any]]) -> None:
    """Take out, in place, each section below a part whose tables are all not supplied; say so once in their place."""
    empty = [section for section in _sections(cells) if _is_empty(cells, section)]
    empty = [one for one in empty if not any(_holds(other, one) for other in empty if other is not one)]
    groups: list[list[Section]] = []
    for section in empty:  # neighbours share a sentence
        if groups and (groups[-1][-1].last, groups[-1][-1].end) == (section.first, section.start):
            groups[-1].append(section)
        else:
            groups.append([section])
    for group in reversed(groups):
        for section in reversed(group):
            _take_out(cells, section)
        titles = "; ".join(f"[{section.title}]{{#{section.anchor}}}" for section in group)
        at, start = group[0].first, group[0].start
        text = "".join(cells[at]["source"])
        cells[at]["source"] = f"{text[:start]}{SAID.format(titles=titles)}\n\n{text[start:]}".strip()


def _sections(cells: list[dict[str, Any]]) -> Iterator[Section]:
    found = [
        (len(mark[1]), mark[2], mark[3] or _slug(mark[2]), at, mark.start())
        for at, cell in enumerate(cells)
        if cell["cell_type"] == "markdown"
        for mark in HEADING.finditer("".join(cell["source"]))
    ]
    parts = [
        (2, at, mark.start())
        for at, cell in enumerate(cells)
        if cell["cell_type"] == "markdown"
        for mark in re.finditer(r"^## ", "".join(cell["source"]), re.M)
    ]
    ends = sorted([*parts, *((level, at, start) for level, _, _, at, start in found)], key=lambda end: end[1:])
    for level, title, anchor, at, start in found:
        after = next((end for end in ends if end[1:] > (at, start) and end[0] <= level), (0, len(cells), 0))
        yield Section(level, title, anchor, at, start, after[1], after[2])


def _is_empty(cells: list[dict[str, Any]], section: Section) -> bool:
    shown = [text for cell in cells[section.first : section.last] for text in _outputs(cell)]
    absent = [bool(NOT_SUPPLIED.fullmatch(text)) for text in shown]
    return any(absent) and all(gone or NOTHING.fullmatch(text) for gone, text in zip(absent, shown, strict=True))


def _outputs(cell: dict[str, Any]) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if text := "".join(output.get("data", {}).get("text/markdown", "")).strip():
            yield text


def _holds(outer: Section, inner: Section) -> bool:
    begins = (outer.first, outer.start) <= (inner.first, inner.start)
    return begins and (inner.last, inner.end) <= (outer.last, outer.end)


def _take_out(cells: list[dict[str, Any]], section: Section) -> None:
    """Words go; code stays in the file, so that cells keep their places, and is not shown."""
    for at in range(section.first, min(section.last + 1, len(cells))):
        cell, text = cells[at], "".join(cells[at]["source"])
        if cell["cell_type"] == "code":
            if at < section.last:
                cell |= {"source": HIDE + text, "outputs": []}
            continue
        begins = section.start if at == section.first else 0
        ends = section.end if at == section.last else len(text)
        cell["source"] = text[:begins] + text[ends:]


def _slug(title: str) -> str:
    """The anchor that pandoc gives a heading."""
    plain = re.sub(r"[^\w\s.-]", "", title.lower()).strip()
    return re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", plain)) or "section"
