"""The parts of an Excel workbook: measured before they are opened, then only those that hold cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field

from compendium.dictionary.xmlstream import Attributes, Reader, UnsafeXmlError, read_part

LARGEST_UNPACKED = 512 << 20  # bytes, all parts together
LARGEST_STRINGS = 64 << 20
MOST_TEXTS = 2_000_000
LARGEST_OTHER = 8 << 20  # of a part that holds neither rows nor texts, when it is read
MOST_PARTS = 2000
STEEPEST = 200  # unpacked bytes a packed one, for parts above a megabyte
LONGEST_CELL = 32_768  # characters of a text that are kept: one more than a cell may have
_LIVE = re.compile(r"xl/(externalLinks/|vbaProject|macrosheets/|embeddings/|activeX/|connections)", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

BOMB = ("The workbook unpacks to far more than it is.", "Save it as CSV UTF-8.")
LIVE = ("The workbook holds macros, links or embedded objects.", "Save its values as CSV UTF-8.")
UNREADABLE = ("The workbook can't be read.", "Open it, save it as .xlsx or CSV UTF-8.")
LOCKED = ("The workbook is locked with a password, or an old .xls by another name.", "Save it as .xlsx without one.")


@dataclass(frozen=True)
class SheetPart:
    """A sheet's name, whether people see it, and the part that holds its rows."""

    name: str
    visible: bool
    part: str


@dataclass(frozen=True)
class Package:
    """What a workbook says of itself."""

    sheets: tuple[SheetPart, ...] = ()
    strings: str = ""
    styles: str = ""
    from_1904: bool = False  # days are counted from 1904, as old Macs did


def refusal(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """What is wrong with the archive as a whole, and what to do about it."""
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    steep = any(part.file_size > 1 << 20 and part.file_size > STEEPEST * part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED or steep:
        return BOMB
    if len({part.filename for part in parts}) < len(parts) or any(part.flag_bits & 1 for part in parts):
        return UNREADABLE
    return LIVE if any(_LIVE.search(part.filename) for part in parts) else None


def package(archive: zipfile.ZipFile) -> Package:
    """Read which sheets there are, in their order. Raises `UnsafeXmlError`."""
    links = _Links()
    read_small(archive, "xl/_rels/workbook.xml.rels", links)
    book = _Book()
    read_small(archive, "xl/workbook.xml", book)
    names = set(archive.namelist())
    targets = {id: (kind, posixpath.normpath(posixpath.join("xl", to))) for id, (kind, to) in links.found.items()}
    absolute = {id: (kind, to.lstrip("/")) for id, (kind, to) in links.found.items() if to.startswith("/")}
    targets |= absolute
    sheets = tuple(
        SheetPart(name, visible, targets[id][1])
        for name, visible, id in book.sheets
        if id in targets and targets[id][0] == "worksheet" and targets[id][1] in names
    )
    of_kind = {kind: to for kind, to in targets.values() if to in names}
    return Package(sheets, of_kind.get("sharedStrings", ""), of_kind.get("styles", ""), book.from_1904)


def read_small(archive: zipfile.ZipFile, part: str, reader: Reader, largest: int = LARGEST_OTHER) -> None:
    """Read a part that must be small. Raises `UnsafeXmlError` when it isn't there or isn't small."""
    try:
        size = archive.getinfo(part).file_size
    except KeyError as error:
        raise UnsafeXmlError(f"no {part}") from error
    if size > largest:
        raise UnsafeXmlError(f"{part} is too large")
    read_part(archive, part, reader)


def shared_texts(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The texts that cells refer to by number."""
    reader = Texts()
    if part:
        read_small(archive, part, reader, LARGEST_STRINGS)
    return reader.found


def date_styles(archive: zipfile.ZipFile, part: str) -> frozenset[int]:
    """Which styles show a number as a date or time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    reader = _Styles()
    if part:
        read_small(archive, part, reader)
    formats = {**BUILTIN_FORMATS, **reader.formats}
    return frozenset(
        index for index, format in enumerate(reader.used) if format in formats and is_date_format(formats[format])
    )


def unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML can't hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _Links(Reader):
    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


class _Book(Reader):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, bool, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        if name == "sheet":
            id = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible") == "visible", id))


class _Styles(Reader):
    """Number formats by id, and the id that each style of a cell uses."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = {}
        self.used: list[int] = []
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "cellXfs":
            self.inside = True
        elif name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            self.formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and self.inside:
            id = attributes.get("numFmtId", "0")
            self.used.append(int(id) if id.isdecimal() else 0)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.inside = False


@dataclass
class Texts(Reader):
    """The texts of `<si>` elements: runs joined, reading aids for Japanese left out."""

    found: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _taking: bool = False
    _aid: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._pieces, self._length = [], 0
        elif name == "rPh":
            self._aid = True
        elif name == "t":
            self._taking = not self._aid

    def end(self, name: str) -> None:
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._aid = False
        elif name == "si":
            if len(self.found) == MOST_TEXTS:
                raise UnsafeXmlError("texts without end")
            self.found.append(unescaped("".join(self._pieces)))

    def text(self, text: str) -> None:
        if self._taking and self._length < LONGEST_CELL:
            self._pieces.append(text[: LONGEST_CELL - self._length])
            self._length += len(text)
