"""The picture and the table of rooms in docs/explanation/architecture.md, made from the import contract and the code.

`python -m tests.unit.architecture_drawing` writes both; a test holds what is stored against what this makes.
"""

from __future__ import annotations

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import ROOT

PACKAGE = ROOT / "src" / "compendium"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
BEGIN, END = "<!-- rooms: made from the code -->", "<!-- end of rooms -->"

WIDTH, LEFT, GAP, BOX, ROW, LETTER = 960, 24, 8, 30, 46, 7.4
KINDS = {  # kind of room -> fill, words of the key; each is a contract, but the first
    "open": ("#f1f3f5", "no contract but its place"),
    "pure": ("#fff3bf", "pure: tables in, aggregates out; no files"),
    "alone": ("#d3f9d8", "stands alone: knows no locality and no dictionary"),
    "released": ("#d0ebff", "sees what is released, never a record"),
    "site": ("#e5dbff", "renders any Quarto project; knows nothing of ours"),
}
MARKS = {"open": "", "pure": "①", "alone": "②", "released": "③", "site": "④"}
FROM_CONTRACT = {
    "The site layer renders any Quarto project": "site",
    "Analyses are pure": "pure",
    "What is shown is made from what is released": "released",
    "Disclosure control and charts stand alone": "alone",
}


@dataclass(frozen=True)
class Room:
    name: str
    kind: str
    marks: str  # of every contract that it is held by
    says: str  # the first sentence of its docstring


def contracts() -> list[dict[str, Any]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def layers() -> list[list[Room]]:
    """The rooms of each layer, from the one that may import all others down."""
    (order,) = (one["layers"] for one in contracts() if one["type"] == "layers")
    return [[_room(name.strip().removeprefix("compendium.")) for name in re.split(r"[|:]", row)] for row in order]


def outside() -> list[str]:
    """Modules and packages that the contract names in no layer."""
    there = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return sorted(there - {"__init__", "__main__"} - {room.name for row in layers() for room in row})


def _room(name: str) -> Room:
    path = PACKAGE / f"{name}.py" if (PACKAGE / f"{name}.py").is_file() else PACKAGE / name / "__init__.py"
    held = {one["name"] for one in contracts() if f"compendium.{name}" in one.get("source_modules", ())}
    kinds = [kind for start, kind in FROM_CONTRACT.items() if any(one.startswith(start) for one in held)]
    marks = "".join(sorted(MARKS[kind] for kind in kinds))
    return Room(name, kinds[0] if kinds else "open", marks, _first_sentence(path))


def _first_sentence(path: Path) -> str:
    text = " ".join((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[a-z)`])\. ", text)[0].rstrip(".")


def table() -> str:
    """A row a room, top layer first."""
    rows = [f"| `{room.name}` | {room.says.replace('|', '&#124;')} |" for row in layers() for room in row]
    return "\n".join(["| room | what it does |", "|:--|:--|", *rows])


def picture() -> str:
    """The layers as SVG, the same text each time: a row may import the rows below it, never one above."""
    drawn, height = _rows()
    key = [_key(height + 26, at, kind) for at, kind in enumerate(KINDS)]
    total = height + 44 + 24 * len(KINDS)
    about = (
        "Rooms of the package in layers. Each may import those in rows below it, none above. Colours: five contracts."
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total}" role="img" '
            'font-family="Segoe UI, Helvetica, Arial, sans-serif" font-size="14">',
            f"<title>Rooms and who may import whom</title><desc>{about}</desc>",
            f'<rect width="{WIDTH}" height="{total}" fill="#ffffff"/>',
            f'<path d="M {LEFT - 10} 20 V {height - 18} m -5 -8 l 5 8 l 5 -8" stroke="#495057" fill="none"/>',
            *drawn,
            *key,
            "</svg>\n",
        ]
    )


def _rows() -> tuple[list[str], int]:
    drawn: list[str] = []
    top = 16
    for row in layers():
        left = LEFT
        for room in row:
            words = f"{room.name} {room.marks}".strip()  # never colour alone
            width = round(LETTER * len(words) + 20)
            if left + width > WIDTH - LEFT:
                left, top = LEFT + 20, top + BOX + GAP
            drawn.append(
                f'<rect x="{left}" y="{top}" width="{width}" height="{BOX}" rx="4" fill="{KINDS[room.kind][0]}" '
                f'stroke="#495057"/><text x="{left + width / 2:g}" y="{top + 20}" text-anchor="middle" fill="#212529">'
                f"{html.escape(words)}</text>"
            )
            left += width + GAP
        if len(row) == 1:
            drawn.append(
                f'<text x="{left + 4}" y="{top + 20}" fill="#495057">{html.escape(row[0].says.replace("`", ""))}</text>'
            )
        top += ROW
    return drawn, top


def _key(top: int, at: int, kind: str) -> str:
    fill, words = KINDS[kind]
    y = top + 24 * at
    return (
        f'<rect x="{LEFT}" y="{y - 13}" width="18" height="18" rx="3" fill="{fill}" stroke="#495057"/>'
        f'<text x="{LEFT + 28}" y="{y + 1}" fill="#212529">{f"{MARKS[kind]} {words}".strip()}</text>'
    )


def with_table(text: str) -> str:
    """The page with the table as it is now."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def written() -> Iterator[tuple[Path, str]]:
    """What is stored, and what it should be."""
    yield PICTURE, picture()
    yield PAGE, with_table(PAGE.read_text("utf-8"))


if __name__ == "__main__":
    for path, text in written():
        path.write_text(text, encoding="utf-8")
