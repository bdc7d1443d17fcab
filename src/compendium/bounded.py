"""A file from somebody else, taken in whole or refused: a file, there, of a size that such a file has. A leaf.

A path may lead to a pipe that nobody writes to, a device without end, a folder, or gigabytes.
"""

from __future__ import annotations

import stat
from pathlib import Path

from compendium.errors import InputRefused, Problem


def bytes_of(path: Path, most: int, name: str = "") -> bytes:
    """The bytes of a file of at most `most` bytes; `name` is what a user calls it. Raises `InputRefused`."""
    name = name or path.name
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputRefused(Problem(name, message="This isn't a file.", remedy="Name the file itself."))
        if found.st_size > most:
            raise InputRefused(Problem(name, message=f"It is larger than {_size(most)}.", remedy="Shorten it."))
        return path.read_bytes()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        raise InputRefused(Problem(name, message="The file can't be read.", remedy="Is it there?")) from None


def text_of(path: Path, most: int, name: str = "") -> str:
    """The same as text, from UTF-8 with or without byte order mark. Raises `InputRefused`."""
    try:
        return bytes_of(path, most, name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused(
            Problem(name or path.name, message="The file isn't UTF-8.", remedy="Save it as UTF-8.")
        ) from None


def _size(most: int) -> str:
    return f"{most >> 20} MB" if most >= 1 << 20 else f"{most:,} bytes"
