"""Where a team's repository keeps what was laid out as it was, and how a path of another's making is told."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from compendium.errors import CompendiumError
from compendium.repository.shipped import sha256

ROOM = ".compendium"
ORIGINALS = f"{ROOM}/originals"  # committed: what was laid out, of files that the team changed
BEGUN = f"{ROOM}/begun.json"  # committed: how each locality began, and the hashes of its first files
PENDING = f"{ROOM}/pending"  # an update that goes on
NEW = ".new"  # at the end of a file's name: what a newer version says, where both had changed it
LARGEST = 50_000_000  # bytes of one file; the largest shared part is a hundredth of it
LONGEST = 1_000  # signs of a path
_NEVER = frozenset({".git", "git~1", ".private"})  # git~1: its short name in Windows


def inside(root: Path, name: str) -> Path:
    """The path of a file in a repository, by a name that somebody else may have written.

    Raises `CompendiumError` when it leads out, also by a link, or to where nothing of ours may be.
    """
    pure = PurePosixPath(name)
    bad = pure.is_absolute() or not pure.parts or ".." in pure.parts or not name.isprintable() or "\\" in name
    bad = bad or len(name) > LONGEST or any(len(part.encode()) > 255 for part in pure.parts)
    # as file systems see them that tell no capitals, dots and blanks at the end apart
    if bad or _NEVER & {part.casefold().rstrip(". ") for part in pure.parts} or str(pure) != name:
        raise CompendiumError("A path in .compendium leads out of the repository.", "Take it from its history.")
    folder = root
    for part in pure.parts[:-1]:
        folder /= part
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            what = "link: shared parts are never laid out through one" if folder.is_symlink() else "file"
            raise CompendiumError(f"{folder.relative_to(root).as_posix()} is a {what}.", "Put a folder in its place.")
    return root / pure


def content(root: Path, name: str) -> bytes | None:
    """What a file says; None where there is none. Raises `CompendiumError` when a folder or a link stands there."""
    path = inside(root, name)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise CompendiumError(f"{name}: a file is expected here, not a folder or a link.", "Move it away.")
    if not path.exists():
        return None
    if path.stat().st_size > LARGEST:
        raise CompendiumError(f"{name}: the file is larger than {LARGEST:,} bytes.", "Is it what belongs here?")
    return path.read_bytes()


def hash_of(root: Path, name: str) -> str | None:
    """Its SHA-256."""
    found = content(root, name)
    return None if found is None else sha256(found)


def take_away(root: Path, name: str) -> None:
    """A file, and the folders that hold nothing any more."""
    path = inside(root, name)
    path.unlink(missing_ok=True)
    folder = path.parent
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
