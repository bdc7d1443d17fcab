"""The checker's pack: what two people need to decide, printed, private, and about the candidate that lies there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from compendium.errors import CompendiumError
from compendium.release.approve import approve, signed
from compendium.release.pack import as_html, write
from compendium.release.settle import settle
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, candidate, propose

SMALL = {**EVEN, ("Z05", "image"): 3, ("Z06", "other"): 4}


def text_of(page: Path) -> str:
    html = re.sub(r"<style>.*?</style>", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_pack_shows_true_counts_why_each_is_hidden_and_what_an_intruder_can_tell(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path, SMALL)
    made = write(root, locality, [NOTEBOOK])
    said = text_of(made.page)
    assert re.search(r"Zone 05 Image of the child 3 hidden small itself 0 to \d+ protected", said)
    assert "would give a small one away" in said
    assert "There is no earlier release." in said
    assert "Other designs that would show more" in said and "Without Zone: 0 of 3 cells" in said
    assert made.page.parent == root.private / NAME / "pack"
    assert made.page.parent.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(io.BytesIO((made.page.parent / "tables.xlsx").read_bytes()))
    assert "Never publish" in book["Contents"]["A1"].value
    rows = [tuple(cell.value for cell in row) for row in book["1 victims_by_area"].iter_rows()]
    assert ("Zone 05", "Image of the child", 3, "hidden", "small itself") in [row[:5] for row in rows]


def test_the_form_asks_two_people_and_names_the_candidate_and_the_command(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    said = text_of(write(root, locality, [NOTEBOOK]).page)
    assert "First checker Second checker" in said and "Signature" in said
    pinned = re.search(r"--candidate ([0-9a-f]{12})", said)
    assert pinned
    two = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "", people=2)
    assert approve(root, locality, [NOTEBOOK], two, candidate=pinned[1]).again


def test_the_pack_beside_a_release_tells_what_changed_and_what_subtraction_would_leave(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    two = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "", people=2)
    approve(root, locality, [NOTEBOOK], two)
    locality = propose(root, {**EVEN, ("Z07", "image"): 31, ("Z08", "other"): 55}, to="2026-03")
    settle(root, locality, [NOTEBOOK])
    made = write(root, locality, [NOTEBOOK])
    said = text_of(made.page)
    assert "Zone 07, Image of the child: 30, now hidden" in said
    assert "leaves 1 in Zone 07, Image of the child." in said
    assert any("when an earlier release is subtracted" in line for line in made.summary)


def test_the_pack_of_what_was_approved_may_be_written_again(tmp_path: Path) -> None:
    """Made anew its certificate would tell of the release that it has become; its numbers are the same."""
    root, locality = candidate(tmp_path, SMALL)
    digest = re.search(r"Candidate (\w{64})", text_of(write(root, locality, [NOTEBOOK]).page))
    two = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "", people=2)
    approve(root, locality, [NOTEBOOK], two)
    again = write(root, locality, [NOTEBOOK])
    said = text_of(again.page)
    assert digest and digest[0] in said
    assert "Beside release 1 of 2026-03-15" in said


@pytest.mark.parametrize("place", ["outputs/pack", "outputs", "places/leeds", "localities/leeds/pack", "."])
def test_the_pack_is_never_written_where_things_are_published(place: str, tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    with pytest.raises(CompendiumError, match="lies where things are published"):
        write(root, locality, [NOTEBOOK], tmp_path / place)


def test_the_pack_never_replaces_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path / "project")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("my only copy", "utf-8")
    with pytest.raises(CompendiumError, match="something else than an earlier pack"):
        write(root, locality, [NOTEBOOK], tmp_path / "mine")
    write(root, locality, [NOTEBOOK], tmp_path / "pack")
    write(root, locality, [NOTEBOOK], tmp_path / "pack")  # a pack may take an earlier pack's place
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_the_same_candidate_gives_the_same_pack(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path, SMALL)
    first, second = (
        {path.name: path.read_bytes() for path in write(root, locality, [NOTEBOOK]).page.parent.iterdir()}
        for _ in range(2)
    )
    assert first == second


def test_an_edited_candidate_gets_no_pack(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    certificate = root.outputs / NAME / "certificate.json"
    certificate.write_text(certificate.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(CompendiumError, match=r"certificate\.json"):
        write(root, locality, [NOTEBOOK])


def test_markup_in_a_pack_is_dead(tmp_path: Path) -> None:
    made = as_html("# Zone <img src=x onerror=alert(1)>\n\n<script>alert(1)</script> {{< env HOME >}}\n", tmp_path)
    assert "<img" not in made and "<script>" not in made


def test_figures_lie_in_the_page_as_they_would_leave(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path, chart="bars")
    page = write(root, locality, [NOTEBOOK]).page.read_text("utf-8")
    assert "<svg" in page or "data:image/svg+xml" in page
    assert "figures/victims_by_area.svg" in page  # in the list of what leaves
    assert 'src="figures/' not in page
