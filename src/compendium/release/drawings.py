"""Drawings are made once: the next settling or rendering takes those of which nothing that is drawn has changed.

What is compared is content: the released table with its words and options, the code that draws, its fonts and
libraries. The drawings themselves lie where they were published; a private note holds the key of each and the hashes
of its files, so one that somebody changed, took away or put there is drawn anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from compendium import charts
from compendium.aggregate import Released
from compendium.paths import PACKAGE
from compendium.release.figure import files_of
from compendium.seen import versions
from compendium.writing import write_whole

NOTE = "drawings.json"  # in a private room
_LIBRARIES = ("fonttools", "matplotlib", "numpy", "pandas", "shapely", "typst", "python", "platform")
_FONTS = "site/assets/fonts"


class Drawings:
    """The drawings of one folder of figures, with those of the last time in `figures` and what was noted of them."""

    def __init__(self, note: Path, figures: Path) -> None:
        self._note, self._figures = note, figures
        self._last = _read(note)
        self._now: dict[str, dict[str, Any]] = {}

    def draw(self, released: Released, stem: str) -> charts.Drawing:
        """The chart of a release whose files are called `stem`: as it was drawn last, when it would be the same."""
        key = key_of(released)
        last = self._last.get(stem, {})
        drawing = (last.get("key") == key and self._taken(stem, last)) or charts.draw(released)
        hashes = {ending: _sha256(data) for ending, data in files_of(drawing).items()}
        self._now[stem] = {"key": key, "alt": drawing.alt, "files": hashes}
        return drawing

    def close(self) -> None:
        """Note what was drawn, for the next time: to be called once the files stand in their place."""
        write_whole(self._note, json.dumps(self._now, sort_keys=True))

    def _taken(self, stem: str, last: Mapping[str, Any]) -> charts.Drawing | None:
        try:
            found = {
                ending: (self._figures / f"{stem}.{ending}").read_bytes() for ending in ("svg", "narrow.svg", "png")
            }
            if {ending: _sha256(data) for ending, data in found.items()} != last["files"]:
                return None
            return charts.Drawing(found["svg"], found["png"], last["alt"], found["narrow.svg"])
        except (OSError, KeyError):
            return None


def key_of(released: Released) -> str:
    """The hash of all that a drawing is made from."""
    frame = released.frame
    said = {name: value for name, value in vars(released).items() if name not in ("frame", "dimensions", "origin")}
    parts = [
        said,
        [asdict(dimension) for dimension in released.dimensions],
        asdict(released.origin),
        [[str(name), str(frame[name].dtype), frame[name].tolist()] for name in frame.columns],
        _made_with(),
    ]
    return _sha256(json.dumps(parts, default=_plain).encode())  # in their order: that of categories is drawn


def _plain(value: Any) -> Any:
    """What JSON has no word for: mappings of other types, and marks for what is missing."""
    return dict(value) if isinstance(value, Mapping) else [repr(value)]


@cache
def _made_with() -> dict[str, str]:
    """The code and the fonts that draw, and the versions of the libraries."""
    paths = [*sorted((PACKAGE / "charts").rglob("*.py")), PACKAGE / "aggregate.py"]
    paths += [path for path in sorted((PACKAGE / _FONTS).iterdir()) if path.suffix == ".otf"]
    files = {path.relative_to(PACKAGE).as_posix(): _sha256(path.read_bytes()) for path in paths}
    return {**files, **versions.of(_LIBRARIES)}


def _read(note: Path) -> dict[str, dict[str, Any]]:
    """What was noted; nothing where that can't be read: then all is drawn."""
    try:
        found = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, dict)}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
