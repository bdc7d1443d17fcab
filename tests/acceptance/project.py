"""A copy of the checkout to work on, and the command run in it as a user runs it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.shared import ROOT

NOT_COPIED = (
    ".git",
    ".venv*",
    ".hypothesis",
    "dist",
    "mutants",
    ".private",
    ".quarto",
    "places",
    "tests",
    "docs",
    "*.egg-info",
    "__pycache__",
    ".*_cache",
    "site",
)


def copy_project(target: Path) -> Path:
    """The project's files without anything a run made."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*NOT_COPIED, "outputs"))
    shutil.copytree(ROOT / "src" / "compendium" / "site", target / "src" / "compendium" / "site", dirs_exist_ok=True)
    return target


def somebody_else(umask: str) -> list[str]:
    """What to write before a command so that it runs with other rights for new files and, where the system lets
    anybody have a user namespace, as a user whom the system has no name for."""
    user = ["unshare", "--user", "--map-user=1234", "--map-group=1234"]
    may = shutil.which("unshare") and not subprocess.run([*user, "true"], capture_output=True, check=False).returncode
    return [*(user if may else []), "sh", "-c", f'umask {umask}; exec "$@"', "sh"]


def elsewhere(home: Path) -> dict[str, str]:
    """The environment of somebody else: time zone, language, home and name."""
    return {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "HOME": str(home), "USER": "somebody"}


def compendium(
    project: Path, *arguments: str, before: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in `project`; the environment of the tests with `environment` on top."""
    return subprocess.run(
        [*before, sys.executable, "-m", "compendium", *arguments],
        cwd=project,
        env={**os.environ, "COMPENDIUM_ROOT": "", **environment},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def digests(folder: Path) -> dict[str, str]:
    """The hash of every file below `folder`, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
