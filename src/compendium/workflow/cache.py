"""Results shared by a team: a folder of entries named by their content, that nobody has to trust.

An entry says what a notebook's result rests on (settings, inputs, modules, libraries, by hash) and names its files by
hash. It is found by the notebook's source and parameters, taken when everything it names is the same here, and checked
by hash when it is read: file times mean nothing, and what is damaged, half-written or changed is passed over. Entries
are written aside and renamed. They hold counts before disclosure control: the folder is as private as `.private/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compendium import bounded, jsonfile
from compendium.errors import CompendiumError, InputRefused
from compendium.locality import Locality
from compendium.locality.folders import in_checkout
from compendium.paths import Root
from compendium.seen.digests import Digests
from compendium.workflow import content, lock_file
from compendium.workflow.lock_file import Entry
from compendium.workflow.notebooks import Notebook

FORMAT = 1
VARIABLE = "COMPENDIUM_CACHE"
RAW = "raw.ipynb"
LARGEST = 64 << 20  # bytes of a file that is read back: as large as a notebook may be
LARGEST_ENTRY = 1 << 20  # of an entry: names and hashes
_RESULT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(json|ipynb)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMPARED = ("settings", "inputs", "modules", "libraries")


class Damaged(Exception):
    """An entry that isn't what its name says."""


@dataclass(frozen=True)
class Hit:
    """An entry whose every condition holds here: what the result rests on, and the hash of each of its files."""

    entry: Entry
    files: Mapping[str, str]


@dataclass
class Cache:
    """The folder of a team's results. `words`: what somebody should know about entries that were passed over."""

    folder: Path
    mode: int  # permissions of the folder: those of what is written into it
    words: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path | str | None, root: Root) -> Cache | None:
        """The cache in `folder`, else in that which COMPENDIUM_CACHE names; None when neither is said.

        Raises `CompendiumError` for a folder that others can look into, or that could be committed or published.
        """
        said = folder or os.environ.get(VARIABLE)
        if not said:
            return None
        path = Path(said).expanduser().resolve()
        if in_checkout(path, root.path) and not path.is_relative_to(root.private):
            raise CompendiumError(
                f"The cache {path.name} lies inside the checkout, where it can be committed.",
                "It holds counts before disclosure control: name a folder elsewhere, or one in .private/.",
            )
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        mode = path.stat().st_mode & 0o7777
        if mode & 0o007:
            raise CompendiumError(
                f"Others on this machine can look into the cache {path.name}.",
                "It holds counts before disclosure control: chmod o-rwx on the folder.",
            )
        return cls(path, mode)

    def find(
        self, root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], digests: Digests
    ) -> Hit | None:
        """An entry for this notebook that rests on just what lies here."""
        folder = self._place("entries", _key(notebook, given))
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                hit = _read(path, notebook)
            except Damaged:
                self._tell(f"an entry for {notebook.name} is damaged and was passed over")
                continue
            if hit.entry.keyed and not locality.runs.share_real:
                continue
            now = content.present(root, locality, notebook, given, like=hit.entry, digests=digests)
            if all(getattr(now, kind) == getattr(hit.entry, kind) for kind in _COMPARED):
                return hit
        return None

    def fetch(self, hit: Hit, notebook: Notebook, folder: Path) -> None:
        """Lay the files of a hit into `folder`, as a kernel would have. Raises `Damaged`, and then nothing is used.

        Its hashes say that it is whole. That it is this notebook's, as `study` writes it, is looked at too.
        """
        from compendium import proposals

        (folder / "proposals").mkdir(exist_ok=True)
        for name, digest in hit.files.items():
            data = _read_whole(self._place("files", digest))
            if hashlib.sha256(data).hexdigest() != digest:
                raise Damaged
            (folder / (RAW if name == f"{notebook.name}.ipynb" else f"proposals/{name}")).write_bytes(data)
        if not notebook.is_in(folder / RAW):
            raise Damaged
        try:
            proposals.refuse_damaged(folder / "proposals", notebook.name)
        except CompendiumError:
            raise Damaged from None

    def put(self, root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], entry: Entry) -> None:
        """Store the result of a run that has just ended. A folder that can't be written is told, and no more."""
        if entry.keyed and not locality.runs.share_real:
            self._tell(f"results of {locality.id} rest on real records and are not shared: see runs.share_real")
            return
        try:
            files = {name: self._store(_result(root, locality, notebook, name)) for name in entry.results}
            if files != dict(entry.results):
                return  # changed since it was written down
            record = {kind: dict(getattr(entry, kind)) for kind in _COMPARED}
            lists = {"asked": sorted(entry.asked), "keyed": sorted(entry.keyed)}
            text = jsonfile.text_of({"format": FORMAT, **record, **lists, "files": files}).encode()
            folder = self._place("entries", _key(notebook, given))
            self._write(folder / f"{hashlib.sha256(text).hexdigest()}.json", text)
        except OSError as broken:
            self._tell(f"it can't be written to ({broken.strerror or type(broken).__name__})")

    def _store(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._place("files", digest)
        if not (path.is_file() and path.read_bytes() == data):  # a damaged one is mended
            self._write(path, data)
        return digest

    def _place(self, kind: str, digest: str) -> Path:
        return self.folder / kind / digest[:2] / digest

    def _write(self, path: Path, data: bytes) -> None:
        """Aside, then renamed: two who write the same at once both write all of it."""
        aside = self.folder / "aside"
        for folder in (self.folder, aside, path.parent.parent.parent, path.parent.parent, path.parent):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(self.mode & 0o2770)
        handle, name = tempfile.mkstemp(dir=aside)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).chmod(self.mode & 0o660)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _tell(self, text: str) -> None:
        if (words := f"the team's cache: {text}") not in self.words:
            self.words.append(words)


def _key(notebook: Notebook, given: Mapping[str, Any]) -> str:
    """What is known before anything is looked at: the notebook and its parameters."""
    source = [[kind, digest] for kind, _, digest in content.cells(notebook)]
    said = json.dumps([FORMAT, notebook.name, source, dict(given)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _read(path: Path, notebook: Notebook) -> Hit:
    """An entry, when it is what its name says. Raises `Damaged`."""
    data = _read_whole(path, LARGEST_ENTRY)
    if hashlib.sha256(data).hexdigest() != path.stem:
        raise Damaged
    try:
        said = jsonfile.of_stranger(data)
        files = dict[str, str](said["files"])
        entry = lock_file.entry_of({**said, "source": content.cells(notebook), "parameters": {}, "results": files})
        names_fit = all(_RESULT.fullmatch(name) and _DIGEST.fullmatch(digest) for name, digest in files.items())
    except (ValueError, TypeError, KeyError):
        raise Damaged from None
    if said.get("format") != FORMAT or not names_fit or f"{notebook.name}.ipynb" not in files:
        raise Damaged
    return Hit(entry, files)


def _read_whole(path: Path, most: int = LARGEST) -> bytes:
    try:
        if path.is_symlink():
            raise Damaged
        return bounded.bytes_of(path, most)
    except InputRefused:
        raise Damaged from None


def _result(root: Root, locality: Locality, notebook: Notebook, name: str) -> bytes:
    is_raw = name.endswith(".ipynb")
    folder = root.raw_notebooks(locality.id) if is_raw else root.proposals(locality.id) / notebook.name
    return (folder / name).read_bytes()
