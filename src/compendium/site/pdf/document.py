"""Set chapters of Typst in the frame of `print.typ`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from compendium.errors import RenderRefused
from compendium.site.shell import ASSETS

STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA-1: tags, a title, words for every picture
_OWN = ("SourceSans3-Regular.otf", "SourceSans3-Semibold.otf", "SourceSans3-It.otf", "SourceSerif4-Semibold.otf")
_FAMILIES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSans-BoldOblique.ttf")

_NO_SIGN, _MARK = "could not be displayed", "\ufffd"


@dataclass(frozen=True)
class Chapter:
    """A page as Typst, with its pictures by their path from the project's root."""

    source: str
    body: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What stands around the text; `mark` is on every page: where the records come from, in a word or two."""

    title: str
    kind: Literal["page", "book"] = "page"
    brand: str = ""
    place: str = ""
    subtitle: str = ""
    description: str = ""
    note: str = ""
    mark: str = ""
    help: str = ""
    licence: str = ""
    header: str = ""
    footer: str = ""
    depth: int = 2  # of the contents

    def said(self, sign: Callable[[str], str]) -> Frame:
        """The same frame with each of its texts put through `sign`."""
        texts: dict[str, Any] = {name: sign(text) for name, text in vars(self).items() if isinstance(text, str)}
        return replace(self, **texts)


class SignRefused(RenderRefused):
    """A text holds a sign that no font of ours has."""


def printed(frame: Frame, chapters: Sequence[Chapter]) -> bytes:
    """The chapters as one PDF/UA-1 document on A4. Raises `SignRefused`, `RenderRefused` with what Typst can't set."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "meta.json").write_text(json.dumps(frame.__dict__), encoding="utf-8")
        for chapter in chapters:
            for name, data in chapter.pictures.items():
                path = room / "files" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        text = "\n".join([(ASSETS / "print.typ").read_text("utf-8"), *(chapter.body for chapter in chapters)])
        (room / "main.typ").write_text(text, encoding="utf-8")
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=_fonts(room / "fonts"))
        try:
            return bytes(
                typst.compile(
                    room / "main.typ",
                    root=room,
                    font_paths=fonts,
                    format="pdf",
                    pdf_standards=STANDARD,
                    timestamp=0,
                    package_path=room / "none",
                    package_cache_path=room / "none",
                )
            )
        except typst.TypstError as why:
            hint = "; ".join(getattr(why, "hints", []) or [])
            where = ", ".join(chapter.source for chapter in chapters[:3])
            said = f"{where}: not printable: {getattr(why, 'message', why)} {hint}".strip()
            raise (SignRefused if _NO_SIGN in said else RenderRefused)(said) from why


def marked(text: str) -> str:
    """The text with a mark for each sign that the font behind all others doesn't have."""
    known = _signs()
    return "".join(sign if sign in "\n\t" or ord(sign) in known else _MARK for sign in text)


@cache
def _signs() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_shipped() / _FAMILIES[0])).get_charmap())


def _fonts(folder: Path) -> list[Path]:
    """The site's own faces, and those of the drawings, which the package that ships them has among others."""
    folder.mkdir()
    for name in _FAMILIES:
        (folder / name).write_bytes((_shipped() / name).read_bytes())
    for name in _OWN:
        (folder / name).write_bytes((ASSETS / "fonts" / name).read_bytes())
    return [folder]


def _shipped() -> Path:
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None  # a dependency
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
