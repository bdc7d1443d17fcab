"""A copy of the checkout to work on, and the command run in it as a user runs it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT

NOT_COPIED = (
    ".git",
    ".venv",
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


def compendium(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in `project`; the environment of the tests with `environment` on top."""
    return subprocess.run(
        [sys.executable, "-m", "compendium", *arguments],
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
