"""Files by their content, each read once, and remembered together with how the system knew them before they were read.

Whoever asks for a hash is asking on something's behalf (a locality): what was looked at for it is exactly what must not
change for the answer to stay. A leaf.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

MISSING = "missing"
Mark = tuple[int, int, int]  # size, time of the last change of any kind (ns), number of the file
ABSENT: Mark = (-1, -1, -1)
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


@dataclass(frozen=True)
class Seen:
    """A file or folder as it was: its mark, and the hash of what was read right after."""

    mark: Mark
    digest: str
    fresh: bool  # changed so shortly before that another change could leave the same mark
    device: int


@dataclass
class Digests:
    """Hashes of files, kept for the length of one command. `looked` names what each asker rests on."""

    seen: dict[Path, Seen] = field(default_factory=dict)
    looked: dict[str, set[Path]] = field(default_factory=dict)

    def of(self, path: Path, asker: str = "") -> str:
        """The SHA-256 of a file; `missing` where there is none."""
        self.looked.setdefault(asker, set()).add(path)
        if path not in self.seen:
            self.seen[path] = look(path)
        return self.seen[path].digest

    def files(self, folder: Path, pattern: str, asker: str = "") -> list[Path]:
        """The files of a folder whose names fit, in order. That none is added or taken away is looked at as well."""
        self.of(folder, asker)
        return sorted(folder.glob(pattern))

    def below(self, folder: Path, asker: str = "") -> dict[str, str]:
        """The hash of every file below a folder by its path in it, as `paths.contents` gives it."""
        found = {}
        self.of(folder, asker)
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                found[name] = f"link to {path.readlink()}"
                self.looked[asker].add(path)
                self.seen[path] = Seen(ABSENT, "", True, 0)  # never passed over: a mark is of what a link leads to
                continue
            digest = self.of(path, asker)
            if path.is_file():
                found[name] = digest
            elif not any(path.iterdir()):
                found[name] = "empty folder"
        return found

    def forget(self, paths: Iterable[Path]) -> None:
        """What is read next may be another content: these files were written anew."""
        for path in paths:
            self.seen.pop(path, None)

    def forget_below(self, folder: Path) -> None:
        """The same for a folder and all that was seen in it."""
        self.forget([path for path in self.seen if path == folder or folder in path.parents])


def look(path: Path) -> Seen:
    """A file as it is now. Its mark is taken first: what is changed while it is read has another one afterwards."""
    now = coarse_time()
    try:
        status = path.stat()
        mark = mark_of(status)
        # a pipe would be waited for, a device read without end
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        return Seen(ABSENT, MISSING, False, 0)
    return Seen(mark, digest, status.st_ctime_ns >= now, status.st_dev)


def mark_of(status: os.stat_result) -> Mark:
    """What changes whenever the content could have: the system sets the second number, no program can choose it."""
    return status.st_size, status.st_ctime_ns, status.st_ino


def coarse_time() -> int:
    """The clock that local file systems stamp files with: what is changed from now on has this time or a later one."""
    coarse = getattr(time, "CLOCK_REALTIME_COARSE", None)
    return time.time_ns() - 20_000_000 if coarse is None else time.clock_gettime_ns(coarse)
