"""Three-way merges of any lines and cells: nothing that somebody wrote is lost, and nobody's deletion comes back."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.repository.merging import Labels, Merged, merge
from compendium.repository.shipped import sha256
from compendium.repository.three_way import Before, decide

LABELS = Labels("yours", "1.0", "2.0")
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "x: 1", "é", "{", "="]), max_size=9)
THREE = st.tuples(LINES, LINES, LINES)


def file(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def notebook(cells: list[str]) -> bytes:
    made = [
        {"cell_type": "markdown", "id": f"id{number}", "metadata": {}, "source": [cell]}
        for number, cell in enumerate(cells)
    ]
    return (json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n").encode()


def merged(name: str, before: bytes, mine: bytes, new: bytes) -> Merged:
    found = merge(name, before, mine, new, LABELS)
    assert found is not None
    return found


@settings(max_examples=200, deadline=None)
@given(THREE)
def test_every_line_that_somebody_added_is_in_what_comes_out(three: tuple[list[str], list[str], list[str]]) -> None:
    before, mine, new = three
    lines = merged("a.txt", *map(file, three)).content.decode().splitlines()
    for added in (set(mine) - set(before), set(new) - set(before)):
        assert added <= set(lines)
    assert set(before) & set(mine) & set(new) <= set(lines)


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_where_one_changed_nothing_the_other_s_is_taken_whole(before: list[str], other: list[str]) -> None:
    was, now = file(before), file(other)
    assert merged("a.txt", was, was, now) == merged("a.txt", was, now, was) == merged("a.txt", was, now, now)
    assert merged("a.txt", was, was, now) == Merged(now, True)


@settings(max_examples=200, deadline=None)
@given(THREE)
def test_a_merge_that_fits_is_the_same_from_either_side(three: tuple[list[str], list[str], list[str]]) -> None:
    before, mine, new = map(file, three)
    one, other = merged("a.txt", before, mine, new), merged("a.txt", before, new, mine)
    assert one.clean == other.clean
    if one.clean:
        assert one == other


@settings(max_examples=200, deadline=None)
@given(THREE)
def test_a_notebook_stays_one_and_no_two_cells_share_an_id(three: tuple[list[str], list[str], list[str]]) -> None:
    before, mine, new = three
    cells = json.loads(merged("a.ipynb", *map(notebook, three)).content)["cells"]
    said = "".join("".join(cell["source"]) for cell in cells)
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert all(text in said for text in (set(mine) | set(new)) - set(before))


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[st.none() | LINES.map(file)] * 3), st.booleans(), st.booleans())
def test_a_decision_never_loses_what_a_team_wrote(
    three: tuple[bytes | None, bytes | None, bytes | None], known: bool, restored: bool
) -> None:
    """Whatever is decided: a changed file is there afterwards, changed only by what the new version adds to it."""
    was, mine, new = three
    before = Before(None, known=known) if was is None else Before(sha256(was), was if known else None)
    change = decide("a.txt", before, mine, new, LABELS, restored=restored)
    after = None if change.state == "removed" else mine if change.content is None else change.content
    if mine is not None and mine != was:
        assert after is not None
        if change.state == "merged":
            assert set(mine.splitlines()) - set((was or b"").splitlines()) <= set(after.splitlines())
        else:
            assert after == mine
    elif change.state not in ("unchanged", "conflict"):
        assert after == new
