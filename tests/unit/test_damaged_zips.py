"""A zip whose packed bytes were damaged, however they are packed, is refused in words at every door that takes one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.across import carried
from compendium.crate import verify
from compendium.dictionary import workbook
from compendium.dictionary.xmlstream import Reader
from compendium.errors import CompendiumError
from compendium.importers.open_referral import service_map
from compendium.importers.qdpx.archive import read_project

PACKED = {"deflated": zipfile.ZIP_DEFLATED, "as bzip2": zipfile.ZIP_BZIP2, "as lzma": zipfile.ZIP_LZMA}
NAMES = ("leeds/datapackage.json", "leeds/tables/a.csv", "services.csv", "project.qde", "xl/workbook.xml")


def damaged(packed: int) -> bytes:
    """Every member's first packed bytes are others; the lists of members are whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as archive:
        for name in NAMES:
            archive.writestr(name, bytes(number * 7 % 251 for number in range(5_000)))
        places = [member.header_offset + 30 + len(member.filename) for member in archive.infolist()]
    data = bytearray(made.getvalue())
    for place in places:
        for at in range(place + 10, place + 40):
            data[at] ^= 0xFF
    return bytes(data)


def imported(path: Path) -> None:
    found = service_map(path)
    if found.problems:
        raise CompendiumError(found.problems)


DOORS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "gather": ("release.zip", carried.read),
    "verify": ("release.zip", verify.verify),
    "services": ("services.zip", imported),
    "codes of interviews": ("project.qdpx", lambda path: read_project(path, Reader())),
    "workbook": ("cases.xlsx", lambda path: workbook.sheet_names(path, path.name)),
}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("door", DOORS)
def test_a_damaged_zip_is_refused_in_words_at_every_door(door: str, packed: str, tmp_path: Path) -> None:
    name, read = DOORS[door]
    path = tmp_path / name
    path.write_bytes(damaged(PACKED[packed]))
    with pytest.raises(CompendiumError) as refused:
        read(path)
    assert name in str(refused.value)
