"""Published files that are something else: another format, a web page, another encoding, cut short, a bomb."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from compendium import importers
from compendium.importers import FORMATS
from compendium.importers.carry_over import FILES
from tests.shared import SHARED, needs_shared
from tests.unit.test_importers import COUNTS, JANUARY, said, written

DATA = SHARED / "data"
PUBLISHED = {
    **{format_: DATA / file for format_, file in FILES.values()},
    "police-uk-street": DATA / "crime/police_uk_2020-01_lancashire_street_extract.csv",
    "home-office-recorded-crime": DATA / "crime/homeoffice_prc-pfa_2024-25_btp_and_fraud_bodies.csv",
    "ons-pfa-workbook": DATA / "crime/pfatablesdec19.xlsx",
}
OFFICIAL = sorted({*PUBLISHED, "police-uk-outcomes"})
PAGE = b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>E23000003</td></tr></table></html>"


@needs_shared
@pytest.mark.parametrize("format_", sorted(PUBLISHED))
def test_a_file_read_as_another_format_names_its_own(format_: str) -> None:
    others = [name for name in OFFICIAL if name != format_][::5]
    for other in others:
        found = importers.read(other, PUBLISHED[format_])
        assert found.errors
        assert f"looks like a file of the format {format_}" in found.problems[0].message
        assert found.table.empty


@needs_shared
@pytest.mark.parametrize("format_", sorted(PUBLISHED))
def test_a_published_file_is_recognised_as_itself_alone(format_: str) -> None:
    assert importers.recognised(PUBLISHED[format_]) == [format_]


def test_every_format_of_an_official_table_is_tried_here() -> None:
    assert {name for name, entry in FORMATS.items() if entry.table.startswith("area_")} <= set(OFFICIAL)


def test_a_number_of_hundreds_of_digits_is_no_whole_number(tmp_path: Path) -> None:
    found = importers.read("police-uk-lsoa-counts", written(tmp_path, COUNTS + JANUARY.format(n="9" * 400)))
    assert found.errors
    assert "is not a whole number" in said(found)


@pytest.mark.parametrize("format_", OFFICIAL)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PAGE, "web page"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><title>Just a moment</title>", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "older kind"),
        ("Month,n\n2020-01,1\n".encode("utf-16"), "UTF-16"),
        ("Stra\u00dfe,1\n".encode("latin-1"), "not in UTF-8"),
    ],
)
def test_what_a_file_really_is_is_said_for_every_format(
    tmp_path: Path, format_: str, content: bytes, message: str
) -> None:
    found = importers.read(format_, written(tmp_path, content, "table.xls"))
    assert found.errors
    assert message in said(found)
    assert found.table.empty


@needs_shared
@pytest.mark.parametrize("format_", sorted(PUBLISHED))
def test_a_file_cut_in_the_middle_is_refused_or_whole_rows_of_it_are_read(tmp_path: Path, format_: str) -> None:
    """A cut inside a row is refused; whole rows that are missing at the end can't be seen in most files."""
    data = PUBLISHED[format_].read_bytes()
    half = data[: len(data) // 2]
    cut = half[: half.rfind(b",")] if b"," in half[-400:] else half  # inside a row
    found = importers.read(format_, written(tmp_path, cut, PUBLISHED[format_].name))
    assert found.errors
    assert found.table.empty


@needs_shared
@pytest.mark.parametrize("format_", sorted(set(PUBLISHED) - {"ons-pfa-workbook"}))
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, format_: str) -> None:
    data = PUBLISHED[format_].read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    path = written(tmp_path, b"\xef\xbb\xbf" + data, PUBLISHED[format_].name)
    ours, theirs = importers.read(format_, path), importers.read(format_, PUBLISHED[format_])
    assert ours.accepted().equals(theirs.accepted())
    assert len(ours.problems) == len(theirs.problems)


def test_a_column_nobody_knows_is_remarked_upon_and_the_file_is_read(tmp_path: Path) -> None:
    header = COUNTS.replace(",n\n", ",n,Postcode\n")
    found = importers.read("police-uk-lsoa-counts", written(tmp_path, header + JANUARY.format(n="3,FY1")))
    assert len(found.accepted()) == 1
    assert [(p.row, p.column, p.level) for p in found.problems] == [(1, "Postcode", "warning")]
    assert "FY1" not in said(found)


def test_a_header_further_down_is_found_and_problems_carry_the_rows_of_the_file(tmp_path: Path) -> None:
    rows = "Incidents by month\n\nSource: police.uk\n" + COUNTS + JANUARY.format(n=3)
    rows += JANUARY.format(n="x").replace("2662", "2663")
    found = importers.read("police-uk-lsoa-counts", written(tmp_path, rows))
    assert [(p.row, p.column) for p in found.errors] == [(6, "n")]


def test_a_workbook_without_the_sheet_names_those_it_has(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Table 1"
    book.save(tmp_path / "a.xlsx")
    told = said(importers.read("ons-csp-crime", tmp_path / "a.xlsx"))
    assert "no sheet of this format" in told
    assert "Table 1" in told


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused_before_it_does(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(260):
            part.write(bytes(1024**2))
    path = written(tmp_path, packed.getvalue(), "a.xlsx")
    for format_ in ("ons-pfa-workbook", "ons-csp-crime", "ons-population-lsoa"):
        assert "unpacks to far more" in said(importers.read(format_, path))


def test_numbers_that_json_does_not_know_are_refused(tmp_path: Path) -> None:
    found = importers.read("area-outlines", written(tmp_path, '{"type": "FeatureCollection", "features": [NaN]}'))
    assert "not JSON" in said(found)


def test_an_outline_without_coordinates_is_refused_by_number(tmp_path: Path) -> None:
    feature = '{"type": "Feature", "properties": {"WD24CD": "E05015186"}, "geometry": {"type": "Polygon"}}'
    path = written(tmp_path, f'{{"type": "FeatureCollection", "features": [{feature}]}}', "a.geojson")
    assert [(p.row, p.column) for p in importers.read("area-outlines", path).errors] == [(1, "geometry")]


@needs_shared
def test_a_workbook_whose_packed_bytes_were_damaged_is_refused(tmp_path: Path) -> None:
    data = bytearray(PUBLISHED["ons-pfa-workbook"].read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = max(archive.infolist(), key=lambda entry: entry.compress_size)
    start = part.header_offset + 200
    data[start : start + 400] = bytes(range(200)) * 2
    found = importers.read("ons-pfa-workbook", written(tmp_path, bytes(data), "a.xlsx"))
    assert found.errors
    assert found.table.empty
