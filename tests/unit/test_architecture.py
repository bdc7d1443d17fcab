"""The picture of the architecture shows the rooms that there are, in the layers that the import contract holds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

from tests.unit import architecture_drawing as drawing

SVG = "{http://www.w3.org/2000/svg}"


def test_picture_and_table_are_what_the_code_says() -> None:
    stale = [path.name for path, text in drawing.written() if path.read_text("utf-8") != text]
    assert stale == [], "run python -m tests.unit.architecture_drawing"


def test_every_room_has_its_place_in_the_contract() -> None:
    assert drawing.outside() == [], "name it in a layer of [tool.importlinter]"


def test_the_picture_shows_each_room_once_inside_its_box_and_inside_the_picture() -> None:
    picture = ET.fromstring(drawing.PICTURE.read_text("utf-8"))
    width = float(picture.attrib["viewBox"].split()[2])
    names = [room.name for row in drawing.layers() for room in row]
    shown = [re.sub(r" [①-④]+$", "", text.text or "") for text in picture.iter(f"{SVG}text")]
    assert [name for name in shown if name in names] == names
    boxes = [
        (float(box.attrib["y"]), float(box.attrib["x"]), float(box.attrib["width"]))
        for box in picture.iter(f"{SVG}rect")
        if float(box.attrib.get("height", 0)) == drawing.BOX
    ]
    assert len(boxes) == len(names) == len(set(names))
    assert all(x + wide <= width for _, x, wide in boxes)
    assert all(a[1] + a[2] <= b[1] for a, b in pairwise(sorted(boxes)) if a[0] == b[0])


def test_the_page_says_in_words_what_the_picture_shows() -> None:
    (alt,) = re.findall(r"!\[([^\]]+)\]\(\.\./images/architecture\.svg\)", drawing.PAGE.read_text("utf-8"))
    held = {room.name for row in drawing.layers() for room in row if room.kind != "open"}
    assert {name for name in held if name not in alt} == set()
