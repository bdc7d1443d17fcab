"""Check a release that travelled, from its files alone: the bag, the crate, the Data Package, the hash of the release.

Hashes tell damage and mistakes. They don't tell who made a release: whoever changes a file can change its hash. So the
hash of the release is printed, to be compared with the one in the ledger or the publication. It is of what readers see;
the program that travels along, and what proves the protection, only the hash of the whole file holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from compendium import handed_over, jsonfile
from compendium.crate import bag, graph, metadata
from compendium.errors import CompendiumError, Problem
from compendium.release import kept
from compendium.sameness import differences, published

PACKAGE_FILE = "datapackage.json"
LARGEST_TAG = 20_000_000  # bytes; a manifest of as many files as a release may have is a quarter of it
NAMED = 20  # files that differ, in words
GONE = "The manifest names a file that isn't there."
ADDED_TO = "The file is in no manifest: somebody added it."
OTHER = "The file is not the one that was bagged."
UNDESCRIBED = "The table is described nowhere: somebody added it."
_NO_JSON = "The file can't be read as JSON."
Files = Mapping[str, bytes]  # by path


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
    found = _verified(_top(handed_over.files(path)), path.name or path.resolve().name, same_as)
    return replace(found, file=hashlib.sha256(path.read_bytes()).hexdigest()) if path.is_file() else found


def _verified(top: Files, name: str, same_as: Path | None) -> Verified:
    checked: list[str] = []
    problems: list[Problem] = []
    home = top
    if bag.DECLARED in top:
        home = bag.payload(top)
        problems += _bag_problems(top)
        checked.append(f"bag: {len(home)} files by SHA-512")
    stated = ""
    if metadata.FILE in home:
        described, stated, found = _crate(home)
        problems += found
        checked.append(f"crate: RO-Crate {graph.VERSION}, {described} files described")
    if PACKAGE_FILE in home:
        tables, found = _package(home)
        problems += found
        checked.append(f"data package: {tables} tables by SHA-256")
    if not checked:
        raise CompendiumError(f"{name} is no release: no bag, no crate, no Data Package.", "Name its zip or folder.")
    released = {each: home[each] for each in kept.released(home)}
    digest = kept.release_hash(released)
    if stated and stated != f"sha256:{digest}":
        problems.append(Problem(metadata.FILE, message="The released files don't give the hash of the release."))
    if same_as:
        checked.append(f"{len(released)} released files beside {same_as.name}")
        problems += _different(released, same_as)
    return Verified(tuple(checked), digest, tuple(problems), bagged=home is not top)


def _top(files: Files) -> Files:
    """The files themselves, or those of the one folder in which all of them lie, as a bag lies in its zip."""
    folders = {name.partition("/")[0] for name in files}
    known = any(name in files for name in (bag.DECLARED, metadata.FILE, PACKAGE_FILE))
    if known or len(folders) != 1:
        return files
    return {name.partition("/")[2]: data for name, data in files.items()}


def _bag_problems(top: Files) -> list[Problem]:
    """Whether every file of the payload is there, is the one that was bagged, and none was added."""
    beside = [name for name in top if not name.startswith(f"{bag.PAYLOAD}/")]
    if large := [name for name in beside if len(top[name]) > LARGEST_TAG]:
        return _first([Problem(_plain(name), message="Larger than any such file of a bag.") for name in large])
    if "fetch.txt" in top:
        return [Problem("fetch.txt", message="A part of the bag would have to be fetched; a release is whole.")]
    if strange := [name for name in beside if name not in bag.BESIDE]:
        return _first([_bag_problem(name, ADDED_TO) for name in strange])
    if lacking := [name for name in bag.BESIDE if name not in top]:
        return [_bag_problem(name, "A bag of a release has this file.") for name in lacking]
    try:
        said, told = bag.listed(top[bag.MANIFEST]), bag.listed(top[bag.TAGS])
        bag.read_declared(top[bag.DECLARED])
    except ValueError as wrong:
        return [Problem(bag.DECLARED, message=f"This is no bag that can be read: {wrong}.")]
    held = {name: data for name, data in top.items() if name != bag.TAGS}
    gone = sorted({*said, *told} - set(held))
    added = sorted(name for name in held if name not in (told if name in bag.BESIDE else said))
    found = {name: hashlib.sha512(data).hexdigest() for name, data in held.items()}
    other = sorted({name for listed in (said, told) for name in listed if found.get(name, "") != listed[name]})
    return _first(
        [
            *(_bag_problem(name, GONE) for name in gone),
            *(_bag_problem(name, ADDED_TO) for name in added),
            *(_bag_problem(name, OTHER) for name in other if name in held),
        ]
    )


def _bag_problem(name: str, message: str) -> Problem:
    return Problem(_plain(name), message=message, remedy="Fetch the release again.")


def _crate(home: Files) -> tuple[int, str, list[Problem]]:
    """What RO-Crate demands, each file that it describes, and the hash of the release that it states."""
    said = _json(home[metadata.FILE])
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


def _package(home: Files) -> tuple[int, list[Problem]]:
    said = _json(home[PACKAGE_FILE])
    resources = said.get("resources") if isinstance(said, dict) else None
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        return 0, [Problem(PACKAGE_FILE, message=_NO_JSON)]
    problems = []
    for one in resources:
        sha = str(one.get("hash", "")).removeprefix("sha256:")
        problems += _file_problems(home, str(one.get("path", "")), sha, one.get("bytes"))
    described = {str(one.get("path")) for one in resources}
    tables = sorted(name for name in home if name.startswith("tables/") and name.endswith(".csv"))
    problems += _first([Problem(_plain(name), message=UNDESCRIBED) for name in tables if name not in described])
    return len(resources), problems


def _file_problems(home: Files, name: str, sha256: str, size: Any) -> list[Problem]:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name:
        return [Problem(_plain(name), message="A file is named that would lie outside.")]
    data = home.get(str(path))
    if data is None:
        return [Problem(_plain(name), message="The file is described and isn't there.")]
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        return [Problem(_plain(name), message="The file is not the one that was described: another hash.")]
    if size is not None and str(size) != str(len(data)):
        return [Problem(_plain(name), message="The file is not the one that was described: another size.")]
    return []


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


def _json(data: bytes) -> Any:
    try:
        return jsonfile.of_stranger(data)
    except ValueError:
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(text: object) -> str:
    """Words of a file from elsewhere, as they may stand in a message."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(text))[:200]
