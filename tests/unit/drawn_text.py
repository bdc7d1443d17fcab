"""Reads a drawing back: where its words and marks stand, measured in the fonts it carries."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from compendium.charts.measure import width_of

SVG = "{http://www.w3.org/2000/svg}"
_BOLD = "700"


class Line(NamedTuple):
    """A level line of text: its box from the top of its capitals to its baseline."""

    left: float
    top: float
    right: float
    bottom: float
    words: str

    def meets(self, other: Line) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def texts(svg: bytes) -> list[Element]:
    return list(fromstring(svg).iter(f"{SVG}text"))


def words_in(svg: bytes) -> str:
    return " ".join(element.text or "" for element in texts(svg))


def size(svg: bytes) -> tuple[float, float]:
    width, height = (float(part) for part in fromstring(svg).attrib["viewBox"].split()[2:])
    return width, height


def level(svg: bytes) -> list[Line]:
    """Each level line of text, and turned ones left out."""
    lines = []
    for element in texts(svg):
        if "rotate" in element.get("transform", ""):
            continue
        letters = float(element.attrib["font-size"].removesuffix("px"))
        width = width_of(element.text, letters, bold=element.get("font-weight") == _BOLD)
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        left = {"start": x, "middle": x - width / 2, "end": x - width}[element.get("text-anchor", "start")]
        lines.append(Line(left, y - 0.66 * letters, left + width, y, element.text or ""))
    return lines


def on_one_another(svg: bytes) -> list[tuple[str, str]]:
    """Pairs of lines that overlap."""
    lines = level(svg)
    return [(one.words, two.words) for at, one in enumerate(lines) for two in lines[at + 1 :] if one.meets(two)]


def off_the_sheet(svg: bytes) -> list[str]:
    width, height = size(svg)
    return [
        line.words
        for line in level(svg)
        if line.left < 0 or line.top < 0 or line.right > width + 0.01 or line.bottom > height
    ]


def fills(svg: bytes) -> set[str]:
    """Colours that something is filled with, words left out."""
    root = fromstring(svg)
    found = {element.get("fill", "") for element in root.iter() if element.tag != f"{SVG}text" and element.get("fill")}
    return {colour for colour in found if re.fullmatch(r"#[0-9a-f]{6}", colour)}
