"""Doors for what other teams hand over: releases, repositories, a shared cache, results to compare with.

Good files are made once, in a process of its own (`files`): some of them are released tables, for which a solver runs,
and a process that has threads can't be forked.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from compendium.errors import STEERING, InputRefused
from tests.hostile.readers import DESKS, SOMEBODY, Read, Reader, refuse, workbook

PLAN = ".compendium/pending/plan.json"
BEGUN = ".compendium/begun.json"
BLOB = b"Words of a newer version.\n"
REFUSED, LOADED = frozenset({"refused"}), frozenset({"loaded"})
MARK = "a byte order mark"
ALSO: dict[tuple[str, str], frozenset[str]] = {  # what may happen beside what the kind says, and why
    **{  # written by programs of ours, which put none there
        (door, MARK): REFUSED
        for door in (
            "description of another team's release", "table of another team's release",
            "entry of another team's ledger", "file of the registry", "description of a crate", "list of a bag",
            "plan of an update", "memory of beginnings", "entry of a team's cache", "result in a team's cache",
        )
    },
    ("file of the registry", "no file"): LOADED,  # nothing was brought in
    ("description of a crate", "no file"): LOADED,  # its tables are described in another file as well
    ("description of a crate", "a folder where a file is expected"): LOADED,  # the same: no file lies in it
    ("plan of an update", "no file"): LOADED,  # nothing was begun
    ("memory of beginnings", "no file"): LOADED,  # nothing is known of them
}  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    """Every good file by where it lies: a release, its ledger, its place in a registry, its bag, a team's cache."""
    from compendium.across import carried, checking, registry
    from compendium.paths import Root
    from tests.unit.places_together import a_release
    from tests.unit.test_gather import a_ledger

    release = a_release(folder / "release")
    a_ledger(folder / "ledger", release, "synthetic")
    (folder / "localities").mkdir()
    registry.keep(Root(folder), checking.checked(carried.read(release)))
    for name, data in _bag(release).items():
        path = folder / "bag" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    _cached(folder)
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if "toy" not in path.parts}


def _bag(release: Path) -> dict[str, bytes]:
    from compendium.crate import bag, metadata
    from compendium.release import kept

    tables = kept.files(release)
    described = [
        {
            "@id": name, "@type": "File", "name": name, "sha256": hashlib.sha256(data).hexdigest(),
            "contentSize": str(len(data)),
        }
        for name, data in tables.items()
    ]  # fmt: skip
    graph = [
        {"@id": metadata.FILE, "@type": "CreativeWork", "about": {"@id": "./"}},
        {
            "@id": "./", "@type": "Dataset", "name": "n", "description": "d", "datePublished": "2026-03-15",
            "license": {"@id": "#l"}, "hasPart": [{"@id": name} for name in tables],
        },
        {"@id": "#l", "@type": "CreativeWork"},
        {"@id": metadata.HASH, "@type": "PropertyValue", "value": f"sha256:{kept.release_hash(tables)}"},
        *described,
    ]  # fmt: skip
    said = {"@context": "https://w3id.org/ro/crate/1.3/context", "@graph": graph}
    return bag.bagged({**tables, metadata.FILE: json.dumps(said, indent=1).encode()}, {"Bagging-Date": "2026-03-15"})


def _cached(folder: Path) -> None:
    from compendium.workflow.cache import Cache
    from tests.unit.left_by_a_run import left

    made = left(folder)
    cache = Cache.open(folder / "cache", made.root)
    assert cache
    cache.put(made.root, made.locality, made.notebook, made.given, made.record())


# releases


def _gathered(path: Path) -> Any:
    from compendium.across import carried, checking

    home = next((parent for parent in path.parents if parent.name in ("leeds", "ledger")), path)
    part = checking.checked(carried.read(home))
    return replace(part, release="")  # what else lies there counts for its hash


def _registry(path: Path) -> Any:
    from compendium.across import registry
    from compendium.paths import Root

    return registry.brought(Root(path.parents[1]))


def _verified(path: Path) -> Any:
    from compendium.crate.verify import verify

    home = next((parent for parent in path.parents if parent.name == "crate"), path)
    found = verify(home)
    refuse(found.problems)
    return found.release, found.checked


# a repository


def _planned(path: Path) -> Any:
    from compendium.repository import updating

    root = next(parent for parent in path.parents if (parent / "compendium.yml").exists() or parent.name == "team")
    plan = updating.plan(root)
    return [(change.path, change.state) for change in plan.changes], sorted(plan.began)


def _finished(path: Path) -> Any:
    from compendium.paths import contents
    from compendium.repository import journal

    root = path.parents[2]
    return journal.finish(root), sorted(contents(root).items())


def _laid_out(path: Path) -> Any:
    from compendium.repository import laid_out, shipped

    found = laid_out.read(path.parents[1], shipped.digest())
    if found is None:
        raise InputRefused("passed over: the update compares with nothing")
    return sorted(found.items())


# a shared cache


def _name_rightly(path: Path, cache: Path) -> None:
    """Whoever forges one gives all of it the names that it must have: only what it says can tell."""
    if "files" in path.parts:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        to = cache / "files" / digest[:2] / digest
        to.parent.mkdir(exist_ok=True)
        (entry,) = cache.glob("entries/*/*/*.json")
        said = json.loads(entry.read_bytes())
        said["files"]["victims_by_form.json"] = digest
        entry.write_text(json.dumps(said), "utf-8")
        path.rename(to)
        path = entry
    path.rename(path.with_name(f"{hashlib.sha256(path.read_bytes()).hexdigest()}.json"))


def _hit(path: Path) -> Any:
    from compendium.locality import load_locality
    from compendium.paths import Root
    from compendium.seen.digests import Digests
    from compendium.workflow import notebooks as nb
    from compendium.workflow.cache import Cache, Damaged

    home = next(parent for parent in path.parents if parent.name == "cache")
    if path.is_file() and not path.is_symlink():
        _name_rightly(path, home)
    root = Root(home.parent / "toy")
    locality, (notebook,) = load_locality(root, "demo_area_b"), nb.load(root).values()
    cache = Cache.open(home, root)
    assert cache
    hit = cache.find(root, locality, notebook, nb.parameters(notebook, locality), Digests())
    if hit is None:
        raise InputRefused("passed over: the notebook runs")
    to = home.parent / "fetched"
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    try:
        cache.fetch(hit, notebook, to)
    except Damaged:
        raise InputRefused("passed over: the notebook runs") from None
    return [(path.name, path.read_bytes()) for path in sorted(to.rglob("*")) if path.is_file()]


# two folders of results


def _held_against(good: bytes, *, published: bool = True) -> Read:
    def read(path: Path) -> Any:
        from compendium.sameness import compare

        one = path.parent.parent / "one"
        one.mkdir(exist_ok=True)
        (one / path.name).write_bytes(good)
        for folder in (one, path.parent) if published else ():
            (folder / "certificate.json").write_text("{}")
        lines = list(compare(one, path.parent).lines())
        print("\n".join(lines))
        assert not STEERING.search("".join(lines)), "it would steer a terminal"
        assert sum(map(len, lines)) < 20_000, "more than anybody reads"
        return lines

    return read


PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Here</title></head><body>
<h2 id="forms">Victims by form</h2><record><p>All 40.</p></record>
<table><tr><td>a</td><td>3</td></tr></table>
</body></html>
"""
RELEASED = "area,form,count\nnorth,a,40\nnorth,b,30\nsouth,a,20\n"
RECORDS = f"case_id,name,note\nC-1,{SOMEBODY},here\nC-2,{SOMEBODY} again,there\n"
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"title": "One"},
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Words"},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": None, "source": "1",
         "outputs": [
             {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "| a |\n|---|\n| 3 |\n"}}]},
    ],
}  # fmt: skip
PRINT = b"%PDF-1.7\n1 0 obj\n<</Length 30>>\nstream\n" + zlib.compress(b"BT (40) ET") + b"\nendstream\nendobj\n"


def picture() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(made, "PNG")
    return made.getvalue()


# what lies around them


def keep_desks(made: Callable[[], Mapping[str, bytes]]) -> None:
    """Lay what is made around each file. `made`: the good files by where they lie."""

    def lays(*parts: tuple[str, str]) -> Callable[[Path], None]:
        def lay(folder: Path) -> None:
            for kind, to in parts:
                for name, data in made().items():
                    if name.startswith(f"{kind}/"):
                        path = folder / to / name.removeprefix(f"{kind}/")
                        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                        path.write_bytes(data)

        return lay

    DESKS["another team's release"] = lays(("release", "leeds"))
    DESKS["another team's ledger"] = lays(("ledger", "ledger"))
    DESKS["crate"] = lays(("bag/data", "crate"))
    DESKS["bag"] = lays(("bag", "crate"))
    DESKS["team"] = _team
    DESKS["pending"] = _pending

    def toy(folder: Path) -> None:
        from tests.acceptance.toy import OPEN, copy_toy
        from tests.unit.left_by_a_run import NAME

        copy_toy(folder / "toy", {NAME: [OPEN]})
        (folder / "cache").mkdir(mode=0o700)
        lays(("cache/files", "cache/files"))(folder)

    def toy_with_entry(folder: Path) -> None:
        toy(folder)
        lays(("cache/entries", "cache/entries"))(folder)

    DESKS["cache"] = toy
    DESKS["cache with its entry"] = toy_with_entry


def _team(folder: Path) -> None:
    from compendium.repository import record

    home = folder / "team"
    (home / "localities").mkdir(parents=True)
    (home / ".compendium").mkdir()
    (home / "compendium.yml").write_text(record.text_of(record.installed()), "utf-8")


def _pending(folder: Path) -> None:
    _team(folder)
    place = folder / "team" / ".compendium" / "pending"
    place.mkdir()
    (place / hashlib.sha256(BLOB).hexdigest()).write_bytes(BLOB)


def _begun() -> bytes:
    from compendium import jsonfile
    from compendium.repository import skeleton

    known = {name: hashlib.sha256(data).hexdigest() for name, data in skeleton.files().items()}
    return jsonfile.text_of({".": {"files": known, "wanted": {}}}).encode()


def doors(made: Mapping[str, bytes]) -> list[Reader]:
    """All of them; `made`: their good files by where they lie."""
    from compendium import jsonfile, zipped
    from compendium.repository import record, shipped

    below = {kind: {n.partition("/")[2]: d for n, d in made.items() if n.startswith(f"{kind}/")} for kind in (
        "release", "bag", "cache")}  # fmt: skip
    table = next(name for name in below["release"] if name.endswith(".json") and name.startswith("tables/"))
    entry = next(name for name in below["cache"] if name.startswith("entries/"))
    result = next(
        name
        for name, data in below["cache"].items()
        if name.startswith("files/") and b'"exposure"' in data and b"nbformat" not in data
    )
    plan = jsonfile.text_of(
        [{"path": "report/words.qmd", "from": None, "to": hashlib.sha256(BLOB).hexdigest()}]
    ).encode()
    laid = f"team/.compendium/laid_out-{shipped.digest()[:16]}.zip"
    parts = shipped.parts()
    return [
        Reader("another team's release as zip", "zip", "leeds.zip", zipped.packed(
            {f"x/{name}": data for name, data in below["release"].items()}), _gathered),
        Reader("description of another team's release", "json", "leeds/datapackage.json",
               below["release"]["datapackage.json"], _gathered, "another team's release"),
        Reader("table of another team's release", "json", f"leeds/{table}", below["release"][table], _gathered,
               "another team's release"),
        Reader("entry of another team's ledger", "json", "ledger/0001.json", made["ledger/0001.json"], _gathered,
               "another team's ledger"),
        Reader("file of the registry", "json", "registry/leeds.json", made["registry/leeds.json"], _registry,
               follows=False),
        Reader("crate as zip", "zip", "x.zip", zipped.packed(
            {f"x/{name}": data for name, data in below["bag"].items()}), _verified),
        Reader("description of a crate", "json", "crate/ro-crate-metadata.json",
               below["bag"]["data/ro-crate-metadata.json"], _verified, "crate"),
        Reader("list of a bag", "tags", "crate/manifest-sha512.txt", below["bag"]["manifest-sha512.txt"], _verified,
               "bag"),
        Reader("record of a repository", "yaml", "team/compendium.yml", record.text_of(record.installed()).encode(),
               _planned, "team"),
        Reader("plan of an update", "json", f"team/{PLAN}", plan, _finished, "pending", follows=False),
        Reader("memory of beginnings", "json", f"team/{BEGUN}", _begun(), _planned, "team", follows=False),
        Reader("memory of what was laid out", "zip", laid, zipped.packed(parts), _laid_out, "team"),
        Reader("entry of a team's cache", "json", f"cache/{entry}", below["cache"][entry], _hit, "cache",
               follows=False),
        Reader("result in a team's cache", "json", f"cache/{result}", below["cache"][result], _hit,
               "cache with its entry", follows=False),
        *_compared(),
    ]  # fmt: skip


def _compared() -> list[Reader]:
    book = workbook(sheet=[["a", "n"], ["x", 1]])
    notebook = json.dumps(NOTEBOOK).encode()
    kinds = [
        ("table to compare", "csv", "t.csv", RELEASED.encode()),
        ("description to compare", "json", "t.json", json.dumps({"rows": [{"form": "a", "count": 40}]}).encode()),
        ("notebook to compare", "json", "one.ipynb", notebook),
        ("page to compare", "xml", "page.html", PAGE.encode()),
        ("workbook to compare", "xlsx", "t.xlsx", book),
        ("print to compare", "pdf", "p.pdf", PRINT),
        ("picture to compare", "png", "p.png", picture()),
    ]
    return [
        *(Reader(name, shape, f"two/{file}", data, _held_against(data), compares=True)
          for name, shape, file, data in kinds),
        Reader("records to compare", "csv", "two/victims.csv", RECORDS.encode(),
               _held_against(RECORDS.encode(), published=False), sensitive=True, compares=True, like_another=True),
    ]  # fmt: skip
