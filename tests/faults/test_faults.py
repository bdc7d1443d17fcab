"""Everything that can go wrong around the program, at length; `docs/reference/reliability.md` tells what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults import told
from tests.faults.parts import PARTS, Row
from tests.shared import ROOT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, Sequence[Row]]]:
    """What was done, by part; written down when all of it was done."""
    done: dict[str, Sequence[Row]] = {}
    yield done
    if set(done) == set(PARTS):
        (ROOT / told.PAGE).write_text(told.page(done), "utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_whatever_goes_wrong_nothing_half_made_stands_and_the_next_run_is_as_if_nothing_had(
    name: str, parts: dict[str, Sequence[Row]], tmp_path: Path
) -> None:
    parts[name] = PARTS[name][1](tmp_path)
    assert [f"{row.what}: {wrong}" for row in parts[name] for wrong in row.wrong] == []
    assert all(row.times for row in parts[name])
