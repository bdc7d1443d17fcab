"""What was made before, by the content of what it was made from: only what changed is made again.

Kept in `.quarto/compendium` of the project, which Quarto's own projects leave out of version control as well. A file's
hash is remembered with its size, times and inode (as git does); what is trusted is the content.

Each file of the store begins with a seal: the hash of what follows, of this layer and of where the project lies. What
was cut short, changed by hand or brought along from elsewhere doesn't fit its seal: it counts as nothing and is made
anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from compendium.writing import held, write_whole

FOLDER = Path(".quarto") / "compendium"
PROGRAMS = ("pypandoc_binary", "typst", "jinja2")
RECORD = "site.json"
_OURS = re.compile(r"[0-9a-f]{24}\.json|\.[0-9a-f]{24}\.json\.aside")  # parts of a page; what a kill left aside


def digest(*parts: Any) -> str:
    """A hash of plain values; mappings by sorted keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def engine() -> str:
    """The hash of this layer and of the programs that it calls."""
    found = hashlib.sha256(" ".join(f"{name} {metadata.version(name)}" for name in PROGRAMS).encode())
    layer = Path(str(resources.files("compendium.site")))
    for path in sorted(path for path in layer.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        found.update(path.relative_to(layer).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


class Store:
    """The record of a project's last rendering: its pages, the files of the site, hashes of what was read."""

    def __init__(self, root: Path, target: Path, *, afresh: bool = False) -> None:
        self.root, self.target, self.folder, self.engine = root, target, root / FOLDER, engine()
        self.afresh = afresh
        self.pages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, list[Any]] = {}
        self._hashes: dict[str, list[Any]] = {}
        self._used: dict[str, list[Any]] = {}

    @contextmanager
    def opened(self) -> Iterator[None]:
        """With the record of the last rendering, and while nobody else renders this project: a second one waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder):
            last = {} if self.afresh else self._read(self.folder / RECORD) or {}
            self.pages, self._hashes = last.get("pages", {}), last.get("hashes", {})
            self.files = last["files"] if last.get("target") == str(self.target) else {}
            yield

    def hash(self, name: str) -> str:
        """The hash of a file of the project; empty when it isn't there."""
        if name not in self._used:
            try:
                stat = (self.root / name).stat()
            except OSError:
                return ""
            mark = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
            known = self._hashes.get(name)
            if known is None or known[1] != mark:
                known = [hashlib.sha256((self.root / name).read_bytes()).hexdigest(), mark]
            self._used[name] = known
        return str(self._used[name][0])

    def hashes(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.hash(name) for name in sorted(names)}

    def has(self, path: str, key: str) -> bool:
        """Whether the site has this file, made from the same, and nobody touched it."""
        known = self.files.get(path)
        return known is not None and known[0] == key and known[1:] == _mark(self.target / path)

    def is_site(self, files: Mapping[str, tuple[str, Any]]) -> bool:
        """Whether the site has these files and no others."""
        there = sum(len(names) for _, _, names in os.walk(self.target))
        return there == len(files) and all(self.has(path, key) for path, (key, _) in files.items())

    def parts(self, source: str, key: str) -> dict[str, Any] | None:
        """What pandoc made of a page that had this key."""
        found = self._read(self._parts(source))
        return found if found and found.get("key") == key else None

    def keep_parts(self, source: str, parts: Mapping[str, Any]) -> None:
        self._seal(self._parts(source), parts)

    def _parts(self, source: str) -> Path:
        return self.folder / f"{hashlib.sha256(source.encode()).hexdigest()[:24]}.json"

    def keep(self, pages: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the record of pages that are finished while the site stays as it is."""
        whole = {source: entry for source, entry in pages.items() if entry.get("key")}
        self._write({**self.pages, **whole}, self.files)

    def close(self, pages: Mapping[str, Mapping[str, Any]], files: Mapping[str, str]) -> None:
        """Write the record of a site that is finished."""
        self._write(pages, {path: [key, *_mark(self.target / path)] for path, key in files.items()})

    def _write(self, pages: Mapping[str, Any], files: Mapping[str, Any]) -> None:
        """The record; of our own files what belongs to no page of it goes."""
        record = {"target": str(self.target), "pages": pages, "files": files, "hashes": self._used}
        self._seal(self.folder / RECORD, record)
        keep = {self._parts(source).name for source in pages}
        for path in self.folder.iterdir():
            if path.name not in keep and _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def _seal(self, path: Path, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        write_whole(path, f"{self._seal_of(path, text)}\n{text}")

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            seal, _, text = path.read_text("utf-8").partition("\n")
        except (OSError, ValueError):
            return None
        found: dict[str, Any] | None = json.loads(text) if seal == self._seal_of(path, text) else None
        return found

    def _seal_of(self, path: Path, text: str) -> str:
        return digest(str(self.root), path.name, self.engine, text)


def _mark(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
