"""What of a project travels with a release, so that it can be run again elsewhere; never a record of a real person.

Only what is named here is taken: folders that every compendium has, and of the locality its settings and the files that
they name. Hidden files, outputs of notebooks and whatever else lies about stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import yaml

from compendium import dictionary, jsonfile
from compendium.disclosure.ledger import Entry
from compendium.errors import InputRefused, Problem
from compendium.locality import Locality
from compendium.paths import PACKAGE, SETTINGS, Root
from compendium.release import kept, ledger_files
from compendium.repository import shipped
from compendium.seen import versions
from compendium.yamlfile import parse_yaml

PROJECT = "project"  # the folder of the crate that holds all this
CODE = "src/compendium"
MAKES_NUMBERS = (CODE, "notebooks", "data_dictionaries", "evidence", "framework", "requirements", "localities")
ELSEWHERE = ("notebooks/", "outputs/")  # of the shared parts: the ones without outputs below, the others made anew
OF_A_CHECKOUT = ("Makefile", "README.md", "environment.yml", "hatch_build.py", "pyproject.toml")  # beside shared parts
MADE_WITH, MADE_ON = "made_with", "made_on"  # in an entry of the ledger, and in that
WITHHELD = "withheld"  # folder in which the settings of a crate look for records that did not travel


@dataclass(frozen=True)
class Contents:
    """Files by their path in the project. `withheld`: tables whose records are real and stay where they are."""

    files: Mapping[str, bytes]
    withheld: tuple[str, ...]

    @property
    def reruns(self) -> bool:
        """Whether everything is there that the notebooks read."""
        return not self.withheld


def gather(root: Root, locality: Locality) -> Contents:
    """All that travels of the project and of one locality.

    Raises `InputRefused` for links that lead elsewhere, and where records that stay here lie in what would travel.
    """
    sources = _sources(root, locality)
    withheld = tuple(sorted(table for table, found in sources.items() if found.withheld))
    held_back = {found.path.resolve() for found in sources.values() if found.withheld}
    files: dict[str, bytes] = {}
    own = _own(locality, with_outside=not withheld)
    for path in [*_shared(root), *(found.path for found in sources.values()), *own]:
        if path.resolve() not in held_back and path.is_file():
            files[root.relative(path)] = _read(root, path)
    _refuse_copies(files, held_back)
    for path in sorted(root.notebooks.glob("*.ipynb")):
        files[f"notebooks/{path.name}"] = without_outputs(_read(root, path))
    files[f"localities/{locality.id}/{SETTINGS}"] = settings(_read(root, locality.folder / SETTINGS), withheld)
    return Contents({**files, **_code()}, withheld)


def _refuse_copies(files: Mapping[str, bytes], held_back: Iterable[Path]) -> None:
    """Records that stay here are told by what they say: somebody may have laid a copy among what travels."""
    kept = {path.read_bytes() for path in held_back if path.is_file()}
    copies = sorted(name for name, data in files.items() if data in kept and len(data.splitlines()) > 1)
    message, remedy = "It holds records that stay here, and it would travel.", "Take the copy away."
    if copies:
        raise InputRefused(Problem(name, message=message, remedy=remedy) for name in copies)


def made_with(root: Root, locality: Locality) -> dict[str, str]:
    """One hash for each part of the project that makes numbers, and what it ran on: kept with the approval."""
    contents = gather(root, locality)
    now = versions.of([versions.PYTHON, versions.MACHINE])
    return {**parts(contents.files), MADE_ON: f"Python {now[versions.PYTHON]}, {now[versions.MACHINE]}"}


def parts(files: Mapping[str, bytes]) -> dict[str, str]:
    """The hash of each part: of all of its files. What only dresses pages doesn't count."""
    return {
        part: kept.hash_of({name: data for name, data in files.items() if name.startswith(f"{part}/")})
        for part in MAKES_NUMBERS
    }


def ledger_before(root: Root, locality: str, entry: Entry) -> dict[str, bytes]:
    """The entries that stood when `entry` was approved: a rerun must see no later one. None before the first."""
    ledger = ledger_files.read(root, locality)
    earlier = [one for one in ledger.entries if one.number < entry.number]
    if not earlier:
        return {}
    home = f"localities/{locality}/{ledger_files.folder_of(root, locality).name}"
    files = {f"{home}/{one.number:04}.json": jsonfile.text_of(one.record).encode() for one in earlier}
    head = jsonfile.text_of({"number": earlier[-1].number, "entry": earlier[-1].seal})
    return {**files, f"{home}/{ledger_files.HEAD}": head.encode()}


def settings(text: bytes, withheld: tuple[str, ...]) -> bytes:
    """`locality.yml` as others may read it: no folder of this machine, no file with real records, no remark."""
    said = parse_yaml(text.decode("utf-8"), SETTINGS).data
    if not withheld and "data_root" not in said:
        return text
    hidden = {"data_root", "outside_knowledge"} if withheld else {"data_root"}
    for table in withheld:
        said["sources"][table] = {**said["sources"][table], "file": f"{WITHHELD}/{table}.csv"}
    shown = {key: value for key, value in said.items() if key not in hidden}
    return str(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=110)).encode("utf-8")


def without_outputs(notebook: bytes) -> bytes:
    """The notebook as it is stored: somebody may have saved it with rows of records below its cells."""
    read = nbformat.reads(notebook.decode("utf-8"), as_version=4)
    code = [cell for cell in read.cells if cell.cell_type == "code"]
    if not any(cell.outputs or cell.execution_count for cell in code) and "widgets" not in read.metadata:
        return notebook
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    read.metadata.pop("widgets", None)
    return (nbformat.writes(read) + "\n").encode("utf-8")


@dataclass(frozen=True)
class _Source:
    path: Path
    withheld: bool


def _sources(root: Root, locality: Locality) -> dict[str, _Source]:
    """The file of each table that this locality has, and whether it holds records of real persons."""
    described = dictionary.load(root.dictionaries, locality.dictionary_files())
    found = {table: locality.source(table, described) for table in described}
    return {
        table: _Source(place.path, described[table].sensitive and place.provenance == "real")
        for table, place in found.items()
        if place
    }


def _shared(root: Root) -> list[Path]:
    locks = [path for path in _below(root.path / "requirements") if path.suffix in (".lock", ".txt")]
    shared = [name for name in shipped.names(root.path) if not name.startswith(ELSEWHERE)]
    return [*(root.path / name for name in (*shared, *OF_A_CHECKOUT)), *locks]


def _own(locality: Locality, *, with_outside: bool) -> list[Path]:
    """Files that the settings name beside sources: what tables say differently here, standards, what others know."""
    named = [*locality.dictionary_files().values()]
    own = locality.framework
    for place in (own.adapt, own.write):
        path = locality.folder / place
        if place:
            named += _below(path) if path.is_dir() else [path]
    outside = locality.outside_knowledge_file() if with_outside else None
    return [path for path in [*named, *([outside] if outside else [])] if path.is_file()]


@cache
def _code() -> Mapping[str, bytes]:
    """The program itself, as it is installed."""
    names = {path.relative_to(PACKAGE): path for path in _below(PACKAGE)}
    ours = {
        name: path
        for name, path in names.items()
        if name.parts[0] != shipped.INSIDE and "__pycache__" not in name.parts
    }
    return {f"{CODE}/{name.as_posix()}": path.read_bytes() for name, path in ours.items()}


def _below(folder: Path) -> list[Path]:
    """Every file below a folder, but none that is hidden or lies in a hidden folder."""
    found = folder.rglob("*") if folder.is_dir() else ()
    return sorted(
        path
        for path in found
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _read(root: Root, path: Path) -> bytes:
    if not path.resolve().is_relative_to(root.path.resolve()):
        message = "The file leads out of the compendium, and it would travel."
        raise InputRefused(Problem(root.relative(path), message=message, remedy="Copy it there; links are refused."))
    return path.read_bytes()
