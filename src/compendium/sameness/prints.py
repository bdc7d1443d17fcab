"""PDF: the line of text that differs and its sheet, else the object.

Text is found in documents as Typst writes them: glyphs of fonts that say which signs they stand for. Any other document
is told by its objects. What is unpacked has an end, and so has what is looked at: many pages may name one object.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest

from compendium.sameness.difference import Difference, around

LARGEST, LARGEST_PART = 128 << 20, 8 << 20  # bytes that are looked at of a document, and of an object, unpacked
MOST_TIMES = 8  # its size; a book of ours unpacks to four times
FONTS = 32  # of a document
_BEGIN = re.compile(rb"(?m)^(\d{1,9}) \d{1,9} obj\b")
_END = re.compile(rb"(?m)^endobj")
_LED = re.compile(rb"/(\w+) (\d{1,9}) \d{1,9} R")
_NUMBER = re.compile(rb"(\d{1,9}) \d{1,9} R")
_SIGN = re.compile(rb"<([0-9A-Fa-f]{4})> <((?:[0-9A-Fa-f]{4})+)>")
_RUN = re.compile(rb"\bBT\b")
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
Signs = Mapping[bytes, str]


def of_pdf(one: bytes, other: bytes) -> Iterator[Difference]:
    """On each sheet the first line that differs; when all text is the same, objects by what is in them."""
    before, after = _Document(one), _Document(other)
    told = False
    for found in _of_text(before.sheets(), after.sheets()):
        told = True
        yield found
    if not told:
        yield from _of_objects(before, after)


def _of_text(before: Iterator[list[str]], after: Iterator[list[str]]) -> Iterator[Difference]:
    for number, (lines, others) in enumerate(zip_longest(before, after), start=1):
        if lines is None or others is None:
            yield Difference(f"sheet {number} is only in the {'first' if others is None else 'second'}")
            continue
        for line, same in zip_longest(lines, others, fillvalue=""):
            if line != same:
                yield Difference(f"sheet {number}", *around(line, same))
                break  # what comes after it may only have moved


def _of_objects(before: _Document, after: _Document) -> Iterator[Difference]:
    if len(before.objects) != len(after.objects):
        yield Difference(f"{len(before.objects):,} and {len(after.objects):,} objects")
    for number in sorted(before.objects.keys() & after.objects.keys()):
        if before.objects[number] != after.objects[number]:
            inside = [document.unpacked(number) or document.objects[number] for document in (before, after)]
            yield Difference(f"object {number}", *around(*(data.decode("latin-1") for data in inside)))


class _Document:
    """The objects of a PDF by number, and how many bytes of them may still be looked at."""

    def __init__(self, data: bytes) -> None:
        parts = ((begun, part) for part in _END.split(data) if (begun := _BEGIN.search(part)))
        self.objects = {int(begun[1]): part[begun.end() :] for begun, part in parts}
        self.left = min(LARGEST, LARGEST_PART + MOST_TIMES * len(data))

    def sheets(self) -> Iterator[list[str]]:
        """The lines of each page, in order, as far as its fonts say what they show."""
        listing = ((number, data) for number, data in self.objects.items() if b"/ToUnicode" in data)
        fonts = {number: self._signs(data) for number, data in islice(listing, FONTS)}
        listed = next((data for data in self.objects.values() if b"/Type/Pages" in data), b"")
        for number in dict.fromkeys(_NUMBER.findall(listed.partition(b"/Kids")[2].partition(b"]")[0])):
            page = _led(self._looked_at(int(number)))
            named = _led(self._looked_at(page.get(b"Resources", -1)))
            signs = {name: fonts[number] for name, number in named.items() if number in fonts}
            runs = _RUN.split(self.unpacked(page.get(b"Contents", -1)))[1:]
            yield [text for run in runs if (text := _text(run, signs)).strip()]

    def _looked_at(self, number: int) -> bytes:
        """An object; nothing when enough was looked at."""
        data = self.objects.get(number, b"") if self.left > 0 else b""
        self.left -= len(data)
        return data

    def unpacked(self, number: int) -> bytes:
        """An object, or the stream in it; nothing when enough was looked at."""
        data = self._looked_at(number)
        stream = data.partition(b"stream")[2].lstrip(b"\r\n")
        if not stream or self.left <= 0:
            return data
        try:
            found = zlib.decompressobj().decompress(stream, min(self.left, LARGEST_PART))
        except zlib.error:
            return data
        self.left -= len(found)
        return found

    def _signs(self, font: bytes) -> Signs:
        """What each glyph of a font stands for."""
        found = _SIGN.findall(self.unpacked(_led(font).get(b"ToUnicode", -1)))
        return {_hex(glyph): _hex(sign).decode("utf-16-be", "replace") for glyph, sign in found}


def _text(run: bytes, fonts: Mapping[bytes, Signs]) -> str:
    """What a run of glyphs says."""
    font: Signs = {}
    said = list[str]()
    for name, glyphs in _SHOWN.findall(run):
        if name:
            font = fonts.get(name, {})
        else:
            plain = _ESCAPE.sub(_escaped, glyphs)
            said += [font.get(plain[at : at + 2], "") for at in range(0, len(plain), 2)]
    return "".join(said)


def _escaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8) & 255]) if found[1] else _LETTERS.get(found[2], found[2])


def _led(data: bytes) -> dict[bytes, int]:
    """The numbers of objects that keys lead to."""
    return {key: int(number) for key, number in _LED.findall(data)}


def _hex(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode())
