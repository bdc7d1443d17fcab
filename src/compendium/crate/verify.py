"""Check a release that travelled, from its files alone: the bag, the crate, the Data Package, the hash of the release.

Hashes tell damage and mistakes. They don't tell who made a release: whoever changes a file can change its hash. So the
hash of the release is printed, to be compared with the one in the ledger or the publication. It is of what readers see;
the program that travels along, and what proves the protection, only the hash of the whole file holds.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from compendium.crate import bag, graph, metadata
from compendium.crate.opened import laid_out
from compendium.errors import CompendiumError, Problem
from compendium.release import kept
from compendium.sameness import differences, published

PACKAGE_FILE = "datapackage.json"
LARGEST_JSON = 100_000_000  # bytes
LARGEST_TAG = 20_000_000  # bytes; a manifest of as many files as a release may have is a quarter of it
NAMED = 20  # files that differ, in words
GONE = "The manifest names a file that isn't there."
ADDED_TO = "The file is in no manifest: somebody added it."
OTHER = "The file is not the one that was bagged."
UNDESCRIBED = "The table is described nowhere: somebody added it."
OF_A_BAG = frozenset({bag.PAYLOAD, bag.DECLARED, bag.INFO, bag.MANIFEST, bag.TAGS})
_NO_JSON = "The file can't be read as JSON."


@dataclass(frozen=True)
class Verified:
    """What was checked, and what is wrong. `release`: the hash of all that was released, made anew.

    `file`: the SHA-256 of the file that was given; empty for a folder. `bagged`: a file that was added would be told.
    """

    checked: tuple[str, ...]
    release: str
    problems: tuple[Problem, ...]
    file: str = ""
    bagged: bool = False


def verify(path: Path, same_as: Path | None = None) -> Verified:
    """Check `path`: a zip or folder with a bag, a crate, or the tables of a release.

    `same_as`: a folder such as `outputs/leeds` after a rerun, whose files must be the released ones byte for byte.
    Raises `CompendiumError` when it is nothing of these.
    """
    with laid_out(path) as folder:
        found = _verified(_top(folder), path.name or path.resolve().name, same_as)
    return replace(found, file=hashlib.sha256(path.read_bytes()).hexdigest()) if path.is_file() else found


def _verified(top: Path, name: str, same_as: Path | None) -> Verified:
    checked: list[str] = []
    problems: list[Problem] = []
    home = top
    if (top / bag.DECLARED).is_file():
        problems += _bag_problems(top)
        checked.append(f"bag: {sum(path.is_file() for path in (top / bag.PAYLOAD).rglob('*'))} files by SHA-512")
        home = top / bag.PAYLOAD
    stated = ""
    if (home / metadata.FILE).is_file():
        described, stated, found = _crate(home)
        problems += found
        checked.append(f"crate: RO-Crate {graph.VERSION}, {described} files described")
    if (home / PACKAGE_FILE).is_file():
        tables, found = _package(home)
        problems += found
        checked.append(f"data package: {tables} tables by SHA-256")
    if not checked:
        raise CompendiumError(f"{name} is no release: no bag, no crate, no Data Package.", "Name its zip or folder.")
    released = _released(home)
    digest = kept.release_hash(released)
    if stated and stated != f"sha256:{digest}":
        problems.append(Problem(metadata.FILE, message="The released files don't give the hash of the release."))
    if same_as:
        checked.append(f"{len(released)} released files beside {same_as.name}")
        problems += _different(released, same_as)
    return Verified(tuple(checked), digest, tuple(problems), bagged=home != top)


def _top(folder: Path) -> Path:
    """The folder itself, or the single one in it, as a bag lies in its zip."""
    inner = list(folder.iterdir())
    known = (bag.DECLARED, metadata.FILE, PACKAGE_FILE)
    if len(inner) == 1 and inner[0].is_dir() and not any((folder / name).exists() for name in known):
        return inner[0]
    return folder


def _bag_problems(top: Path) -> list[Problem]:
    """Whether every file of the payload is there, is the one that was bagged, and none was added."""
    import bagit

    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    if wrong := _no_release(top):
        return wrong
    try:
        opened = bagit.Bag(str(top))
        gone, added = (sorted(map(_plain, names)) for names in opened.compare_manifests_with_fs())
        if gone or added:
            wrong = [*(_bag_problem(name, GONE) for name in gone), *(_bag_problem(name, ADDED_TO) for name in added)]
            return _first(wrong)
        opened.validate(processes=1)
    except bagit.BagValidationError as found:
        wrong = [_bag_problem(_plain(getattr(one, "path", bag.INFO)), OTHER) for one in found.details]
        return _first(sorted(wrong)) or [Problem(bag.INFO, message=f"The bag is not whole: {_plain(found)}.")]
    except (bagit.BagError, OSError, ValueError, RecursionError) as found:
        return [Problem(bag.DECLARED, message=f"This is no bag that can be read: {_plain(found)}.")]
    lacking = sorted(name for name in OF_A_BAG if not (top / name).exists())
    return [_bag_problem(name, "A bag of a release has this file.") for name in lacking]


def _no_release(top: Path) -> list[Problem]:
    """What lies beside the payload that no release has; before any of it is read."""
    beside = sorted(path for path in top.iterdir() if path.name != bag.PAYLOAD)
    if large := [path.name for path in beside if path.is_file() and path.stat().st_size > LARGEST_TAG]:
        return [Problem(_plain(name), message="Larger than any such file of a bag.") for name in large]
    if (top / "fetch.txt").exists():
        return [Problem("fetch.txt", message="A part of the bag would have to be fetched; a release is whole.")]
    return _first([_bag_problem(_plain(path.name), ADDED_TO) for path in beside if path.name not in OF_A_BAG])


def _bag_problem(name: str, message: str) -> Problem:
    return Problem(name, message=message, remedy="Fetch the release again.")


def _crate(home: Path) -> tuple[int, str, list[Problem]]:
    """What RO-Crate demands, each file that it describes, and the hash of the release that it states."""
    said = _json(home / metadata.FILE)
    listed = said.get("@graph") if isinstance(said, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return 0, "", [Problem(metadata.FILE, message=_NO_JSON)]
    problems = [Problem(metadata.FILE, message=message) for message in musts(said)]
    entities = {str(one.get("@id")): one for one in listed}
    described = 0
    for id, entity in entities.items():
        if "File" not in _listed(entity.get("@type")) or ":" in id.partition("/")[0] or id.startswith("#"):
            continue
        described += 1
        problems += _file_problems(home, unquote(id), str(entity.get("sha256", "")), entity.get("contentSize"))
    stated = entities.get(metadata.HASH, {}).get("value", "")
    return described, str(stated), problems


def musts(said: Mapping[str, Any]) -> list[str]:
    """What RO-Crate 1.3 says that a metadata document MUST have and this one has not."""
    listed = [one for one in said.get("@graph", []) if isinstance(one, Mapping)]
    ids = [one.get("@id") for one in listed]
    by_id = {str(one.get("@id")): one for one in listed}
    descriptor = by_id.get(metadata.FILE, {})
    about = descriptor.get("about")
    root = by_id.get(str(about.get("@id")), {}) if isinstance(about, Mapping) else {}
    reached = _reached(root, by_id)
    files = [id for id, one in by_id.items() if _is_data(id, one) and id != about_id(about)]
    rules: list[tuple[bool, str]] = [
        (_named_context(said.get("@context")), "The context is none of RO-Crate."),
        (all(ids) and len(ids) == len(set(map(str, ids))), "An entity has no @id, or two have one."),
        (all(one.get("@type") for one in listed), "An entity has no @type."),
        ("CreativeWork" in _listed(descriptor.get("@type")), "There is no metadata descriptor."),
        ("Dataset" in _listed(root.get("@type")), "The descriptor is about no Dataset."),
        (all(root.get(key) for key in ("name", "description", "license")), "The root lacks name, words or licence."),
        (_is_date(root.get("datePublished")), "The root has no date of publication."),
        (all(id in reached for id in files), "A file is described and no part of the root."),
    ]
    return [message for holds, message in rules if not holds]


def about_id(about: Any) -> str:
    """The `@id` that a descriptor's `about` points to."""
    return str(about.get("@id")) if isinstance(about, Mapping) else ""


def _reached(root: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Ids of all parts of the root, and parts of these."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        for part in _listed(waiting.pop().get("hasPart")):
            id = about_id(part)
            if id not in found:
                found.add(id)
                waiting.append(by_id.get(id, {}))
    return found


def _is_data(id: str, entity: Mapping[str, Any]) -> bool:
    return not id.startswith("#") and bool({"File", "Dataset"} & set(map(str, _listed(entity.get("@type")))))


def _named_context(context: Any) -> bool:
    return any(str(one).startswith("https://w3id.org/ro/crate/") for one in _listed(context))


def _is_date(text: Any) -> bool:
    from datetime import date

    try:
        return isinstance(text, str) and bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False


def _package(home: Path) -> tuple[int, list[Problem]]:
    said = _json(home / PACKAGE_FILE)
    resources = said.get("resources") if isinstance(said, dict) else None
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        return 0, [Problem(PACKAGE_FILE, message=_NO_JSON)]
    problems = []
    for one in resources:
        sha = str(one.get("hash", "")).removeprefix("sha256:")
        problems += _file_problems(home, str(one.get("path", "")), sha, one.get("bytes"))
    described = {str(one.get("path")) for one in resources}
    tables = sorted(path.relative_to(home).as_posix() for path in (home / "tables").rglob("*.csv"))
    problems += _first([Problem(_plain(name), message=UNDESCRIBED) for name in tables if name not in described])
    return len(resources), problems


def _file_problems(home: Path, name: str, sha256: str, size: Any) -> list[Problem]:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name:
        return [Problem(_plain(name), message="A file is named that would lie outside.")]
    try:
        data = (home / path).read_bytes()
    except (OSError, ValueError):  # also a folder, a name too long for a file, or half a character
        return [Problem(_plain(name), message="The file is described and isn't there.")]
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        return [Problem(_plain(name), message="The file is not the one that was described: another hash.")]
    if size is not None and str(size) != str(len(data)):
        return [Problem(_plain(name), message="The file is not the one that was described: another size.")]
    return []


def _released(home: Path) -> dict[str, bytes]:
    """The released files alone, without what the crate adds to them."""
    names = {path.relative_to(home).as_posix(): path for path in sorted(home.rglob("*")) if path.is_file()}
    return {name: names[name].read_bytes() for name in kept.released(names)}


def _different(released: Mapping[str, bytes], folder: Path) -> Iterable[Problem]:
    if not folder.is_dir():
        raise CompendiumError(f"{folder.name}: there is no such folder.")
    made = kept.files(folder)
    other = sorted(name for name in {*made, *released} if made.get(name) != released.get(name))
    values = published(folder)
    named = [Problem(name, message=_apart(name, released, made, values=values)) for name in other[:NAMED]]
    return [*named, *_more(len(other))]


def _apart(name: str, released: Mapping[str, bytes], made: Mapping[str, bytes], *, values: bool) -> str:
    if name not in made or name not in released:
        return "It is in one of the two only."
    first = next(differences(name, released[name], made[name], values=values))
    return f"The bytes are others: {first.told(values=values)}."


def _first(problems: list[Problem]) -> list[Problem]:
    """The first of many, and how many more there are."""
    return [*problems[:NAMED], *_more(len(problems))]


def _more(number: int) -> list[Problem]:
    return [Problem(message=f"And {number - NAMED} more files.")] if number > NAMED else []


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST_JSON else None
    except (OSError, ValueError, RecursionError):
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(text: object) -> str:
    """Words of a file from elsewhere, as they may stand in a message."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(text))[:200]
