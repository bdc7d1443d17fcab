"""Releases of other teams that were brought in: `registry/<id>.json`, a file each, committed with the compendium.

A file holds released numbers only, what an attack found of its hidden cells, and its own hash: one that was edited by
hand is refused. Anybody can make a hash anew, so each file is also held to the form of a release, and to showing no
small count; the attack is not repeated at every reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compendium import bounded, jsonfile
from compendium.across import held
from compendium.across.carried import json_of
from compendium.across.part import Part, Table
from compendium.disclosure.ledger import SEAL, seal
from compendium.errors import CompendiumError, InputRefused, Problem, UnknownName, nearest
from compendium.paths import ID, Root, known_localities
from compendium.proposals import decode_dimension, encode_dimension
from compendium.writing import write_whole

FOLDER = "registry"
FORMAT = 1
LINK = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/?&=%+,-]*)?")
AGAIN = "Restore it from version control, or take it out (`compendium gather --remove {id}`) and bring it in again."


def brought(root: Root) -> list[Part]:
    """Every release that was brought in, by id. Raises `InputRefused` for files that were changed by hand."""
    folder = root.path / FOLDER
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [read(path) for path in paths]


def ids(root: Root) -> tuple[str, ...]:
    """The ids of the releases that were brought in."""
    return tuple(path.stem for path in sorted((root.path / FOLDER).glob("*.json")))


def read(path: Path) -> Part:
    """One release that was brought in."""
    place, remedy = f"{FOLDER}/{path.name}", AGAIN.format(id=path.stem)
    record = None if path.is_symlink() else json_of(bounded.bytes_of(path, jsonfile.LARGEST, place))
    if not isinstance(record, dict) or record.get("format") != FORMAT or record.get(SEAL) != seal(record):
        raise InputRefused(
            Problem(place, message="It was changed after it was brought in, or cut short.", remedy=remedy)
        )
    try:
        part = _part(record)
        held.to_form(part)
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "It isn't built as `compendium gather` builds it."
        raise InputRefused(Problem(place, message=message, remedy=remedy)) from None
    if part.id != path.stem or not ID.fullmatch(part.id) or not _is_safe(part.link):
        message = "It is of another locality than its name says, or leads to an address that is no safe one."
        raise InputRefused(Problem(place, message=message, remedy=remedy))
    return part


def _is_safe(link: str) -> bool:
    return not link or LINK.fullmatch(link) is not None


def _part(record: Mapping[str, Any]) -> Part:
    return Part(
        id=record["id"],
        name=record["name"],
        period=(record["period"]["from"], record["period"]["to"]),
        tables={name: _table(name, said) for name, said in record["tables"].items()},
        area=record["area"],
        level=record["level"],
        force=record["force"],
        release=record["release"],
        number=record["number"],
        date=record["date"],
        brought=True,
        link=record["link"],
    )


def keep(root: Root, part: Part, *, dry_run: bool = False) -> str:
    """Write a release into the registry; `new`, `same` or `replaced`.

    Raises `CompendiumError` when a locality of this compendium has its id, or another place has it in the registry.
    """
    if part.id in known_localities(root):
        raise CompendiumError(
            f"{part.id} is a locality of this compendium: what it released is here already.",
            "Give the one that you bring in another id with --as ID.",
        )
    if not _is_safe(part.link):
        raise CompendiumError("The address of the other team's site is no safe one.", "It begins with https://.")
    path = file_of(root, part.id)
    record = _record(part)
    text = jsonfile.text_of({**record, SEAL: seal(record)})
    if path.exists():
        before = read(path)
        if (before.name, before.area) != (part.name, part.area):
            raise CompendiumError(
                f"{FOLDER}/{path.name} is about another place.", "Give this one another id with --as ID."
            )
        if path.read_text("utf-8") == text:
            return "same"
    elif dry_run:
        return "new"
    result = "replaced" if path.exists() else "new"
    if not dry_run:
        write_whole(path, text)
    return result


def remove(root: Root, id: str) -> None:
    """Take a release out of the registry. Raises `UnknownName` for one that isn't there."""
    known = ids(root)
    if id not in known or not ID.fullmatch(id):
        raise UnknownName(f"No release of {id[:40]} was brought in.", nearest(id, known))
    file_of(root, id).unlink()


def file_of(root: Root, id: str) -> Path:
    return root.path / FOLDER / f"{id}.json"


def _record(part: Part) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": part.id,
        "name": part.name,
        "period": {"from": part.period[0], "to": part.period[1]},
        "area": part.area,
        "level": part.level,
        "force": part.force,
        "release": part.release,
        "number": part.number,
        "date": part.date,
        "link": part.link,
        "tables": {name: _said(table) for name, table in part.tables.items()},
    }


def _said(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "unit": table.unit,
        "policy": table.policy,
        "provenance": table.provenance,
        "sensitivity": table.sensitivity,
        "dimensions": [encode_dimension(dimension) for dimension in table.dimensions],
        "cells": [[*labels, count] for labels, count in table.cells.items()],
        "bounds": [[*labels, low, high] for labels, (low, high) in table.bounds.items()],
    }


def _table(name: str, said: Mapping[str, Any]) -> Table:
    return Table(
        name=name,
        title=said["title"],
        unit=said["unit"],
        policy=said["policy"],
        provenance=said["provenance"],
        sensitivity=said["sensitivity"],
        dimensions=tuple(decode_dimension(one) for one in said["dimensions"]),
        cells={tuple(labels): count for *labels, count in said["cells"]},
        bounds={tuple(labels): (low, high) for *labels, low, high in said["bounds"]},
    )
