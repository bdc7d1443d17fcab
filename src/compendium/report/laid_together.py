"""The localities of a compendium, and the releases that were brought in, as parts of what is laid together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from compendium.across import registry
from compendium.across.part import Part, tables_of
from compendium.disclosure.ledger import Entry
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.report.place import Place
from compendium.report.read import every
from compendium.report.shown import shown, withheld

CERTIFICATE = "certificate.json"


def parts(root: Root) -> list[Part]:
    """What every locality shows, and every release that was brought in, in the order of their names.

    Of real records only approved releases. Raises `InputRefused` for a registry that was changed by hand.
    """
    back = withheld(root)
    own = [
        part_of(load_locality(root, each.locality), each.folder, each.release)
        for each in shown(root)
        if each.locality not in back
    ]
    return in_order([*own, *registry.brought(root)])


def with_brought(root: Root, places: Iterable[Place]) -> list[Part]:
    """The localities that have pages here, and every release that was brought in, in the order of their names."""
    own = [part_of(place.locality, place.outputs, place.release) for place in places]
    return in_order([*own, *registry.brought(root)])


def in_order(found: list[Part]) -> list[Part]:
    return sorted(found, key=lambda part: (part.short.casefold(), part.id))


def part_of(locality: Locality, outputs: Path, release: Entry | None) -> Part:
    """One locality from the folder of what it shows."""
    path = outputs / CERTIFICATE
    certificate = json.loads(path.read_text("utf-8")) if path.exists() else {}
    part = Part(
        id=locality.id,
        name=locality.name,
        period=(locality.period.first, locality.period.last),
        tables=tables_of(every(outputs / "tables"), certificate),
        area=locality.area.code,
        level=locality.area.level,
        force=locality.force_area.code,
    )
    if release is None:
        return part
    return replace(part, release=release.release, number=release.number, date=release.date, period=release.period)
