"""What a kernel was seen to use besides tables: libraries, modules beside the package, files a cell opened by hand.

Asked after each cell, so that what a cell brought in is known however it did it. Files that a library opens past Python
(polars does, by name) are not seen; `study.table` notes every file it reads.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from compendium.paths import PACKAGE

_NOT_PROJECT = {"site-packages", "dist-packages", ".venv", ".private", "__pycache__"}
_PACKAGE, _KERNELS = f"{PACKAGE}{os.sep}", f"{PACKAGE / 'workflow'}{os.sep}"
_opened: set[str] = set()
_hashes: dict[str, str] = {}  # of modules, as they were when they were first seen
_watching: list[bool] = []


def libraries() -> list[str]:
    """The names under which modules that are neither Python's nor the project's were imported."""
    names = {name.partition(".")[0] for name in list(sys.modules)}
    return sorted(names - set(sys.stdlib_module_names) - {"compendium", "__main__", "__mp_main__"})


def modules_beside(root: Path) -> dict[str, str]:
    """Modules of the project that lie beside the package, such as `notebooks/own.py`: the hash of each source."""
    top = f"{root}{os.sep}"
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    near = [file for file in files if isinstance(file, str) and file.startswith(top) and not file.startswith(_PACKAGE)]
    ours = [Path(file) for file in near if "site-packages" not in file and _is_the_projects(Path(file), root)]
    for path in ours:
        name = path.relative_to(root).as_posix()
        if name not in _hashes:
            _hashes[name] = _sha256(path)
    return dict(_hashes)


def watch() -> None:
    """From now on, remember which files cells open to read."""
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_heard)


def opened(root: Path) -> dict[str, str]:
    """The hash of each of the project's files that a cell opened, by its path from the root."""
    paths = sorted({Path(name).resolve() for name in list(_opened)})
    return {
        path.relative_to(root).as_posix(): _sha256(path)
        for path in paths
        if _is_the_projects(path, root) and path.suffix not in (".py", ".pyc")
    }


def _is_the_projects(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and path.is_file() and not _NOT_PROJECT & set(path.relative_to(root).parts)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not isinstance(arguments[0], str | bytes) or not _reads(arguments[1], arguments[2]):
        return
    if not _is_ours(sys._getframe(1)):
        _opened.add(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100 (a cell may change its folder)


def _reads(mode: object, flags: object) -> bool:
    return not flags & (os.O_WRONLY | os.O_RDWR) if isinstance(flags, int) else not set(str(mode)) & set("wax+")


def _is_ours(frame: FrameType | None) -> bool:
    """Whether the package asked for it, which notes by itself what counts: else every dictionary would.

    Below a cell lies what runs kernels, which is of the package too and asks for nothing.
    """
    while frame:
        file = frame.f_code.co_filename
        if file.startswith(_PACKAGE) and not file.startswith(_KERNELS):
            return True
        frame = frame.f_back
    return False
