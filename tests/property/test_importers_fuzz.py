"""Published files with bytes changed, taken out, doubled or cut off: an importer answers, and never with half a table.

The mutations are drawn from a seed that stands here; many more of them run under the mark `long`.
"""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from compendium import importers
from tests.shared import needs_shared
from tests.unit.test_importers import written
from tests.unit.test_importers_hostile import OFFICIAL, PUBLISHED

pytestmark = needs_shared
BYTES = 24_000  # of the beginning of a published file: enough to hold its header and some hundred rows
FEW, MANY = 12, 400
ODD = (b'"', b"\n", b",", b"\x00", b"\xff", b"\xe2\x80\xa8", b"1e308", b"-1", b"=1+1", b"[", b"{", b"NaN", b"\r", b" ")


def whole_rows(format_: str) -> bytes:
    """The beginning of a published file, up to the end of a row; JSON and workbooks as they are."""
    data = PUBLISHED[format_].read_bytes()
    if PUBLISHED[format_].suffix != ".csv":
        return data
    return data[: data.rfind(b"\n", 0, BYTES) + 1]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Between one and four changes: a byte, a piece put in, taken out, doubled, moved, or the end cut off."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(found) or 1)
        size = chance.choice((1, 2, 7, 60, 700))
        piece = bytes(found[at : at + size])
        match chance.randrange(6):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                found[at:at] = chance.choice(ODD)
            case 2:
                del found[at : at + size]
            case 3:
                found[at:at] = piece
            case 4:
                del found[at : at + size]
                elsewhere = chance.randrange(len(found) or 1)
                found[elsewhere:elsewhere] = piece
            case _:
                del found[at:]
    return bytes(found)


def records(table: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(table.astype(str).itertuples(index=False, name=None))


def check(format_: str, data: bytes, path: Path) -> None:
    found = importers.read(format_, written(path.parent, data, path.name))  # a traceback fails the test
    if found.errors:
        assert found.table.empty
    assert len(found.problems) <= 202
    assert all(problem.file == path.name for problem in found.problems)
    assert all(len(str(problem)) < 1_500 for problem in found.problems)
    assert all(problem.row is None or problem.row > 0 for problem in found.problems)


@pytest.mark.parametrize("format_", sorted(PUBLISHED))
def test_an_importer_answers_to_a_damaged_file(tmp_path: Path, format_: str) -> None:
    data, chance = whole_rows(format_), random.Random(f"few/{format_}")
    for _ in range(FEW if len(data) < 200_000 else FEW // 3):
        check(format_, mutated(data, chance), tmp_path / PUBLISHED[format_].name)


@pytest.mark.long
@pytest.mark.parametrize("format_", sorted(PUBLISHED))
def test_an_importer_answers_to_many_damaged_files(tmp_path: Path, format_: str) -> None:
    data, chance = whole_rows(format_), random.Random(f"many/{format_}")
    for _ in range(MANY if len(data) < 200_000 else MANY // 5):
        check(format_, mutated(data, chance), tmp_path / PUBLISHED[format_].name)


@pytest.mark.parametrize("format_", sorted(name for name in PUBLISHED if PUBLISHED[name].suffix == ".csv"))
def test_a_changed_digit_changes_the_table_or_is_refused_and_nothing_else_moves(tmp_path: Path, format_: str) -> None:
    """Only the cell in which the digit stands may differ: no importer shifts cells of a row against its header."""
    data, chance = whole_rows(format_), random.Random(f"digit/{format_}")
    before = importers.read(format_, written(tmp_path, data)).table
    places = [at for at in range(len(data) // 2, len(data)) if chr(data[at]).isdigit()]
    for at in chance.sample(places, 4):
        changed = data[:at] + str((int(chr(data[at])) + 1) % 10).encode() + data[at + 1 :]
        found = importers.read(format_, written(tmp_path, changed))
        if not found.errors:
            apart = records(found.table) ^ records(before)
            assert len(apart) <= 4 or format_.startswith("ons-population")  # there a code holds for 91 ages


def test_every_official_format_is_fuzzed_but_the_one_of_which_no_published_file_lies_here() -> None:
    assert set(OFFICIAL) - set(PUBLISHED) == {"police-uk-outcomes"}
