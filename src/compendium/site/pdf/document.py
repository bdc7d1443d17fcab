"""Set chapters of Typst in the frame of `print.typ`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from compendium.errors import RenderRefused
from compendium.site.shell import ASSETS

STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA-1: tags, a title, words for every picture
_FAMILIES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSans-BoldOblique.ttf")


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
    subtitle: str = ""
    description: str = ""
    note: str = ""
    mark: str = ""
    header: str = ""
    footer: str = ""
    depth: int = 2  # of the contents


def printed(frame: Frame, chapters: Sequence[Chapter]) -> bytes:
    """The chapters as one PDF/UA-1 document on A4. Raises `RenderRefused` with what Typst can't set."""
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
            raise RenderRefused(f"{where}: not printable: {getattr(why, 'message', why)} {hint}".strip()) from why


def _fonts(folder: Path) -> list[Path]:
    """The fonts of the drawings, copied from the package that ships them: its others would be found as well."""
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None  # a dependency
    shipped = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    folder.mkdir()
    for name in _FAMILIES:
        (folder / name).write_bytes((shipped / name).read_bytes())
    return [folder]
