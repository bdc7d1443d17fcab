"""XML from a stranger, element by element: never a tree, no entities, nothing without bound.

A workbook's sheet of a few kilobytes can unpack to hundreds of millions of elements, to one endless attribute, or to
elements nested in each other without end. Each of these stops the reading here, before it takes memory.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from xml.parsers import expat

CHUNK = 1 << 16  # bytes
DEEPEST = 64  # elements inside each other
MOST_NAMES = 1_000  # of elements
MOST_ELEMENTS = 12_000_000  # as many as two million cells with their texts have
LONGEST_TOKEN = 1 << 18  # bytes without any element or text: one enormous attribute or comment

Attributes = Mapping[str, str]


class UnsafeXmlError(ValueError):
    """The XML isn't what a spreadsheet program writes."""


class Reader:
    """Override `start`, `end` and `text`; names come without their namespace. Set `done` to stop early."""

    done = False

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def read_part(archive: zipfile.ZipFile, part: str, reader: Reader) -> None:
    """Send a part of an archive through a reader. Raises `UnsafeXmlError`, also for what is no XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = _watched(reader)
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _forbidden  # entities, external or endless, need a document type
    parser.EntityDeclHandler = _forbidden
    sent = 0
    try:
        with archive.open(part) as stream:
            while not reader.done and (block := stream.read(CHUNK)):
                parser.Parse(block, False)
                sent += len(block)
                if sent - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise UnsafeXmlError("an endless token")
            if not reader.done:
                parser.Parse(b"", True)
    except (expat.ExpatError, zlib.error) as error:  # the second: packed bytes that were damaged
        raise UnsafeXmlError("no XML") from error


def _forbidden(*_: object) -> None:
    raise UnsafeXmlError("a document type")


def _watched(reader: Reader) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
    """The reader's handlers with the namespaces off the names and the depth counted; closures, since each is called
    for every cell."""
    names: dict[str, str] = {}
    depth, left, reader_start, reader_end = 0, MOST_ELEMENTS, reader.start, reader.end

    def local(name: str) -> str:
        if len(names) > MOST_NAMES:
            raise UnsafeXmlError("names without end")
        return names.setdefault(name, name.rpartition(" ")[2])

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth, left
        depth += 1
        left -= 1
        if depth > DEEPEST or not left:
            raise UnsafeXmlError("elements without end")
        reader_start(names.get(name) or local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        reader_end(names[name])

    return start, end
