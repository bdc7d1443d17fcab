"""The search for planted words finds them in everything that may leave, and nothing where there is nothing."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from PIL import Image, PngImagePlugin

from tests.canaries import in_bytes, in_folders

WORD = "Zanariaquill"


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", data)
    return stream.getvalue()


def workbook() -> bytes:
    stream, book = io.BytesIO(), openpyxl.Workbook()
    book.create_sheet("hidden").append([WORD])
    book.save(stream)
    return stream.getvalue()


def picture(*, packed: bool) -> bytes:
    stream, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Description", f"drawn for {WORD}", zip=packed)
    Image.new("RGB", (4, 4)).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def pdf() -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n"
        + zlib.compress(f"({WORD}) Tj".encode())
        + b"\nendstream\n"
    )


WRAPPED: dict[str, Callable[[], bytes]] = {
    "plain": f"a,{WORD},b".encode,
    "capitals": WORD.upper().encode,
    "UTF-16": lambda: WORD.encode("utf-16"),
    "UTF-16 of the other end": lambda: WORD.encode("utf-16-be"),
    "percent": lambda: "".join(f"%{ord(letter):02x}" for letter in WORD).encode(),
    "entities": lambda: "".join(f"&#{ord(letter)};" for letter in WORD).encode(),
    "entities in sixteens": lambda: "".join(f"&#x{ord(letter):x};" for letter in WORD).encode(),
    "escapes of JSON": lambda: "".join(f"\\u{ord(letter):04x}" for letter in WORD).encode(),
    "escapes of Python": lambda: "".join(f"\\x{ord(letter):02x}" for letter in WORD).encode(),
    "quoted-printable": lambda: "".join(f"={ord(letter):02X}" for letter in WORD).encode(),
    "hexadecimal": f"<data>{WORD.encode().hex()}</data>".encode,
    "base64": lambda: b"data:;base64," + base64.b64encode(f"the child is {WORD}".encode()),
    "base64 for addresses": lambda: base64.urlsafe_b64encode(f"??>>{WORD}".encode()).rstrip(b"="),
    "base64 in lines": lambda: base64.encodebytes(("x" * 90 + WORD).encode()),
    "markup between letters": f"<b>{WORD[:4]}</b><i>{WORD[4:]}</i>".encode,
    "a comment": f"<!-- {WORD} -->".encode,
    "a line break between letters": f"{WORD[:5]}-\n  {WORD[5:]}".encode,
    "an invisible sign between letters": f"{WORD[:5]}\u200b{WORD[5:]}".encode,
    "gzip": lambda: gzip.compress(WORD.encode()),
    "zlib": lambda: zlib.compress(WORD.encode()),
    "zip": lambda: zipped(WORD.encode()),
    "zip in a zip": lambda: zipped(zipped(WORD.encode())),
    "workbook": workbook,
    "text of a PNG": lambda: picture(packed=False),
    "packed text of a PNG": lambda: picture(packed=True),
    "PDF": pdf,
    "a picture in a notebook": lambda: json.dumps(
        {"image/png": base64.b64encode(picture(packed=True)).decode()}
    ).encode(),
    "an address in an entity": f"&quot;{quote(quote(WORD + ' é'))}&quot;".encode,
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_a_planted_word_is_found_in(wrap: Callable[[], bytes]) -> None:
    data = wrap()
    found = in_bytes(
        b"before \n" + data if not data.startswith((b"\x1f", b"PK", b"\x89", b"%PDF", b"\x78")) else data, [WORD]
    )
    assert {one.word for one in found} == {WORD.lower()}


def test_a_planted_word_in_the_name_of_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "outputs" / f"{WORD}_tables").mkdir(parents=True)
    (tmp_path / "outputs" / "leads_away").symlink_to(f"/data/{WORD}.csv")
    assert len(in_folders([tmp_path / "outputs"], [WORD])) == 2


def test_a_short_number_is_found_as_it_is_written_and_not_in_a_hash() -> None:
    assert in_bytes(b'{"case": "C-97531"}', ["C-97531"])
    assert in_bytes(base64.b64encode(b"the case is C-97531 of all"), ["C-97531"])
    assert in_bytes("C-97531".encode("utf-16"), ["C-97531"])
    assert in_bytes(b"sha256: 00c97531ff", ["C-97531"]) == []


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    for name, wrap in WRAPPED.items():
        (tmp_path / f"{name.replace(' ', '-')}.bin").write_bytes(wrap())
    assert in_folders([tmp_path], ["Anotherword", "C-99731"]) == []
    assert len(in_folders([tmp_path], [WORD])) >= len(WRAPPED)
