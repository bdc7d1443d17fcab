"""Whether git holds, or would take, what must never be committed: private files and records of real persons."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from compendium import dictionary
from compendium.doctor.line import LACKING, MEND, OK, Line
from compendium.errors import CompendiumError
from compendium.locality import known_localities, load_locality
from compendium.locality.folders import checkout_around
from compendium.paths import Root

DATA_ROOT = "data_root"  # what locality.yml calls the folder of records outside the compendium
PATIENCE = 30  # seconds for one answer: a history may be long
QUIETLY = ("--no-optional-locks", "-c", "core.fsmonitor=false")  # changes nothing, runs no program of a repository
LITERAL = "--literal-pathspecs"
HISTORY = (
    "Who fetches the repository gets it: take it out of the history (git filter-repo --invert-paths --path {place}). "
    "Where somebody has fetched it, tell whoever answers for data protection."
)


class _NoAnswer(Exception):
    """git isn't there, refused or took too long."""


def kept_from_git(root: Root) -> Iterator[Line]:
    """What git holds of the private folder and of each locality's records; nothing where there is no repository."""
    if _in_repository(root.path):
        yield _looked_at(".private and git", {".private": root.private})
    for name in known_localities(root):
        try:
            lies = _records(root, name)
        except CompendiumError:
            lies = {}
            yield Line(
                f"records of {name} and git", "nobody looked: compendium check says what is wrong there", LACKING
            )
        if found := {said: path for said, path in lies.items() if _in_repository(path)}:
            yield _looked_at(f"records of {name} and git", found)


def _records(root: Root, name: str) -> dict[str, Path]:
    """Where the records of a locality's real persons lie, by what a person calls the place."""
    locality = load_locality(root, name)
    described = dictionary.load(root.dictionaries, locality.dictionary_files())
    found = {} if locality.records is None else {DATA_ROOT: locality.records}
    for path in locality.real_records(described).values():
        if locality.records is None or not path.is_relative_to(locality.records):
            found[root.relative(path)] = path
    return found


def _looked_at(what: str, lies: dict[str, Path]) -> Line:
    try:
        wrong = [words for name, path in lies.items() if (words := _wrong(name, path))]
    except _NoAnswer as told:
        return Line(what, f"nobody looked: {told}", LACKING)
    return Line(what, " ".join(wrong) or "git holds none of it, and would take none", MEND if wrong else OK)


def _wrong(name: str, path: Path) -> str:
    """What git holds or would take of a path, and what to do; empty: nothing."""
    folder = next(above for above in (path, *path.parents) if above.is_dir() and not above.is_symlink())
    where = str(path.parent.resolve() / path.name)
    place = "PATH" if name == DATA_ROOT else name  # as git is told it, in the repository that holds it
    if tracked := _asked(folder, LITERAL, "ls-files", "-z", "--", where).split("\0")[:-1]:
        out = f"Take it out (git rm -r --cached {place}), write it into .gitignore and commit."
        files = "1 file" if len(tracked) == 1 else f"{len(tracked)} files"
        return f"git tracks {name} ({files}). {out} {HISTORY.format(place=place)}"
    if commit := _asked(folder, LITERAL, "log", "--all", "--max-count=1", "--format=%h", "--", where).strip():
        return f"{name} is in the history, in commit {commit} last. {HISTORY.format(place=place)}"
    inside = where if path.suffix and not path.is_dir() else f"{where}/x"
    if not _asked(folder, "check-ignore", "--no-index", "--", inside, no=1):
        return f"git add would take {name}: write it into .gitignore, or move it out of the repository."
    return ""


def _in_repository(path: Path) -> bool:
    return (checkout_around(path) / ".git").exists()


def _asked(folder: Path, *arguments: str, no: int = 0) -> str:
    """What git says of a folder; `no`: the status by which it says that there is nothing. Raises `_NoAnswer`."""
    program = shutil.which("git")
    if program is None:
        raise _NoAnswer("git isn't on the path, and there is a repository.")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [program, "-C", str(folder), *QUIETLY, *arguments]
    try:
        ended = subprocess.run(
            command, env={**environment, "LC_ALL": "C"}, capture_output=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise _NoAnswer("git took too long.") from None
    if ended.returncode not in (0, no):
        raise _NoAnswer(f"git ended with status {ended.returncode}; is the folder another user's?")
    return os.fsdecode(ended.stdout)
