"""Where a number on the site comes from: back to its table, the cell that published it, inputs, code.

The answer is a value first. It is read from what was released, from the pages and from the stored notebooks alone: it
can tell no more than the site, so never why a cell is hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compendium.aggregate import TOTAL
from compendium.errors import CompendiumError, UnknownName, nearest
from compendium.paths import Root
from compendium.release.kept import LINEAGE, VALUES
from compendium.report import facts, made, naming
from compendium.report.empty_sections import HIDE
from compendium.report.made import Made, Whole
from compendium.report.naming import Named
from compendium.report.read import file
from compendium.report.shown import withheld

SOME = 12


@dataclass(frozen=True)
class Answer:
    """What is told of one name in one locality."""

    asked: str
    named: Named
    whole: Whole
    folder: Path  # of what was read: the pages, or what was settled when no page was written since
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = field(default=())  # localities that have the name too

    def record(self, root: Root) -> dict[str, Any]:
        """The answer in the form of JSON."""
        table, said = self.named.made, self.named.made.said
        published, inputs = self.whole.roots(table.name)
        number = {"text": self.named.text, "state": self.named.state, "means": self.named.means}
        return {
            "asked": self.asked,
            "name": self.named.name,
            "locality": self.whole.locality,
            **({"number": number} if self.named.state else {}),
            **({"row": dict(self.named.row)} if self.named.row else {}),
            "table": {
                "name": table.name,
                "title": table.title,
                "kind": said["kind"],
                "unit": said["unit"],
                "total": _total(table),
                "not_recorded": said.get("not_recorded", {}),
                "provenance": said["provenance"],
                "policy": said["policy"],
                "cells": len(said["rows"]),
                "hidden": table.hidden,
                "none_can_be_worked_out": self._certified(root),
                "page": self._address(self.whole.shown(table.name)),
                "files": self._files(root),
            },
            "made": {
                "notebook": f"notebooks/{table.notebook}.ipynb" if table.notebook else "",
                "cell": table.cell,
                "first_line": first_line(self.folder, table),
                "how": table.how,
            },
            "worked_out_from": {name: {"how": one.how, "of": list(one.of)} for name, one in self._chain(table)},
            "published": published,
            "inputs": [vars(self.whole.sources[name]) for name in inputs],
            "code": {
                "version": self.whole.version,
                "modules": dict(table.code),
                **_of_notebook(self.whole, table),
            },
            "told_on": {self._address(page.file): names for page, names in self.whole.used(table.name).items()},
            "also_in": list(self.others),
            "notes": list(self.notes),
        }

    def _certified(self, root: Root) -> bool:
        """Whether the certificate of these very tables says so of each hidden number of this one."""
        settled = root.outputs / self.whole.locality
        if _bytes(settled / LINEAGE) != _bytes(self.folder / LINEAGE):
            return False
        certificate = json.loads(_bytes(settled / "certificate.json") or "{}")
        cells = certificate.get("tables", {}).get(self.named.made.name, {}).get("cells", [])
        return bool(cells) and all(cell["verdict"] == "protected" for cell in cells)

    def _chain(self, table: Made) -> Iterator[tuple[str, Made]]:
        """Each table on the way that is worked out from others."""
        seen, left = set(), [table.name]
        while left:
            one = self.whole.tables.get(left.pop(0))
            if one and one.of and one.name not in seen:
                seen.add(one.name)
                left += one.of
                yield one.name, one

    def _address(self, place: str) -> str:
        if not place:
            return ""
        page, _, mark = place.partition("#")
        path = f"places/{self.whole.locality}/{page}" if not page.startswith("../") else f"places/{page[3:]}"
        return f"{path.removesuffix('.qmd').removesuffix('.ipynb')}.html{'#' if mark else ''}{mark}"

    def _files(self, root: Root) -> list[str]:
        name = self.named.made.name
        rooms = (("tables", "csv"), ("tables", "json"), ("figures", "svg"), ("figures", "png"))
        found = (file(self.folder / room, name, ending) for room, ending in rooms)
        return [root.relative(path) for path in found if path]


def answers(root: Root, name: str, localities: Sequence[str], *, named: bool) -> list[Answer]:
    """What `name` means, in the first of `localities` that has it (in each, when they were `named`).

    Raises `UnknownName` with the nearest names when none has it, `CompendiumError` when nothing has been settled.
    """
    asked, place = naming.plain(name), naming.place_of(naming.plain(name))
    rooms = {id: _room(root, id) for id in localities if place in ("", id)}
    wholes = {id: (_whole(root, id, room), room) for id, room in rooms.items() if room}
    if not wholes:
        raise CompendiumError("Nothing has been settled yet.", "Run `compendium report` first.")
    found = {id: list(naming.meanings(asked, whole)) for id, (whole, _) in wholes.items()}
    having = [id for id, meant in found.items() if meant]
    if not having:
        _refuse_whole_page(asked, wholes)
        raise UnknownName(f"No number, table or place on a page is called {asked}.", _like(asked, root, wholes))
    shown = having if named else having[:1]
    return [
        Answer(
            name, meant, wholes[id][0], wholes[id][1], _notes(root, id, wholes[id][1], meant.made), _rest(having, shown)
        )
        for id in shown
        for meant in found[id]
    ]


def _like(asked: str, root: Root, wholes: Mapping[str, tuple[Whole, Path]]) -> str:
    """The nearest names: of the table that the asked name begins with, where there is one; else of all."""
    every = {each for whole, _ in wholes.values() for each in naming.known(whole)}
    every |= {fact.name for fact in facts.facts(root)}
    table = re.split(r"[.\[]", asked, maxsplit=1)[0]
    return nearest(asked, {each for each in every if each.partition(".")[0] == table} or every)


def _refuse_whole_page(asked: str, wholes: Mapping[str, tuple[Whole, Path]]) -> None:
    """Raises `UnknownName` with what is told there when a whole page is asked for."""
    for id, (whole, _) in wholes.items():
        for page in whole.pages:
            if naming.page_of(asked) == (id, Path(page.file).stem):
                told = [name for name in whole.tables if page in whole.used(name)]
                told += [f"#{mark}" for mark in sorted(page.anchors)]
                remedy = f"Ask for one table or place on it: {', '.join(told[:SOME])}." if told else ""
                raise UnknownName(f"{page.file} is a whole page; it tells and shows {len(told)} tables.", remedy)


def _rest(having: Sequence[str], shown: Sequence[str]) -> tuple[str, ...]:
    return tuple(id for id in having if id not in shown)


def unused(root: Root, localities: Sequence[str]) -> dict[str, list[str]]:
    """Values that no page tells, by locality."""
    rooms = {id: _room(root, id) for id in localities}
    return {id: _whole(root, id, room).unused for id, room in rooms.items() if room}


def _room(root: Root, locality: str) -> Path | None:
    """What the site says; before there are pages, what was settled."""
    for folder in (root.places / locality, root.outputs / locality):
        if (folder / VALUES).is_file() and (folder / "tables").is_dir():
            return folder
    return None


def _whole(root: Root, locality: str, room: Path) -> Whole:
    values: Mapping[str, made.Record] = json.loads((room / VALUES).read_text("utf-8"))
    pages = made.pages(root.places / locality) if (root.places / locality).is_dir() else ()
    return made.read(locality, room, values, pages)


def _notes(root: Root, locality: str, room: Path, table: Made) -> tuple[str, ...]:
    notes = []
    settled = root.outputs / locality
    if room == settled and locality in withheld(root):
        notes.append("It rests on real records and nobody approved it yet: it is for those who may see the records.")
    elif room == settled:
        notes.append("No page tells this yet: `compendium render` writes them.")
    elif _bytes(settled / LINEAGE) not in (b"", _bytes(room / LINEAGE)):
        notes.append(f"outputs/{locality} was settled again after these pages were written: see `compendium render`.")
    now, run = _cells(root.notebooks / f"{table.notebook}.ipynb"), _source_run(room, table)
    if run and (table.cell > len(now) or now[table.cell - 1][1] != run):
        notes.append(f"notebooks/{table.notebook}.ipynb was changed since: the cell is told as it was run.")
    return tuple(notes)


def first_line(room: Path, table: Made) -> str:
    """The first line of the cell that published the table, as it was run; with the next where it ends in a bracket."""
    lines = [line.strip() for line in _source_run(room, table).splitlines() if line.strip()]
    return "".join(lines[: 2 if lines and lines[0].endswith("(") else 1])


def _source_run(room: Path, table: Made) -> str:
    """By its name: a page may leave out cells before it."""
    places = (room / f"{table.notebook}.ipynb", room / "notebooks" / f"{table.notebook}.ipynb")
    return next((source for place in places for id, source in _cells(place) if id == table.id), "")


def _cells(notebook: Path) -> list[tuple[str, str]]:
    """Name and source of each cell."""
    if not notebook.is_file():
        return []
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [(str(cell.get("id", "")), "".join(cell["source"]).removeprefix(HIDE)) for cell in cells]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _total(table: Made) -> str:
    """Of counts all together: the whole that shares are of."""
    said = table.said
    if said["kind"] != "counts" or not said["rows"]:
        return ""
    names = [dimension["name"] for dimension in said["dimensions"]]
    row = next(row for row in said["rows"] if all(row[name] == TOTAL for name in names))
    return "hidden" if row["count"] is None else f"{int(row['count']):,}"


def _of_notebook(whole: Whole, table: Made) -> dict[str, Any]:
    said = whole.notebooks.get(table.notebook)
    return {"notebook_modules": len(said["modules"]), "notebook_code": said["code"]} if said else {}
