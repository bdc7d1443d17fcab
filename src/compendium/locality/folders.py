"""Where a checkout ends: records of real persons, keys and exports lie outside it."""

from __future__ import annotations

import os
from pathlib import Path


def checkout_around(root: Path) -> Path:
    """The outermost folder that git would take for a repository around `root`, or `root` itself.

    A worktree and a submodule have a file `.git` where a repository has a folder. The outermost counts: what lies in
    any repository around a compendium can be committed there.
    """
    here = root.resolve()
    repositories = [folder for folder in (here, *here.parents) if (folder / ".git").exists()]
    return repositories[-1] if repositories else here


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a path lies in a folder, as written or where its links lead."""
    return path.resolve().is_relative_to(folder) or _as_written(path).is_relative_to(folder)


def _as_written(path: Path) -> Path:
    """The whole path with `..` taken back and links left alone."""
    return Path(os.path.normpath(Path.cwd() / path))
