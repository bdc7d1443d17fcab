"""Where things are. A leaf: nothing else in the package joins paths to the root by hand."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from compendium.errors import CompendiumError, Problem
from compendium.writing import left_behind

PACKAGE = Path(__file__).parent  # the source of this program
MARKERS = ("_quarto.yml", "data_dictionaries")
RECORD = "compendium.yml"  # in a team's own repository: which version of the package lays out the rest
READS = "reads.json"  # beside the proposals of a notebook: what it read and imported
STOPPED = "stopped.json"  # there too: an error of ours that ended it
SETTINGS = "locality.yml"  # in the folder of each locality
INJECTED = "injected-parameters"  # tag of the cell that a run adds to a notebook: the stored one has none
ID = re.compile(r"[a-z][a-z0-9_]{1,39}")  # of a locality
RESERVED = ("site",)  # outputs/site is the site
RUNNING, CANDIDATE = ".run-", "candidate-"  # begin folders in which a run or a release is at work, in a private room


@dataclass(frozen=True)
class Root:
    """The folder of one compendium and the rooms below it."""

    path: Path

    @classmethod
    def find(cls, start: Path | str | None = None) -> Root:
        """The nearest folder, from `start` upward, that holds a compendium."""
        here = Path(start or os.environ.get("COMPENDIUM_ROOT") or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / RECORD).is_file() or all((folder / marker).exists() for marker in MARKERS):
                return cls(folder)
        raise CompendiumError(
            f"No compendium here: {here.name or here} and the folders above it lack {' and '.join(MARKERS)}.",
            "Change into its folder, or name it with --root DIR; `compendium new ID --into DIR` begins one.",
        )

    @property
    def notebooks(self) -> Path:
        return self.path / "notebooks"

    @property
    def dictionaries(self) -> Path:
        return self.path / "data_dictionaries"

    @property
    def evidence(self) -> Path:
        return self.path / "evidence"

    @property
    def localities(self) -> Path:
        return self.path / "localities"

    @property
    def framework(self) -> Path:
        return self.path / "framework"

    @property
    def report(self) -> Path:
        return self.path / "report"

    @property
    def places(self) -> Path:
        return self.path / "places"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs"

    @property
    def site(self) -> Path:
        return self.outputs / "site"

    @property
    def private(self) -> Path:
        return self.path / ".private"

    def private_room(self, locality: str) -> Path:
        """The private folder of a locality, made when it is not there; nobody else on the machine may look into it."""
        self.private.mkdir(mode=0o700, exist_ok=True)
        self.private.chmod(0o700)
        room = self.private / locality
        room.mkdir(exist_ok=True)
        return room

    def proposals(self, locality: str) -> Path:
        return self.private / locality / "proposals"

    def raw_notebooks(self, locality: str) -> Path:
        return self.private / locality / "notebooks"

    def relative(self, path: Path) -> str:
        """The path as a user would write it from the root; its name alone when it lies elsewhere."""
        try:
            return path.resolve().relative_to(self.path.resolve()).as_posix()
        except ValueError:
            return path.name


def known_localities(root: Root) -> tuple[str, ...]:
    """The ids of every locality of a compendium, in order."""
    return tuple(folder.name for folder in _folders(root) if is_locality(root, folder.name))


def is_locality(root: Root, name: str) -> bool:
    """Whether a locality has this id. Asked for each of many: without a look at the others."""
    return _is_id(name) and (root.localities / name / SETTINGS).exists()


def unusable_folders(root: Root) -> list[Problem]:
    """Folders in `localities/` that would be passed over in silence: no usable id, or no `locality.yml`."""
    found = []
    for folder in _folders(root):
        file = f"localities/{folder.name}"
        if not _is_id(folder.name):
            remedy = "Rename it: 2 to 40 of a-z, 0-9 and _, a letter first; not site."
            found.append(Problem(file, message="The name of this folder can't be an id.", remedy=remedy))
        elif not (folder / SETTINGS).exists():
            found.append(Problem(file, message=f"It has no {SETTINGS}.", remedy="Write one, or move the folder away."))
    return found


def _folders(root: Root) -> list[Path]:
    """The folders of localities; those whose name begins with a dot or _ are nobody's business."""
    if not root.localities.is_dir():
        return []
    return sorted(path for path in root.localities.iterdir() if path.is_dir() and path.name[0] not in "._")


def _is_id(name: str) -> bool:
    return bool(ID.fullmatch(name)) and name not in RESERVED


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file below `folder` by its path in it; where a link leads, and that an empty folder is there.

    Two folders with the same contents show a reader the same: nothing was added, changed or taken away.
    """
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.is_dir() and not any(path.iterdir()):
            found[name] = "empty folder"
    return found


def strays(root: Root, known: Iterable[str]) -> list[Path]:
    """What lies in `outputs/` and was put there by no run: all that may travel is made by settling and rendering."""
    ours = {"README.md", root.site.name, *known}
    if not root.outputs.is_dir():
        return []
    return sorted(
        path
        for path in root.outputs.iterdir()
        if path.name not in ours and not any(left_behind(root.outputs / name).count(path) for name in ours)
    )


def stray_problems(root: Root) -> list[Problem]:
    """The same as problems. A notebook is code: it could write where everything lies that travels."""
    remedy = "Look into it, take it away, and look at the notebooks: nothing but a run writes into outputs/."
    message = "No run of the compendium made this."
    found = strays(root, known_localities(root))
    return [Problem(f"outputs/{path.name}", message=message, remedy=remedy) for path in found]
