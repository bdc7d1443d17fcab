"""XML from a stranger, element by element: never a tree, no entities, nothing without bound.

A workbook's sheet of a few kilobytes can unpack to hundreds of millions of elements, to one endless attribute, or to
elements nested in each other without end. Each of these stops the reading here, before it takes memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from xml.parsers import expat

CHUNK = 1 << 16  # bytes
DEEPEST = 64  # elements inside each other
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
    watch = _Watch(reader)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = watch.start
    parser.EndElementHandler = watch.end
    parser.CharacterDataHandler = watch.text
    parser.StartDoctypeDeclHandler = _forbidden  # entities, external or endless, need a document type
    parser.EntityDeclHandler = _forbidden
    silent = 0
    try:
        with archive.open(part) as stream:
            while not reader.done and (block := stream.read(CHUNK)):
                before = watch.events
                parser.Parse(block, False)
                silent = 0 if watch.events > before else silent + len(block)
                if silent > LONGEST_TOKEN:
                    raise UnsafeXmlError("an endless token")
            if not reader.done:
                parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnsafeXmlError("no XML") from error


def _forbidden(*_: object) -> None:
    raise UnsafeXmlError("a document type")


class _Watch:
    """Counts events and depth, and takes the namespace off."""

    def __init__(self, reader: Reader) -> None:
        self.events = 0
        self.depth = 0
        self.names: dict[str, str] = {}
        self._start: Callable[[str, Attributes], None] = reader.start
        self._end: Callable[[str], None] = reader.end
        self._text: Callable[[str], None] = reader.text

    def start(self, name: str, attributes: Attributes) -> None:
        self.events += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnsafeXmlError("elements without end")
        self._start(self._local(name), attributes)

    def end(self, name: str) -> None:
        self.events += 1
        self.depth -= 1
        self._end(self._local(name))

    def text(self, text: str) -> None:
        self.events += 1
        self._text(text)

    def _local(self, name: str) -> str:
        if name not in self.names:
            if len(self.names) > 1000:
                raise UnsafeXmlError("names without end")
            self.names[name] = name.rpartition(" ")[2]
        return self.names[name]
