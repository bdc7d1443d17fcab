"""Zip archives from strangers, opened within bounds; what reading a damaged one raises."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# ValueError: names that are no text, places before the beginning; OverflowError: places beyond all files;
# RuntimeError: a password, an unknown way of packing.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError, OverflowError)
LARGEST_LIST = 16 << 20  # bytes of an archive's list of entries, which is read whole
# Others unpack a block at once, however little of it is asked for: 500 bytes of bzip2 take a gigabyte of memory.
_BIT_BY_BIT = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Source(io.BufferedReader):
    """A file of which no endless list of entries is read: an archive says itself how long that is."""

    listing = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.listing and size is not None and size > LARGEST_LIST:
            raise zipfile.BadZipFile("a list of entries without end")
        return super().read(size)


@contextmanager
def opened(found: Path | bytes) -> Iterator[zipfile.ZipFile]:
    """An archive whose list of entries is bounded, and whose parts unpack bit by bit: none gives more than it says.

    What is unpacked in all is for the reader to bound. Raises one of `DAMAGED`.
    """
    if isinstance(found, Path) and not found.is_file():  # a pipe would be waited for
        raise zipfile.BadZipFile("no file")
    raw = io.BytesIO(found) if isinstance(found, bytes) else io.FileIO(found)
    with _Source(raw) as source, zipfile.ZipFile(source) as archive:  # type: ignore[arg-type]  # bytes do as well
        source.listing = False
        if any(entry.compress_type not in _BIT_BY_BIT for entry in archive.infolist()):
            raise zipfile.BadZipFile("packed in a way that may unpack without end")
        yield archive
