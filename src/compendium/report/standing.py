"""Whether the site stands as it was last rendered: then no page is written, and nothing that writes pages is imported.

Whatever lies in the folder of a compendium counts (but for names that begin with a dot), and so do the program, what is
installed and how the site was asked for: no list of what a page may be made from could fall behind. Content decides; a
file's mark only saves reading it again, by the rules of `workflow/glance.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compendium.paths import PACKAGE, Root
from compendium.seen import versions
from compendium.seen.digests import ABSENT, look, mark_of
from compendium.workflow.glance import trusted
from compendium.writing import write_whole

FILE = "standing.json"
_COMPILED = "__pycache__"
_OTHER = "not a file"  # a pipe, a link to nothing, a folder elsewhere: never the same as anything


@dataclass(frozen=True)
class Sight:
    """How each file was when it was looked at: its hash, and the mark it had if that can be relied upon."""

    about: str
    files: Mapping[str, Sequence[object]]  # name: size, time and number, hash

    def hashes(self) -> dict[str, object]:
        return {name: said[-1] for name, said in self.files.items()}


def sight(root: Root, engine: str, last: Sight | None = None) -> Sight:
    """The compendium and the program now; of what has the mark that it had `last`, that hash is taken."""
    known = last.files if last and trusted(root) else {}
    found = ((f"{room}:{name}", path) for room, folder in _rooms(root) for name, path in _files(folder))
    device = root.path.stat().st_dev
    return Sight(_about(root, engine), {name: _of(path, device, known.get(name)) for name, path in found})


def told(root: Root, engine: str) -> list[str] | None:
    """What the last rendering noted, when it stands; None when the pages have to be written."""
    try:
        said = json.loads((root.private / FILE).read_bytes())
        last = Sight(str(said["about"]), dict(said["files"]))
        notes = [str(note) for note in said["notes"]]
        now = sight(root, engine, last)
        same = now.about == last.about and now.hashes() == last.hashes()
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return notes if same and _OTHER not in now.hashes().values() else None


def is_noted(root: Root) -> bool:
    """Whether the last rendering came to its end, and showed every locality that has results."""
    return (root.private / FILE).exists()


def forget(root: Root) -> None:
    """The site is about to be another one."""
    (root.private / FILE).unlink(missing_ok=True)


def keep(root: Root, before: Sight, after: Sight, notes: Sequence[str]) -> None:
    """Write down that the site stands: what it was made from as it was `before`, what was made as it is `after`."""
    made = (f"root:{root.relative(root.places)}/", f"root:{root.relative(root.outputs)}/{root.site.name}/")
    files = {
        **{name: said for name, said in before.files.items() if not name.startswith(made)},
        **{name: said for name, said in after.files.items() if name.startswith(made)},
    }
    said = {"about": after.about, "files": files, "notes": list(notes)}
    write_whole(root.private / FILE, json.dumps(said, sort_keys=True))


def _rooms(root: Root) -> Iterator[tuple[str, Path]]:
    yield "root", root.path
    if not PACKAGE.is_relative_to(root.path):
        yield "program", PACKAGE


def _of(path: str, device: int, last: Sequence[object] | None) -> Sequence[object]:
    """Its mark and its hash; what lies on another file system than the compendium has no mark and is read each time."""
    try:
        status = os.stat(path)  # noqa: PTH116 (asked of thousands)
    except OSError:
        return [*ABSENT, _OTHER]
    if not stat.S_ISREG(status.st_mode):
        return [*ABSENT, _OTHER]
    if last and status.st_dev == device and list(last[:-1]) == list(mark_of(status)):
        return last
    found = look(Path(path))
    return [*(ABSENT if found.fresh or found.device != device else found.mark), found.digest]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below a folder by its name in it; a link to a folder as if it were a file, for nobody follows it."""
    top = len(str(folder)) + 1
    for here, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(f"{here}/{name}")]  # noqa: PTH114 (asked of thousands)
        folders[:] = sorted(name for name in folders if not _is_passed_over(name))
        for name in sorted((*files, *links)):
            if not _is_passed_over(name):
                path = f"{here}/{name}"
                yield path[top:], path


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name == _COMPILED


def _about(root: Root, engine: str) -> str:
    """What isn't a file: where this lies, how the site was asked for, which programs make it."""
    said = [str(root.path), engine, shutil.which("quarto"), sys.version, dict(versions.installed())]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
