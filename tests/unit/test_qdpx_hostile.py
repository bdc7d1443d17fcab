"""A `.qdpx` is an archive from a stranger: refused with a reason, in little memory, and nothing of it unpacked."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.errors import InputRefused
from compendium.importers.qdpx import read_qdpx
from tests.unit.qda_projects import NAMESPACE, archive, code, coding, guid, project, source, text_selection

GOOD = project(code(11, "Waiting"), source(100, text_selection(0, 9, coding(11, 1))))
Write = Callable[[zipfile.ZipFile], None]


def _traversal(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", GOOD)
    made.writestr("../../etc/evil.txt", b"x")


def _drive(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", GOOD)
    made.writestr("C:\\evil.txt", b"x")


def _link(made: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("project.qde")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    made.writestr(entry, "/etc/passwd")


def _twice(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", GOOD)
    made.writestr("Project.QDE", GOOD)


def _none(made: zipfile.ZipFile) -> None:
    made.writestr("Sources/a.txt", b"x")


def _bomb(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", GOOD.replace("</Project>", " " * (8 << 20) + "</Project>"))


def _entities(made: zipfile.ZipFile) -> None:
    doctype = '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    made.writestr("project.qde", f'{doctype}<Project xmlns="{NAMESPACE}">&a;</Project>')


def _deep(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", "<Project>" + "<Code>" * 5000 + "</Code>" * 5000 + "</Project>")


def _broken(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", GOOD[:-20])


def _other(made: zipfile.ZipFile) -> None:
    made.writestr("project.qde", "<html><body/></html>")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_traversal, "points outside"),
        (_drive, "points outside"),
        (_link, "symbolic link"),
        (_twice, "2 project parts"),
        (_none, "no project part"),
        (_bomb, "unpacks to far more"),
        (_entities, "declares a document type"),
        (_deep, "not the XML"),
        (_broken, "not the XML"),
        (_other, "does not begin with the element Project"),
    ],
)
def test_an_archive_that_harms_or_is_none_is_refused(tmp_path: Path, write: Write, said: str) -> None:
    path = tmp_path / "project.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        write(made)
    with pytest.raises(InputRefused, match=said):
        read_qdpx(path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"x" * 5000, b"PK\x05\x06" + b"\xff" * 18, b"%PDF-1.7"):
        (tmp_path / "a.qdpx").write_bytes(data)
        with pytest.raises(InputRefused):
            read_qdpx(tmp_path / "a.qdpx")
    with pytest.raises(InputRefused, match="no such file"):
        read_qdpx(tmp_path / "absent.qdpx")


def test_an_encrypted_project_part_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, GOOD)
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark) + at
        data[place] |= 1
    path.write_bytes(data)
    with pytest.raises(InputRefused, match="password"):
        read_qdpx(path)


def test_a_list_of_millions_of_entries_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "many.qdpx"
    path.write_bytes(b"PK\x05\x06" + struct.pack("<4HLLH", 0, 0, 65_535, 65_535, 1 << 30, 0, 0))
    with pytest.raises(InputRefused, match=r"not a \.qdpx archive that can be read"):
        read_qdpx(path)


def test_enormous_sources_and_nested_archives_stay_closed(tmp_path: Path) -> None:
    """A part of 400 MB of zeros, a bomb inside the archive, a broken part: none of them is opened."""
    path = tmp_path / "large.qdpx"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nested:
        nested.writestr("a", b"\0" * (1 << 20))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        with made.open("Sources/film.mp4", "w", force_zip64=True) as film:
            for _ in range(100):
                film.write(b"\0" * (1 << 22))
        made.writestr("Sources/inner.qdpx", inner.getvalue())
        made.writestr("project.qde", GOOD)
    tracemalloc.start()
    found = read_qdpx(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.codings == 1
    assert most < 32 << 20
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["large.qdpx"]


def test_two_codes_with_one_guid_and_a_project_without_codings_are_refused(tmp_path: Path) -> None:
    same = project(code(11, "Waiting") + code(11, "Other"), source(100, text_selection(0, 9, coding(11, 1))))
    with pytest.raises(InputRefused, match="GUID"):
        read_qdpx(archive(tmp_path, same))
    with pytest.raises(InputRefused, match="No passage"):
        read_qdpx(archive(tmp_path, project(code(11, "Waiting"), source(100))))


def test_more_coders_than_letters_are_refused(tmp_path: Path) -> None:
    many = [text_selection(0, 9, coding(11, user)) for user in range(1, 11)]
    xml = project(code(11, "Waiting"), source(100, *many), users=tuple(range(1, 11)))
    with pytest.raises(InputRefused, match="10 people coded"):
        read_qdpx(archive(tmp_path, xml))


def test_a_number_without_end_is_no_position(tmp_path: Path) -> None:
    xml = GOOD.replace('startPosition="0"', f'startPosition="{"9" * 5000}"').replace(guid(1), guid(1).upper())
    assert read_qdpx(archive(tmp_path, xml)).codings == 1
