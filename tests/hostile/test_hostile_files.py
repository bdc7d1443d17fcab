"""Each kind of harm at each door: refused in words or loaded right, in bounded time and memory; never run, never told.

A file at every door in all tests, sixty of them at least; all of them among the long ones, which also write the page
that lists them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence

import pytest

from tests.hostile.told import PAGE, page
from tests.hostile.trial import Found, trials
from tests.shared import ROOT, SHARED

FEW = 60  # at least, where there are fewer doors


def names(*, heavy: bool) -> list[str]:
    return [f"{reader.name} | {kind.name}" for reader, kind in trials() if heavy or not kind.heavy]


def few() -> list[str]:
    """Every door once with a kind that no other has, then the kinds that are left, in turn."""
    left: dict[str, list[str]] = {}
    for name in names(heavy=False):
        reader, _, kind = name.partition(" | ")
        left.setdefault(reader, []).append(kind)
    seen: set[str] = set()
    chosen: list[str] = []
    most = max(FEW, len(left))
    while len(chosen) < most:
        for number, (reader, kinds) in enumerate(left.items()):
            turned = kinds[number % len(kinds) :] + kinds[: number % len(kinds)]
            kind = next((one for one in turned if one not in seen), turned[0])
            seen.add(kind)
            kinds.remove(kind)
            chosen.append(f"{reader} | {kind}")
    return chosen[:most]


def tried(wanted: Sequence[str]) -> list[Found]:
    """What became of each, in a process beside this one: it forks for every file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.trial"],
        cwd=ROOT,
        input="\n".join(wanted),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [Found(**json.loads(line)) for line in done.stdout.splitlines()]


def wrong(found: Iterable[Found]) -> list[str]:
    return [f"{one.reader}, {one.kind}: {one.why}" for one in found if one.why]


def test_a_hostile_file_at_every_door() -> None:
    wanted = few()
    found = tried(wanted)
    assert wrong(found) == []
    assert len(found) == len(wanted) >= FEW
    assert {one.reader for one in found} == {name.partition(" | ")[0] for name in names(heavy=False)}
    assert {one.outcome for one in found} >= {"refused", "same"}


@pytest.mark.long
def test_every_kind_of_harm_at_every_door() -> None:
    found = tried(names(heavy=True))
    assert wrong(found) == []
    assert len(found) == len(names(heavy=True)) > 300
    if SHARED.exists():  # without the published files fewer doors are tried than the page lists
        PAGE.write_text(page(found), encoding="utf-8")


@pytest.mark.skipif(not SHARED.exists(), reason="the published files do not lie beside this checkout")
def test_the_page_of_hostile_files_lists_every_door_and_every_kind() -> None:
    written = PAGE.read_text("utf-8")
    for reader, kind in trials():
        assert f"| {reader.name} |" in written, f"{reader.name}: make test-long writes the page"
        assert f"| {kind.name} |" in written, f"{kind.name}: make test-long writes the page"
