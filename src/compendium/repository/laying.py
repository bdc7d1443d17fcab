"""Lay out the shared parts in a team's repository: what is missing is written, what somebody changed stays theirs.

Asked for by every command, so it is cheap where nothing is to be done. Each folder gets a `.gitignore` that names the
parts in it which are as they were laid out: git shows a team exactly what it changed or added.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compendium.repository import journal, laid_out, record, shipped
from compendium.repository.places import NEW, ORIGINALS, ROOM, content, inside, take_away
from compendium.repository.skeleton import IGNORE, with_block
from compendium.writing import held, write_whole

CLEAR = "jupyter-nbconvert --clear-output --inplace"
LISTS = "# Laid out by ocsv-compendium and not committed. What you change or add is not listed here: commit it.\n"


@dataclass(frozen=True)
class Parts:
    """How the shared parts stand in a repository."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]  # by the team
    waiting: tuple[str, ...]  # files of an update about which somebody has to decide


def prepare(root: Path, tell: Callable[[str], None]) -> None:
    """Have every shared part in its place. Raises `CompendiumError` when another version is installed."""
    for line in journal.finish(root):
        tell(line)
    record.refuse_another(record.read(root))
    found = stand(root)
    if writes := dict(_writes(root, found)):
        with held(_room(root)):
            for name, data in writes.items():
                if data is None:
                    take_away(root, name)
                elif name not in found.missing or not inside(root, name).exists():  # somebody may have been quicker
                    write_whole(inside(root, name), data)
    if not laid_out.file(root, shipped.digest()).is_file():
        laid_out.keep(root, shipped.parts(), shipped.digest())
    if found.missing:
        tell(f"laid out {len(found.missing)} shared parts of {record.installed()}")
    for name in found.waiting:
        tell(f"{name} waits: bring what it says into {name.removesuffix(NEW)}, then delete it")
    for name in _with_outputs(root, found):
        tell(f"{name} holds what its cells showed, perhaps of records: {CLEAR} {name}, before you commit it")


def stand(root: Path) -> Parts:
    """Which shared parts are missing, changed or waiting."""
    known, missing, changed = shipped.hashes(), [], []
    for name, hash in known.items():
        now = content(root, name)
        if now is None:
            missing.append(name)
        elif shipped.sha256(now) != hash:
            changed.append(name)
    return Parts(tuple(missing), tuple(changed), waiting(root))


def _with_outputs(root: Path, found: Parts) -> Iterator[str]:
    """Notebooks of the team's making that were saved with what their cells showed."""
    added = (path.relative_to(root).as_posix() for path in (root / "notebooks").glob("*.ipynb"))
    for name in sorted({*added, *found.changed} - (set(shipped.hashes()) - set(found.changed))):
        if name.endswith(".ipynb"):
            try:
                cells = json.loads(content(root, name) or b"{}").get("cells", [])
                shows = any(cell.get("outputs") for cell in cells)
            except (ValueError, AttributeError, TypeError, RecursionError):
                shows = False  # told where notebooks are read
            if shows:
                yield name


def waiting(root: Path) -> tuple[str, ...]:
    """What an update left aside and nobody decided on yet."""
    folders = sorted({inside(root, name).parent for name in (*shipped.hashes(), IGNORE)} | set(_of_localities(root)))
    found = (path for folder in folders if folder.is_dir() for path in folder.glob(f"*{NEW}"))
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def _of_localities(root: Path) -> Iterator[Path]:
    for locality in (root / "localities").glob("*/"):
        if not locality.is_symlink():
            yield from (locality, locality / "templates", locality / "data" / "synthetic")


def _room(root: Path) -> Path:
    inside(root, f"{ROOM}/any")
    (root / ROOM).mkdir(exist_ok=True)
    return root / ROOM


def _writes(root: Path, found: Parts) -> Iterator[tuple[str, bytes | None]]:
    """What has to be written, and (None) taken away, so that all stands as it should."""
    parts = shipped.parts()
    for name in found.missing:
        yield name, parts[name]
    wanted: dict[str, bytes | None] = {f"{ORIGINALS}/{name}": parts[name] for name in found.changed}
    for name in _originals(root):
        if name not in wanted and not name.startswith(f"{ORIGINALS}/localities/"):
            yield name, None
    for name, data in (wanted | _lists(root, found)).items():
        if content(root, name) != data:
            yield name, data


def _originals(root: Path) -> list[str]:
    """Of shared parts that a team changed, as far as they are kept."""
    own = {f"{ORIGINALS}/{name}" for name in (IGNORE, "README.md", ".pre-commit-config.yaml")}
    found = (path.relative_to(root).as_posix() for path in (root / ORIGINALS).rglob("*") if path.is_file())
    return sorted(set(found) - own)


def _lists(root: Path, found: Parts) -> dict[str, bytes | None]:
    """What git passes over: in each folder its own list, for those at the top a block of the team's file."""
    below: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(shipped.hashes()) - set(found.changed)):
        folder, _, rest = name.partition("/")
        below[folder if rest else ""].append(rest or name)
    below.pop("outputs", None)  # passed over whole
    top = below.pop("", [])
    lists = dict[str, bytes | None]()
    for folder, names in below.items():
        lines = "".join(f"/{name}\n" for name in (IGNORE, *names))
        before = content(root, f"{folder}/{IGNORE}")
        if before is None or before.startswith(LISTS.encode()):
            lists[f"{folder}/{IGNORE}"] = f"{LISTS}{lines}".encode()
    for path in root.glob(f"*/{IGNORE}"):  # in folders of which the package brings nothing any more
        name = path.relative_to(root).as_posix()
        if name not in lists and (content(root, name) or b"").startswith(LISTS.encode()):
            lists[name] = None
    own = content(root, IGNORE)
    if own is not None:
        lists[IGNORE] = with_block(own, top)
    return lists
