"""What the site shows of a locality: of real records only what two people approved, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compendium.errors import CompendiumError, InputRefused
from compendium.paths import Root
from compendium.release import ledger_files
from compendium.release.approve import approve, signed, withdraw
from compendium.release.settle import settle
from compendium.report import typed_numbers
from compendium.report.place import Place
from compendium.report.releases import notice, page
from compendium.report.shown import Shown, shown, withheld
from tests.shared import ROOT
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, candidate, propose

TWO = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "The first release.", people=2)
ONE = signed(["Ann Lee"], "2026-05-01", "", people=1)
MORE = {**EVEN, ("Z05", "image"): 60}


def place(root: Root, each: Shown) -> Place:
    from compendium.locality import load_locality

    return Place(load_locality(root, NAME), each.folder, {}, (), each.release, each.entries)


def test_a_candidate_of_real_records_is_shown_once_it_is_approved(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    assert shown(root) == [] and withheld(root) == [NAME]
    approve(root, locality, [NOTEBOOK], TWO)
    (each,) = shown(root)
    assert each.folder == root.outputs / NAME and each.release and not each.waiting
    assert withheld(root) == []


def test_while_a_newer_candidate_waits_the_last_approved_release_is_shown(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], TWO)
    approved = (root.outputs / NAME / "tables" / "victims_by_area.csv").read_bytes()
    locality = propose(root, {**MORE, ("Z06", "image"): 60, ("Z07", "other"): 90}, to="2026-03")
    settle(root, locality, [NOTEBOOK])
    (each,) = shown(root)
    assert each.waiting and each.release and each.release.number == 1
    assert (each.folder / "tables" / "victims_by_area.csv").read_bytes() == approved
    assert (root.outputs / NAME / "tables" / "victims_by_area.csv").read_bytes() != approved


def test_a_copy_without_records_and_outputs_shows_the_approved_release(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path / "first")
    approve(root, locality, [NOTEBOOK], TWO)
    clone = Root(tmp_path / "clone")
    clone.localities.parent.mkdir()
    root.localities.rename(clone.localities)
    (each,) = shown(clone)
    assert sorted(path.name for path in each.folder.iterdir()) == sorted(
        path.name for path in (root.outputs / NAME).iterdir()
    )


def test_a_withdrawn_release_is_not_shown_and_the_one_before_it_is(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], TWO)
    locality = propose(root, EVEN, title="Victims by zone")
    settle(root, locality, [NOTEBOOK])
    approve(root, locality, [NOTEBOOK], signed(["Ann Lee", "Bo Okafor"], "2026-04-15", "", people=2))
    withdraw(root, locality, 2, "A title was wrong.", ONE)
    (each,) = shown(root)
    assert each.release and each.release.number == 1
    withdraw(root, locality, 1, "A case stood twice.", ONE)
    assert shown(root) == [] and withheld(root) == [NAME]


def test_the_words_about_an_approved_release_hold_no_typed_number(tmp_path: Path) -> None:
    """The build stops at numbers that nothing stands behind; the number of a release and its note are in the ledger."""
    root, locality = candidate(tmp_path)
    who = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "12 of 14 tables were counted twice as often.", people=2)
    approve(root, locality, [NOTEBOOK], who)
    shutil.copytree(ROOT / "report", root.path / "report")
    shown_here = place(root, shown(root)[0])
    for file, text in {"index.qmd": notice(shown_here), "releases.qmd": page(shown_here)}.items():
        (root.places / NAME).mkdir(parents=True, exist_ok=True)
        (root.places / NAME / file).write_text(text, "utf-8")
    assert [found for found in typed_numbers.problems(root) if found.file.startswith("places/")] == []


def test_synthetic_results_need_no_approval(tmp_path: Path) -> None:
    root, _ = candidate(tmp_path, provenance="synthetic")
    (each,) = shown(root)
    assert each.release is None and each.folder == root.outputs / NAME
    assert "Nobody has approved a release here yet" in page(place(root, each))
    assert notice(place(root, each)) == ""


def test_a_damaged_ledger_or_archive_is_never_shown(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    entry = approve(root, locality, [NOTEBOOK], TWO).entry
    ledger = ledger_files.read(root, NAME)
    (root.outputs / NAME / "values.json").unlink()
    archive = ledger.archive(entry)
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    with pytest.raises(CompendiumError, match=r"0001\.zip is not the archive that was approved"):
        shown(root)
    (ledger.folder / "0001.json").write_text("{}", "utf-8")
    with pytest.raises(InputRefused, match=r"0001\.json"):
        shown(root)


def test_the_page_of_releases_tells_days_months_and_withdrawals_and_names_nobody(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], TWO)
    said = page(place(root, shown(root)[0]))
    assert "2026-03-15" in said and "January 2026 to February 2026" in said and "The first release" in said
    assert "Ann" not in said and "Okafor" not in said
    assert "release 1 of 2026-03-15" in notice(place(root, shown(root)[0]))
    withdraw(root, locality, 1, "A case stood twice.", ONE)
    entries = ledger_files.read(root, NAME).entries
    gone = page(Place(locality, root.outputs / NAME, {}, (), None, entries))
    assert "Withdrawn on 2026-05-01: A case stood twice" in gone and "Ann" not in gone
