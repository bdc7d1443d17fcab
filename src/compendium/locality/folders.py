"""Where a checkout ends: records of real persons, keys and exports lie outside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from compendium.errors import Problem

OTHERS = stat.S_IRWXG | stat.S_IRWXO
GITDIR = "gitdir:"


def checkout_around(root: Path) -> Path:
    """The outermost folder that git would take for a repository around `root`, or `root` itself.

    A worktree and a submodule have a file `.git` where a repository has a folder. The outermost counts: what lies in
    any repository around a compendium can be committed there.
    """
    here = root.resolve()
    repositories = [folder for folder in (here, *here.parents) if (folder / ".git").exists()]
    return repositories[-1] if repositories else here


def in_checkout(path: Path, root: Path) -> bool:
    """Whether a path lies in the checkout around `root`, or in the one that this is a worktree of.

    As it is written or where its links lead: a link in a checkout is followed by copies and archives.
    """
    return any(_lies_in(path, folder) for folder in (checkout_around(root), *_main_checkouts(root)))


def wrong_with_records(records: Path, file: str) -> Iterator[Problem]:
    """What is unsafe about the folder of real records: not there, open to others, in another project's repository."""
    if not records.is_dir():
        message = "data_root: there is no such folder."
        yield Problem(file, message=message, remedy="Make it (mkdir -m 700), or is a drive not connected?")
        return
    if records.stat().st_mode & OTHERS:
        message = "data_root: others on this machine can look into the folder of real records."
        yield Problem(file, message=message, remedy="chmod 700 on the folder.", level="warning")
    if (checkout_around(records) / ".git").exists():
        message = "data_root: the folder lies in a git repository of another project, where records can be committed."
        yield Problem(file, message=message, remedy="Move it out of every repository.", level="warning")


def _main_checkouts(root: Path) -> Iterator[Path]:
    """The repositories that `root`, or a folder around it, is a worktree of: their `.git` is a file that says where."""
    here = root.resolve()
    for folder in (here, *here.parents):
        pointer = folder / ".git"
        if not pointer.is_file():
            continue
        text = pointer.read_text(encoding="utf-8", errors="replace").strip()
        found = (folder / text.removeprefix(GITDIR).strip()).resolve() if text.startswith(GITDIR) else folder
        git = next((above for above in (found, *found.parents) if above.name == ".git"), None)
        if git is not None:
            yield git.parent


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder) or _as_written(path).is_relative_to(folder)


def _as_written(path: Path) -> Path:
    """The whole path with `..` taken back and links left alone."""
    return Path(os.path.normpath(Path.cwd() / path))
