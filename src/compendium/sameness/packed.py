"""Archives by entry, workbooks by cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator

from compendium import unzipped
from compendium.sameness.difference import Difference, around

LARGEST = 64 << 20  # bytes of one entry that is looked into
_PLACE = re.compile(rb'([A-Z]{1,3}[0-9]{1,7})"')
Inside = Callable[[str, bytes, bytes], Iterator[Difference]]


def of_archives(one: bytes, other: bytes, inside: Inside) -> Iterator[Difference]:
    """Entries that differ, each by its own kind; then what the archive says of entries: order, times, rights."""
    try:
        with unzipped.opened(one) as first, unzipped.opened(other) as second:
            yield from _entries(first, second, inside)
    except (*unzipped.DAMAGED, RecursionError):  # the second: archives that hold each other without end
        return


def _entries(first: zipfile.ZipFile, second: zipfile.ZipFile, inside: Inside) -> Iterator[Difference]:
    before, after = ({entry.filename: entry for entry in archive.infolist()} for archive in (first, second))
    for name in sorted(before.keys() ^ after.keys()):
        yield Difference(f"entry {name} is only in the {'first' if name in before else 'second'}")
    for name in sorted(before.keys() & after.keys()):
        one, other = before[name], after[name]
        if one.CRC == other.CRC and one.file_size == other.file_size:
            yield from _about(name, one, other)
        elif max(one.file_size, other.file_size) > LARGEST:
            yield Difference(f"entry {name}")
        else:
            found = _cells if re.fullmatch(r"xl/worksheets/.*\.xml", name) else inside
            for each in found(name, first.read(one), second.read(other)):
                yield Difference(f"entry {name}, {each.place}", each.one, each.other)
    if list(before) != list(after) and before.keys() == after.keys():
        yield Difference("the order of its entries")


def _about(name: str, one: zipfile.ZipInfo, other: zipfile.ZipInfo) -> Iterator[Difference]:
    for what, words in (("date_time", "time"), ("external_attr", "rights"), ("compress_type", "packing")):
        if getattr(one, what) != getattr(other, what):
            yield Difference(f"entry {name}, its {words}", str(getattr(one, what)), str(getattr(other, what)))


def _by_place(sheet: bytes) -> Iterator[tuple[str, bytes]]:
    for piece in sheet.split(b'<c r="')[1:]:
        if found := _PLACE.match(piece):
            begins, _, rest = piece.partition(b">")
            yield found[1].decode(), begins + b">" + (b"" if begins.endswith(b"/") else rest.partition(b"</c>")[0])


def _cells(name: str, one: bytes, other: bytes) -> Iterator[Difference]:
    """Cells of a sheet by their place, such as C14."""
    before, after = (dict(_by_place(data)) for data in (one, other))
    cells = [place for place in dict.fromkeys([*before, *after]) if before.get(place) != after.get(place)]
    for place in cells:
        texts = (
            re.sub(rb"<[^<>]*>", b"", found.get(place, b"").partition(b">")[2]).decode("utf-8", "replace")
            for found in (before, after)
        )
        yield Difference(f"cell {place}", *texts)
    if not cells:
        yield Difference("its columns, widths or rules", *around(one.decode("utf-8"), other.decode("utf-8")))
