"""Where things are. A leaf: nothing else in the package joins paths to the root by hand."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from compendium.errors import CompendiumError, Problem

PACKAGE = Path(__file__).parent  # the source of this program
MARKERS = ("_quarto.yml", "data_dictionaries")
PUBLIC, PRIVATE = 0o644, 0o600  # permissions: anybody may read; nobody but the owner
READS = "reads.json"  # beside the proposals of a notebook: what it read and imported
STOPPED = "stopped.json"  # there too: an error of ours that ended it
SETTINGS = "locality.yml"  # in the folder of each locality
INJECTED = "injected-parameters"  # tag of the cell that a run adds to a notebook: the stored one has none
ID = re.compile(r"[a-z][a-z0-9_]{1,39}")  # of a locality
RESERVED = ("site",)  # outputs/site is the site


@dataclass(frozen=True)
class Root:
    """The folder of one compendium and the rooms below it."""

    path: Path

    @classmethod
    def find(cls, start: Path | str | None = None) -> Root:
        """The nearest folder, from `start` upward, that holds a compendium."""
        here = Path(start or os.environ.get("COMPENDIUM_ROOT") or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if all((folder / marker).exists() for marker in MARKERS):
                return cls(folder)
        raise CompendiumError(
            f"No compendium here: {here.name or here} and the folders above it lack {' and '.join(MARKERS)}.",
            "Change into the folder of the compendium, or name it with --root DIR.",
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
            return path.resolve().relative_to(self.path).as_posix()
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


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file aside and rename it, so that nobody ever reads half of it."""
    aside = written_aside(path, content)
    try:
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_new(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read, whole or not at all. Raises `FileExistsError`: never over another."""
    aside = written_aside(path, content, PRIVATE)
    try:
        os.link(aside, path)  # unlike a rename, this fails when the name has been taken meanwhile
    except FileExistsError:
        raise
    except OSError:  # no links there, as on many a memory stick
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as stream:
            stream.write(aside.read_bytes())
    finally:
        aside.unlink(missing_ok=True)


def written_aside(path: Path, content: str | bytes, mode: int = PUBLIC) -> Path:
    """The content in a file beside `path`, which is to be renamed to it; its folder is made when it isn't there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == PRIVATE else 0o777)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        aside.chmod(mode)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


@contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends without an error.

    One writer at a time in a folder: a second one waits. What a killed writer left there is put back or cleared away.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with held(target.parent):
        _clear_after_a_kill(target)
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        aside.chmod(0o755)
        try:
            yield aside
            replace_folder(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def replace_folder(aside: Path, target: Path) -> None:
    """Rename `aside` to `target`; what stood there is removed only after it has been moved away."""
    if not target.exists():
        aside.rename(target)
        return
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.{_OLD}."))
    target.rename(old / target.name)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def left_behind(target: Path) -> list[Path]:
    """Folders beside `target` that a killed writer of it did not take away."""
    name = re.compile(rf"\.{re.escape(target.name)}\.({_OLD}\.)?[a-z0-9_]{{8}}")  # as tempfile.mkdtemp names them
    return sorted(path for path in target.parent.iterdir() if name.fullmatch(path.name) and path.is_dir())


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


_OLD = "old"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder: the system lets go of it when the process ends, however it ends, and no file is left in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear_after_a_kill(target: Path) -> None:
    for left in left_behind(target):
        moved_away = left / target.name
        if f".{_OLD}." in left.name and moved_away.is_dir() and not target.exists():
            moved_away.rename(target)  # killed between the two renames: what stood there stands again
        shutil.rmtree(left, ignore_errors=True)
