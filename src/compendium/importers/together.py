"""Several files written together: all of them, or none."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from compendium.paths import PRIVATE, PUBLIC, written_aside


def write_together(files: Mapping[Path, str], *, private: Container[Path] = ()) -> None:
    """Write every file aside, then put all in their places; when one can't be put there, none is changed.

    Nobody but the owner may read those that are `private`, or look into folders made for them.
    """
    aside: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    try:
        for path, text in files.items():
            aside[path] = written_aside(path, text, PRIVATE if path in private else PUBLIC)
        for path, made in aside.items():
            before[path] = path.read_bytes() if path.exists() else None
            made.replace(path)
    except BaseException:
        _put_back(before)
        for made in aside.values():
            made.unlink(missing_ok=True)
        raise


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for path, data in before.items():
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(data)
