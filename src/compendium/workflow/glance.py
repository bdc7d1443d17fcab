"""Localities of which a glance tells that nothing changed: each file has the mark it had when all of it was compared.

A mark is size, time of the last change (ctime, which the system sets and no program can choose) and number of a file.
It is never the reason to run something, only the reason to look no further; whatever differs is compared by content.
The rules, each of which is a test:

- a mark is taken before its file is read, and not kept when the file changed within the same tick of the clock;
- what lies on another file system than the compendium is read each time, for its clock may be another one;
- only file systems of this machine are trusted, whose marks are known to be kept: elsewhere everything is read;
- the index is private, is of one machine, and is never shared: a copy of the folder has other marks.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from compendium.paths import PACKAGE, RUNNING, Root
from compendium.seen import versions
from compendium.seen.digests import ABSENT, Digests, Mark, look, mark_of
from compendium.writing import write_whole

FILE = "glance.json"
FORMAT = 1
LOCAL = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "bcachefs", "f2fs", "overlay", "tmpfs"})
DECIDES = (".", "locality", "release", "seen", "workflow")  # rooms of the package
_KEYS = ("shared", "groups", "localities")
Index = dict[str, Any]


def standing(root: Root, names: Sequence[str], only: Sequence[str] | None = None) -> dict[str, int]:
    """The localities of `names` of which nothing changed, and how many notebooks each has; with `only` none."""
    try:
        return {} if only else _standing(root, names, read(root))
    except (KeyError, TypeError, ValueError, AttributeError):  # an index that somebody changed tells nothing
        return {}


def _standing(root: Root, names: Sequence[str], index: Index) -> dict[str, int]:
    known = {name: index["localities"][name] for name in names if name in index.get("localities", {})}
    if not known or not _same_machine(root, index):
        return {}
    now = {name: _now(root, name, said) for name, said in index["shared"].items()}
    shared = {group: _same(files, now) for group, files in index["groups"].items()}
    return {
        name: said["notebooks"]
        for name, said in known.items()
        if shared[said["group"]] == said["shared"] and _stands(root, name, said)
    }


def keep(root: Root, digests: Digests, compared: Mapping[str, int]) -> None:
    """Write down the marks of all that was looked at for these localities, which were just found unchanged."""
    if not trusted(root):
        return
    device = root.private.stat().st_dev
    index = read(root)
    if not _same_machine(root, index):
        index = {"localities": {}, "shared": {}, "groups": {}}
    shared, localities, groups = dict(index["shared"]), dict(index["localities"]), dict(index["groups"])
    for name, notebooks in compared.items():
        looked = sorted(digests.looked.get(name, ()))
        if not _steady(looked, digests):
            localities.pop(name, None)
            continue
        elsewhere = {path: digests.seen[path] for path in looked if digests.seen[path].device not in (device, 0)}
        near = {_named(root, path): digests.seen[path] for path in looked if path not in elsewhere}
        homes = tuple(f"{home.name}/{name}/" for home in (root.localities, root.outputs, root.private))
        own = [file for file in near if f"{file}/".startswith(homes)]
        others = {file: seen for file, seen in near.items() if not f"{file}/".startswith(homes)}
        shared |= {file: [*seen.mark, seen.digest] for file, seen in others.items()}
        group = hashlib.blake2b("\n".join(others).encode(), digest_size=8).hexdigest()
        groups[group] = list(others)
        localities[name] = {
            "notebooks": notebooks,
            "names": "\n".join(own),
            "marks": _sum(near[file].mark for file in own),
            "group": group,
            "shared": _same(others, {file: _content(seen.mark, seen.digest) for file, seen in others.items()}),
            "read": {_named(root, path): seen.digest for path, seen in elsewhere.items()},
        }
    groups = {group: groups[group] for group in sorted({said["group"] for said in localities.values()})}
    shared = {name: shared[name] for name in sorted({name for names in groups.values() for name in names})}
    said = {"machine": _machine(root), "shared": shared, "groups": groups, "localities": localities}
    write_whole(root.private / FILE, json.dumps({"format": FORMAT, **said}, sort_keys=True, indent=0))


def read(root: Root) -> Index:
    """The index; empty when there is none or it can't be read."""
    try:
        found = json.loads((root.private / FILE).read_bytes())
        whole = found["format"] == FORMAT and all(isinstance(found[key], dict) for key in _KEYS)
        return found if whole else {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}


def trusted(root: Root) -> bool:
    """Whether the compendium lies on a file system whose marks can be relied upon."""
    return _file_system(root.path) in LOCAL and root.private.exists()


def _stands(root: Root, name: str, said: Mapping[str, Any]) -> bool:
    left = any(entry.startswith(RUNNING) for entry in os.listdir(root.private / name))  # noqa: PTH208 (fast)
    if left or _marks(root, said["names"].split("\n") if said["names"] else []) != said["marks"]:
        return False
    return all(look(_place(root, file)).digest == digest for file, digest in said["read"].items())


def _marks(root: Root, names: Iterable[str]) -> str:
    """The marks of files named from the root, in one hash: called for a hundred thousand of them."""
    at, found = os.open(root.path, os.O_RDONLY), []
    try:
        for name in names:
            try:
                status = os.stat(name, dir_fd=at)
                found.append((status.st_size, status.st_ctime_ns, status.st_ino))
            except OSError:
                found.append(ABSENT)
    finally:
        os.close(at)
    return _sum(found)


def _sum(marks: Iterable[Mark]) -> str:
    numbers = array("q", [number for mark in marks for number in mark])
    return hashlib.blake2b(numbers.tobytes(), digest_size=20).hexdigest()


def _now(root: Root, name: str, said: Sequence[Any]) -> str:
    """The content now of a file that several localities rest on: it is read only when its mark is another one."""
    *mark, digest = said
    path = _place(root, name)
    now = _mark(path)
    if now == tuple(mark):
        return _content(now, digest)
    return _content(now, look(path).digest)


def _content(mark: Mark, digest: str) -> str:
    """A file's hash; of a folder, to which something was added or from which it was taken, its mark."""
    return digest or " ".join(map(str, mark))


def _same(names: Iterable[str], content: Mapping[str, str]) -> str:
    return hashlib.blake2b("\n".join(content[name] for name in names).encode(), digest_size=20).hexdigest()


def _mark(path: Path) -> Mark:
    try:
        return mark_of(path.stat())
    except OSError:
        return ABSENT


def _steady(looked: Iterable[Path], digests: Digests) -> bool:
    """Whether every mark was taken when its file had been at rest; those that weren't are taken again."""
    for path in looked:
        before = digests.seen[path]
        if before.fresh:
            digests.seen[path] = look(path)
            if digests.seen[path].fresh or digests.seen[path].digest != before.digest:
                return False
    return True


def _named(root: Root, path: Path) -> str:
    """From the root, as text; the whole path of what lies elsewhere."""
    text, top = str(path), f"{root.path}{os.sep}"
    return text.removeprefix(top)


def _place(root: Root, name: str) -> Path:
    return root.path / name


def _same_machine(root: Root, index: Mapping[str, Any]) -> bool:
    return index.get("machine") == _machine(root) and trusted(root)


def _machine(root: Root) -> str:
    """What isn't a file: where this lies, which Python runs it and what is installed."""
    said = json.dumps([str(root.path), sys.version, versions.installed()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def look_at_program(digests: Digests, locality: str) -> None:
    """The code that decides what stands is looked at like all else."""
    for room in DECIDES:
        for path in digests.files(PACKAGE / room, "*.py", locality):
            digests.of(path, locality)


def _file_system(path: Path) -> str:
    """The kind of file system that a folder lies on; empty where nobody tells."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return ""
    above = [(len(point), kind) for _, point, kind, *_ in mounts if path.is_relative_to(point.replace("\\040", " "))]
    return max(above, default=(0, ""))[1]
