"""Look for planted words in every byte of a folder, however they are wrapped.

A canary is a word that stands nowhere but in the input of a test: if it comes out, a record came out. What is looked
into: the bytes as they are, as UTF-16, in capitals or small letters, percent-, HTML-, unicode- and quoted-printable-
escaped, with markup or line breaks between the letters, as hexadecimal, base64, zlib and gzip, in zip archives (xlsx,
docx), in the chunks of PNG, in the streams of PDF; and whatever these hold, several layers deep.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import io
import quopri
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

DEEP = 5
LARGEST = 64 * 1024 * 1024
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}(?:\r?\n|\\n))+[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9+/_-]{14,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
_ESCAPED = re.compile(rb"\\(?:u\{?([0-9A-Fa-f]{4,6})\}?|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8}))")
_TAG = re.compile(rb"<[^<>]*>")
_APART = b" \t\r\n\x0b\x0c-_|*\\\0"  # may stand between letters; NUL: UTF-16 and UTF-32
_UNSEEN = ("\xad", "\xa0", "\u200b", "\u200c", "\u200d", "\u2010", "\u2011", "\u2060", "\ufeff")
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x89PNG", b"%PDF")
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t"


@dataclass(frozen=True)
class Found:
    """A planted word and where it stands: the file, then each layer it is wrapped in."""

    word: str
    place: str

    def __str__(self) -> str:
        return f"{self.word} in {self.place}"


def in_folders(folders: Iterable[Path], words: Iterable[str]) -> list[Found]:
    """Every planted word in a file below `folders`, or in the name of one. The same bytes are read once."""
    wanted, seen = sorted(set(words)), set()
    pattern, found = _pattern(wanted), []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder.parent).as_posix()
            found += [Found(word, f"{name} (its name)") for word in _those_in(name.encode(), pattern)]
            if path.is_symlink():
                leads = str(path.readlink()).encode()
                found += [Found(word, f"{name} (where it leads)") for word in _those_in(leads, pattern)]
            elif path.is_file():
                data = path.read_bytes()
                digest = hashlib.sha256(data).digest()
                if digest not in seen:
                    seen.add(digest)
                    found += in_bytes(data, wanted, name)
    return found


def in_bytes(data: bytes, words: Iterable[str], place: str = "bytes") -> list[Found]:
    """Every planted word in `data`, at most once a layer."""
    pattern = _pattern(sorted(set(words)))
    return [Found(word, where) for where, layer in _layers(data, place, DEEP) for word in _those_in(layer, pattern)]


SHORT = 8  # letters; a shorter word, joined, would stand in many a hash by chance: it is looked for as it is written


def _pattern(words: list[str]) -> re.Pattern[bytes]:
    """Each word as its letters are, without what may stand between them, in small letters; a short one as it is."""
    joined = {word: _joined(word.encode()) for word in words}
    wanted = {letters if len(letters) >= SHORT else word.lower().encode() for word, letters in joined.items()}
    return re.compile(b"|".join(sorted(map(re.escape, wanted))) or rb"(?!)")


def _joined(text: bytes) -> bytes:
    plain = text.lower().translate(None, _APART)
    if not plain.isascii():
        for sign in _UNSEEN:
            plain = plain.replace(sign.encode(), b"")
    return plain


def _those_in(layer: bytes, pattern: re.Pattern[bytes]) -> list[str]:
    """Words in a layer as it is, and with markup taken out."""
    texts = [layer, _TAG.sub(b"", layer)] if b"<" in layer else [layer]
    if b"\0" in layer:
        texts.append(layer.replace(b"\0", b""))
    written = (part for text in texts for part in (text.lower(), _joined(text)))
    return sorted({found.decode() for text in written for found in pattern.findall(text)})


def _layers(data: bytes, place: str, deep: int) -> Iterator[tuple[str, bytes]]:
    """The data, and everything in it that is wrapped."""
    yield place, data
    if deep == 0 or not data:
        return
    if data.startswith((*_PACKED, b"\x78")):
        inside = list(_containers(data))
    else:
        inside = [*_containers(data), *_written_as_letters(data)]
        for number in range(1, 4):  # an escape in an escape in an escape
            plain = _unescaped(data)
            if plain == data:
                break
            yield f"{place} > without escapes ({number})", plain
            data = plain
            inside += _written_as_letters(data)
    for name, inner in inside:
        yield from _layers(inner[:LARGEST], f"{place} > {name}", deep - 1)


def _written_as_letters(data: bytes) -> Iterator[tuple[str, bytes]]:
    for found in _BASE64.finditer(data):
        if (inner := _of_base64(found[0])) and _worth(inner):
            yield "base64", inner
    for found in _HEX.finditer(data):
        if _worth(inner := bytes.fromhex(found[0].decode())):
            yield "hexadecimal", inner


def _unescaped(data: bytes) -> bytes:
    """Percent, HTML, unicode and quoted-printable escapes read."""
    if re.search(rb"%[0-9A-Fa-f]{2}", data):
        data = unquote_to_bytes(data)
    if re.search(rb"&(?:#|[A-Za-z]+;)", data):
        data = html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if re.search(rb"(?:=[0-9A-F]{2}){3}", data):
        data = quopri.decodestring(data)
    return _ESCAPED.sub(_letter, data)


def _letter(escape: re.Match[bytes]) -> bytes:
    return chr(int(next(filter(None, escape.groups())), 16) % 0x110000).encode("utf-8", "replace")


def _containers(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"PK") or b"PK\x05\x06" in data[-70000:]:
        yield from _zipped(data)
    if data[:2] == b"\x1f\x8b":
        yield "gzip", _gunzipped(data)
    if data[:1] == b"\x78" and (inner := _inflated(data)):
        yield "zlib", inner
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        yield from _chunks(data)
    for number, found in enumerate(_STREAM.finditer(data) if b"%PDF" in data[:1024] else (), 1):
        yield f"stream {number}", _inflated(found[1]) or found[1]


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield "comment of the archive", archive.comment
            for entry in archive.infolist():
                yield f"name {entry.filename}", entry.filename.encode() + entry.comment + entry.extra
                yield entry.filename, archive.read(entry)
    except zipfile.BadZipFile:
        return


def _chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Text chunks of a PNG, inflated where they are packed; the picture itself holds no letters."""
    at = 8
    while at + 12 <= len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        content = data[at + 8 : at + 8 + length]
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            start = content.find(b"\x78")
            while start >= 0:
                if inner := _inflated(content[start:]):
                    yield kind.decode(), inner
                    break
                start = content.find(b"\x78", start + 1)
        at += 12 + length


def _worth(inner: bytes) -> bool:
    """Packed, or mostly text: a run of letters that happens to be base64 gives neither."""
    if inner.startswith((*_PACKED, b"\x78")):
        return True
    return len(inner.translate(None, _PRINTABLE)) < 0.2 * len(inner)


def _of_base64(text: bytes) -> bytes:
    clean = re.sub(rb"[\r\n]|\\n", b"", text).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(clean[: len(clean) - (len(clean) % 4 == 1)] + b"==="[: -len(clean) % 4])
    except binascii.Error:
        return b""


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        return b""


def _gunzipped(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""
