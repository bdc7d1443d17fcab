"""The points at which a command could be killed: each step that changes something on the disk, by name.

Python tells its audit hooks every such step before it is taken (open for writing, rename, link, remove, make a folder,
change permissions), and the product tells the one that Python doesn't know (`compendium.exchange`). So no point has to
be written into the product, and none can be forgotten.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ONE_PATH = ("os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree", "os.truncate")
TWO_PATHS = ("os.rename", "os.link", "os.symlink", "compendium.exchange")
TAKES_PLACE = ("rename", "link", "compendium.exchange", "remove")  # the moments at which something becomes true
VARIES = (  # what differs from run to run, or from file to file of one making
    (re.compile(r"\.(old\.)?[a-z0-9_]{8}(?=/|$)"), r".\1*"),
    (re.compile(r"(\.compendium-at-work|\.run|candidate)-\w+"), r"\1-*"),
    (re.compile(r"[0-9a-f]{24,64}"), "*"),
    (re.compile(r"(?<=\*/)(.*/)?[^/]+?(\.\w+)?$"), r"\1*\2"),
)


def name_of(event: str, arguments: tuple[Any, ...], folders: dict[str, str]) -> str | None:
    """The name of a step; None for what changes nothing in the watched `folders` (path: name)."""
    if event == "open":
        path, _, flags = arguments
        paths = [path] if isinstance(flags, int) and flags & WRITES else []
    elif event in ONE_PATH:
        paths = list(arguments[:1])
    elif event in TWO_PATHS:
        paths = list(arguments[:2])
    else:
        return None
    if not paths or not all(isinstance(path, str | bytes | os.PathLike) for path in paths):
        return None
    shown = [_shown(os.fsdecode(path), folders) for path in paths]
    return f"{event.removeprefix('os.')} {' -> '.join(shown)}" if any(shown) else None


def is_decisive(name: str) -> bool:
    """Whether this step changes what stands, not what is prepared beside it."""
    event, _, paths = name.partition(" ")
    target = paths.rpartition(" -> ")[2]
    return event in TAKES_PLACE and target.startswith("./") and not re.search(r"\.\*|-\*|\.aside$", target)


def _shown(path: str, folders: dict[str, str]) -> str:
    if not path.startswith("/"):
        return "" if "/" in path else "in a tree"  # rmtree goes from handle to handle
    for folder, name in folders.items():
        if path == folder or path.startswith(f"{folder}/"):
            text = f"{name}{path.removeprefix(folder)}"
            for pattern, instead in VARIES:
                text = pattern.sub(instead, text)
            return text
    return ""


def watch(folders: dict[str, str], met: Callable[[str], None]) -> None:
    """Have `met` called with the name of each step in this process, before it is taken. It can't be undone."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in TWO_PATHS or event in ONE_PATH or event == "open":
            name = name_of(event, arguments, folders)
            if name:
                met(name)

    sys.addaudithook(hook)
