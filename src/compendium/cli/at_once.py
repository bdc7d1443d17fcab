"""`compendium run` where nothing changed: said before the library that reads command lines is imported.

That library takes longer to import than a hundred localities take to look at. Whatever isn't plain here (another
option, a name that nobody has, anything wrong) is left to it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from compendium import __version__
from compendium.errors import CompendiumError
from compendium.paths import RECORD, Root, known_localities, stray_problems, unusable_folders
from compendium.together import is_begun
from compendium.workflow import glance

WITH_VALUE = ("--root", "--jobs", "-j", "--kernel", "--cluster", "--cache")  # of a run; what it does stays the same
ALONE = ("--all", "--quiet", "-q")


def nothing_to_do(arguments: Sequence[str]) -> bool:
    """Whether this is a run that has nothing to do. If so, it has been said."""
    asked = _plain(arguments)
    if asked is None:
        return False
    root, wanted, quiet = asked
    try:
        here = Root.find(root or None)
        if (record := here.path / RECORD).exists() and f'"{__version__}"'.encode() not in record.read_bytes():
            return False  # a team's repository that rests on another version than the one installed
        known = known_localities(here)
        names = list(dict.fromkeys(wanted)) or list(known)
        if not names or not set(names) <= set(known) or (set(names) == set(known) and unusable_folders(here)):
            return False
        standing = glance.standing(here, names)
        if len(standing) != len(names) or stray_problems(here) or any(is_begun(here.private / one) for one in names):
            return False
    except (CompendiumError, OSError):
        return False
    if not quiet:
        print(kept(sum(standing.values()), sum(standing.values())), file=sys.stderr)
    return True


def kept(kept: int, every: int) -> str:
    """What is said of notebooks that don't run."""
    return f"{kept} of {every} notebooks rest on nothing that changed"


def _plain(arguments: Sequence[str]) -> tuple[str, list[str], bool] | None:
    """The root, the localities and whether to be quiet, of a run without any option that changes what it does."""
    options, names = dict[str, str](), list[str]()
    rest = iter(arguments[1:])
    for word in rest:
        if word in WITH_VALUE:
            options[word] = next(rest, "")
        elif word in ALONE:
            options[word] = word
        else:
            names.append(word)
    jobs, root = options.get("--jobs", options.get("-j", "1")), options.get("--root", "")
    plain = (
        [*arguments[:1]] == ["run"]
        and not any(name.startswith("-") for name in names)
        and not (names and "--all" in options)
        and jobs in _JOBS
        and options.get("--kernel", "auto") in ("auto", "warm", "ordinary")
        and ("--root" not in options or (bool(root) and Path(root).is_dir()))
    )
    return (root, names, "--quiet" in options or "-q" in options) if plain else None


_JOBS = frozenset(map(str, range(1, 65)))
