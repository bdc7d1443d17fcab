"""What a stranger hands over is taken as bytes of files, or refused before it takes memory, time or room on a disk."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium import handed_over, jsonfile, unzipped
from compendium.errors import CompendiumError
from tests.shared import ROOT


def a_zip(*names: str, packing: int = zipfile.ZIP_DEFLATED, data: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), data, packing)
    return stream.getvalue()


def in_directory(data: bytes, at: int, value: bytes) -> bytes:
    """The list of entries of an archive with other bytes at a place of each entry."""
    changed, found = bytearray(data), data.find(b"PK\x01\x02")
    while found >= 0:
        changed[found + at : found + at + len(value)] = value
        found = data.find(b"PK\x01\x02", found + 4)
    return bytes(changed)


def bomb(packing: int, megabytes: int) -> bytes:
    """A few hundred bytes that say they hold a thousand, and unpack to megabytes at once."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive, archive.open("datapackage.json", "w") as part:
        for _ in range(megabytes):
            part.write(b" " * (1 << 20))
    return in_directory(stream.getvalue(), 24, struct.pack("<L", 1_000))


def a_long_list() -> bytes:
    """The end says one entry; the record of 64 bits before it, which counts, says two gigabytes of them."""
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 31, 0)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    return record + place + b"PK\x05\x06" + struct.pack("<4HLLH", 0, 0, 1, 1, 46, 0, 0)


def beyond_all_files() -> bytes:
    """An entry that says it begins at the last of 2^64 bytes."""
    data = bytearray(a_zip("a.txt"))
    at = data.find(b"PK\x01\x02")
    more = struct.pack("<HHQ", 1, 8, (1 << 64) - 1)
    data[at + 30 : at + 32] = struct.pack("<H", len(more))
    data[at + 42 : at + 46] = b"\xff" * 4
    data[at + 51 : at + 51] = more
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<L", end - at)
    return bytes(data)


REFUSED: dict[str, tuple[bytes, str]] = {
    "packed as bzip2": (bomb(zipfile.ZIP_BZIP2, 4), "no zip that can be read"),
    "packed as lzma": (bomb(zipfile.ZIP_LZMA, 4), "no zip that can be read"),
    "a list of gigabytes": (a_long_list(), "no zip that can be read"),
    "a place beyond all files": (beyond_all_files(), "no zip that can be read"),
    "a wrong checksum": (in_directory(a_zip("a.txt"), 16, b"\1\2\3\4"), "no zip that can be read"),
    "another name inside": (a_zip("a.txt").replace(b"a.txt", b"b.txt", 1), "no zip that can be read"),
    "a device": (in_directory(a_zip("a.txt"), 38, struct.pack("<L", 0o020666 << 16)), "a link or a device"),
    "a link": (in_directory(a_zip("a.txt"), 38, struct.pack("<L", 0o120777 << 16)), "a link or a device"),
    "a NUL in a name": (a_zip("a.txt").replace(b"a.txt", b"a\0txt"), "a name that no file has"),
    "a name that turns letters round": (a_zip("a\u202etxt.csv"), "a name that no file has"),
    "a line end in a name": (a_zip("a\nb"), "a name that no file has"),
    "a name with a dot before it": (a_zip("./a"), "a name that no file has"),
    "a name with two strokes": (a_zip("a//b"), "a name that no file has"),
    "names alike but for capitals": (a_zip("a/B.csv", "A/b.csv"), "two files of one name"),
    "names alike but for how an accent is written": (a_zip("caf\u00e9", "cafe\u0301"), "two files of one name"),
    "names alike but for a sharp s": (a_zip("stra\u00dfe", "STRASSE"), "two files of one name"),
    "a home": (a_zip("~/x"), "outside its folder"),
    "the folder itself": (a_zip("."), "a name that no file has"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_archive_that_nobody_would_hand_over_is_refused_in_words(what: str, tmp_path: Path) -> None:
    data, said = REFUSED[what]
    (tmp_path / "r.zip").write_bytes(data)
    with pytest.raises(CompendiumError, match=rf"^r\.zip .*{said}"):
        handed_over.files(tmp_path / "r.zip")


def test_a_few_hundred_bytes_never_take_a_gigabyte(tmp_path: Path) -> None:
    """Unpacked whole it would be 400 MB, which are more than may be taken here."""
    path = tmp_path / "r.zip"
    path.write_bytes(bomb(zipfile.ZIP_BZIP2, 400))
    assert path.stat().st_size < 1_000
    script = (
        "import resource, sys; from pathlib import Path\nfrom compendium import handed_over\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"
        "try: handed_over.files(Path(sys.argv[1]))\nexcept Exception as refused: print(repr(refused))"
    )
    ran = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "no zip that can be read" in ran.stdout


def linked(folder: Path) -> None:
    (folder / "more").symlink_to("/etc")


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (linked, "a link or a device"),
    "a pipe": (lambda folder: os.mkfifo(folder / "pipe"), "a link or a device"),
    "bytes that are no text in a name": (
        lambda folder: Path(os.fsdecode(bytes(folder) + b"/\xff.csv")).write_text("x"), "a name that no file has",
    ),
    "names alike but for capitals": (lambda folder: (folder / "A.CSV").write_text("x"), "two files of one name"),
}  # fmt: skip


@pytest.mark.parametrize("what", FOLDERS)
def test_a_folder_that_nobody_would_hand_over_is_refused_in_words(what: str, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.csv").write_text("a")
    harm, said = FOLDERS[what]
    harm(tmp_path / "r")
    with pytest.raises(CompendiumError, match=f"^r .*{said}"):
        handed_over.files(tmp_path / "r")


def test_too_much_is_refused_before_any_of_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_over, "MOST_FILES", 2)
    monkeypatch.setattr(handed_over, "LARGEST", 1_000)
    (tmp_path / "r").mkdir()
    with (tmp_path / "r" / "a.csv").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(CompendiumError, match="more than any release"):
        handed_over.files(tmp_path / "r")
    (tmp_path / "r.zip").write_bytes(a_zip("a", "b", "c"))
    with pytest.raises(CompendiumError, match="more than any release"):
        handed_over.files(tmp_path / "r.zip")
    (tmp_path / "r.zip").write_bytes(a_zip("a", packing=zipfile.ZIP_STORED, data=b"x" * 1_001))
    with pytest.raises(CompendiumError, match="larger than"):
        handed_over.files(tmp_path / "r.zip")


def test_a_zip_and_its_folder_are_the_same_files(tmp_path: Path) -> None:
    data = a_zip("leeds/", "leeds/tables/", "leeds/tables/b.csv", "leeds/a é.csv")
    (tmp_path / "r.zip").write_bytes(data)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path / "r")
    assert handed_over.files(tmp_path / "r.zip") == handed_over.files(tmp_path / "r")
    assert list(handed_over.files(tmp_path / "r")) == ["leeds/a é.csv", "leeds/tables/b.csv"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "r.zip")
    with pytest.raises(CompendiumError, match="no such file"):
        handed_over.files(tmp_path / "r.zip")
    with pytest.raises(zipfile.BadZipFile), unzipped.opened(tmp_path / "r.zip"):
        pass


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b'{"a": 1, "a": 2}', b"NaN", b"-Infinity", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5_000,
     b" " * (jsonfile.LARGEST + 1)],
    ids=["nothing", "no text", "a key twice", "NaN", "infinity", "lists", "objects", "5,000 digits", "too long"],
)  # fmt: skip
def test_json_that_no_program_of_ours_writes_is_a_mistake_in_a_value_and_no_fault(data: bytes) -> None:
    with pytest.raises(ValueError):
        jsonfile.of_stranger(data)
