"""The ledger: what approval writes, what it refuses, and that nothing in it can be changed without being noticed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.cli import main
from compendium.disclosure.ledger import Entry
from compendium.errors import Busy, CompendiumError, InputRefused
from compendium.locality import Locality
from compendium.paths import Root
from compendium.release import ledger_files
from compendium.release.approve import approve, signed, withdraw
from compendium.release.lock import locked
from compendium.release.settle import settle
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, candidate, propose

TWO = signed(["Ann Lee", "Zoë Ó Briain"], "2026-03-15", "", people=2)
LATER = signed(["Ann Lee", "Bo Okafor"], "2026-04-15", "", people=2)
ONE = signed(["Ann Lee"], "2026-05-01", "", people=1)


def approved(root: Root, locality: Locality, by: object = TWO) -> Entry:
    return approve(root, locality, [NOTEBOOK], by).entry  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, the first withdrawn."""
    root, locality = candidate(tmp_path_factory.mktemp("leeds"))
    approved(root, locality)
    withdraw(root, locality, 1, "A case stood twice.", signed(["Ann Lee"], "2026-03-20", "", people=1))
    locality = propose(root, EVEN, title="Victims by zone")
    settle(root, locality, [NOTEBOOK])
    approved(root, locality, LATER)
    return root.path


@pytest.fixture
def chain(once: Path, tmp_path: Path) -> tuple[Root, Path]:
    shutil.copytree(once, tmp_path / "copy")
    root = Root(tmp_path / "copy")
    return root, ledger_files.folder_of(root, NAME)


def test_an_approved_candidate_stands_in_the_ledger_with_its_numbers_and_its_files(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    entry = approved(root, locality)
    assert entry.record["by"] == ["Ann Lee", "Zoë Ó Briain"]
    assert ["Z07", "image", 30] in entry.record["tables"]["victims_by_area"]["cells"]
    assert entry.real and entry.period == ("2026-01", "2026-02")
    assert ledger_files.problems(root, NAME) == []
    assert ledger_files.read(root, NAME).archive(entry).exists()


def test_approving_the_same_candidate_twice_changes_nothing_and_says_so(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approved(root, locality)
    before = {path.name: path.read_bytes() for path in ledger_files.folder_of(root, NAME).iterdir()}
    settle(root, locality, [NOTEBOOK])  # with the ledger in it, the same comes out
    again = approve(root, locality, [NOTEBOOK], LATER)
    assert not again.again and again.entry.number == 1
    assert before == {path.name: path.read_bytes() for path in ledger_files.folder_of(root, NAME).iterdir()}


def test_a_chain_of_releases_and_a_withdrawal_holds(chain: tuple[Root, Path]) -> None:
    root, _ = chain
    ledger = ledger_files.read(root, NAME)
    assert [entry.kind for entry in ledger.entries] == ["release", "withdrawal", "release"]
    assert [entry.number for entry in ledger.standing] == [3]
    assert ledger_files.problems(root, NAME) == []


def _edit(folder: Path) -> None:
    path = folder / "0001.json"
    path.write_text(path.read_text("utf-8").replace("Ann Lee", "Ann Leo"), "utf-8")


def _edit_and_seal(folder: Path) -> None:
    from compendium.disclosure.ledger import seal

    record = json.loads((folder / "0001.json").read_text("utf-8"))
    record["tables"]["victims_by_area"]["cells"][0][2] = 31
    (folder / "0001.json").write_text(json.dumps({**record, "entry": seal(record)}), "utf-8")


def _reorder(folder: Path) -> None:
    (folder / "0001.json").rename(folder / "x")
    (folder / "0002.json").rename(folder / "0001.json")
    (folder / "x").rename(folder / "0002.json")


def _cut_short(folder: Path) -> None:
    path = folder / "0002.json"
    path.write_bytes(path.read_bytes()[:100])


def _nested_without_end(folder: Path) -> None:
    (folder / "0002.json").write_text("[" * 100_000, "utf-8")


def _head_of_another(folder: Path) -> None:
    head = json.loads((folder / "head.json").read_text("utf-8"))
    (folder / "head.json").write_text(json.dumps({**head, "entry": "0" * 64}), "utf-8")


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (_edit, "0001.json: The entry was changed"),
        (_edit_and_seal, "0002.json: The chain is broken"),
        (_reorder, "0001.json: Entry 1 was expected here, and this is entry 2"),
        (_cut_short, "0002.json: This is no entry of a ledger, or it was cut short"),
        (_nested_without_end, "0002.json: This is no entry"),
        (lambda folder: (folder / "0002.json").unlink(), "0003.json: Entry 2 was expected here"),
        (lambda folder: (folder / "0003.json").unlink(), "Entries were removed from the end: 0003.json"),
        (lambda folder: (folder / "head.json").unlink(), "head.json: The file is missing"),
        (lambda folder: (folder / "head.json").write_text("{}"), "head.json: The file can't be read"),
        (_head_of_another, "head.json: Entry 3 is another one than was written first"),
        (lambda folder: (folder / "0003.zip").write_bytes(b"PK"), "0003.zip: The archive of release 3 was changed"),
        (lambda folder: (folder / "0001.zip").unlink(), "0001.zip: The archive of release 1 is missing"),
    ],
)
def test_what_was_edited_removed_moved_or_cut_short_is_named(
    chain: tuple[Root, Path], harm: Callable[[Path], object], named: str
) -> None:
    root, folder = chain
    harm(folder)
    assert named in "\n".join(map(str, ledger_files.problems(root, NAME)))


def test_a_ledger_that_was_cut_together_with_its_head_is_missed_by_the_machine_that_saw_it(
    chain: tuple[Root, Path],
) -> None:
    root, folder = chain
    for file in ("0002.json", "0003.json", "head.json"):
        (folder / file).unlink()
    with pytest.raises(InputRefused, match=r"removed from the end: 0002.json to 0003.json"):
        ledger_files.read(root, NAME)


def test_the_ledger_of_another_locality_is_refused(chain: tuple[Root, Path]) -> None:
    root, folder = chain
    shutil.copytree(folder, root.localities / "york" / "ledger")
    (found, *_) = ledger_files.problems(root, "york")
    assert "belongs to the ledger of another locality" in found.message


def test_an_edited_file_of_the_candidate_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    table = root.outputs / NAME / "tables" / "victims_by_area.csv"
    table.write_text(table.read_text("utf-8").replace(",30,", ",29,"), "utf-8")
    with pytest.raises(CompendiumError):
        approved(root, locality)
    (root.outputs / NAME / "notes.txt").write_text("more", "utf-8")
    with pytest.raises(CompendiumError):
        approved(root, locality)
    assert not ledger_files.folder_of(root, NAME).exists()


def test_words_that_were_edited_are_named(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    page = root.outputs / NAME / "notebooks" / f"{NOTEBOOK}.ipynb"
    page.write_text(page.read_text("utf-8").replace("Victims by area", "Victims by place"), "utf-8")
    with pytest.raises(CompendiumError, match=f"notebooks/{NOTEBOOK}.ipynb"):
        approved(root, locality)


def test_a_candidate_older_than_its_proposals_is_refused(tmp_path: Path) -> None:
    root, _ = candidate(tmp_path)
    locality = propose(root, {**EVEN, ("Z05", "image"): 45})
    with pytest.raises(CompendiumError, match="not what would be settled now"):
        approved(root, locality)


def test_a_candidate_older_than_its_inputs_is_refused(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    with pytest.raises(CompendiumError, match="03_case_files: the candidate is older than what it rests on"):
        approve(root, locality, [NOTEBOOK], TWO, waiting=[NOTEBOOK])


def test_another_candidate_than_the_one_that_was_checked_is_refused(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    with pytest.raises(CompendiumError, match="not the one that was checked"):
        approve(root, locality, [NOTEBOOK], TWO, candidate="0000")


def test_an_old_help_line_keeps_a_release_back(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    late = signed(["Ann Lee", "Bo Okafor"], "2027-06-01", "", people=2)
    with pytest.raises(CompendiumError, match="Childline"):
        approved(root, locality, late)


def test_a_release_dated_before_its_records_or_before_the_last_entry_is_refused(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    early = signed(["Ann Lee", "Bo Okafor"], "2026-02-10", "", people=2)
    with pytest.raises(CompendiumError, match="before the end of the period"):
        approved(root, locality, early)
    approved(root, locality, LATER)
    with pytest.raises(CompendiumError, match="before that of entry 1"):
        withdraw(root, locality, 1, "Wrong.", signed(["Ann Lee"], "2026-04-01", "", people=1))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Ann Lee"], "takes 2 names"),
        ([], "takes 2 names"),
        (["Ann Lee", "ann  LEE"], "Both names are the same"),
        (["Zo\u00eb", "Zoe\u0308"], "Both names are the same"),  # composed and decomposed
        (["Ann Lee", "Bo <b>"], "holds signs that no name has"),
        (["Ann Lee", "   "], "A name is empty"),
        (["Ann Lee", "B\u202eo"], "holds signs that no name has"),
        (["Ann Lee", "x" * 200], "very long"),
    ],
)
def test_two_different_people_with_plain_names_sign(names: list[str], said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        signed(names, "2026-03-15", "", people=2)


@pytest.mark.parametrize("day", ["", "15.3.2026", "2026-02-30", "20260315"])
def test_the_day_is_given_and_is_a_day(day: str) -> None:
    with pytest.raises(InputRefused, match="no date"):
        signed(["Ann Lee", "Bo Okafor"], day, "", people=2)


def test_a_withdrawn_release_no_longer_stands_and_its_numbers_stay_known(tmp_path: Path) -> None:
    from compendium.disclosure.ledger import known_tables

    root, locality = candidate(tmp_path)
    approved(root, locality)
    assert withdraw(root, locality, 1, "A case stood twice.", ONE).again
    assert not withdraw(root, locality, 1, "Once more.", ONE).again
    ledger = ledger_files.read(root, NAME)
    assert ledger.shown is None
    (known,) = known_tables(ledger.entries)
    assert known.cells["Z07", "image"] == (30, 30)
    with pytest.raises(CompendiumError, match=r"no release 7. Its releases: 1"):
        withdraw(root, locality, 7, "No such.", ONE)


@pytest.mark.parametrize("step", ["examine", "archive", "entry", "head", "seen", "done"])
def test_a_process_killed_at_any_step_leaves_the_old_ledger_or_the_new_one(
    step: str, once: Path, tmp_path: Path
) -> None:
    shutil.copytree(once, tmp_path / "copy")
    root = Root(tmp_path / "copy")
    locality = propose(root, EVEN, title="Victims by area of the record")
    settle(root, locality, [NOTEBOOK])
    child = os.fork()
    if child == 0:
        approve(
            root,
            locality,
            [NOTEBOOK],
            LATER,
            step=lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == step else None,
        )
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert ledger_files.problems(root, NAME) == []
    assert len(ledger_files.read(root, NAME).entries) == (4 if step in ("head", "seen", "done") else 3)
    assert approve(root, locality, [NOTEBOOK], LATER).entry.number == 4  # and what was begun can be ended
    assert ledger_files.problems(root, NAME) == []


def test_an_entry_that_came_from_elsewhere_meanwhile_is_never_overwritten(chain: tuple[Root, Path]) -> None:
    """Such as a colleague's, fetched while this one was being made."""
    root, folder = chain
    ledger = ledger_files.read(root, NAME)
    (folder / "0004.json").write_text("theirs", "utf-8")
    with pytest.raises(CompendiumError, match=r"0004.json stands already"):
        ledger_files.append(root, ledger, {"kind": "withdrawal", "date": "2026-05-01"}, {"a.csv": b"ours"})
    assert (folder / "0004.json").read_text("utf-8") == "theirs"
    assert not (folder / "0004.zip").exists()


def test_what_a_killed_run_left_in_the_private_room_is_gone_with_the_next_command(tmp_path: Path) -> None:
    for name in (".run-1", "candidate-x", "pack"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "records.csv").write_text("true counts", "utf-8")
    with locked(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "pack"]
    assert (tmp_path / "pack/records.csv").exists()


def test_of_two_approvals_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    with locked(root.private_room(NAME)), pytest.raises(Busy):
        approved(root, locality)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_disk_or_a_ledger_that_cannot_be_written_leaves_the_old_ledger(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, locality = candidate(tmp_path)
    real = ledger_files.write_whole

    def full(path: Path, data: bytes) -> None:
        if path.name == "0001.json":
            raise OSError(code, os.strerror(code), str(path))
        real(path, data)

    monkeypatch.setattr(ledger_files, "write_whole", full)
    with pytest.raises(OSError, match=os.strerror(code)):
        approved(root, locality)
    assert ledger_files.read(root, NAME).entries == ()
    monkeypatch.undo()
    assert approved(root, locality).number == 1
    assert ledger_files.problems(root, NAME) == []


def _told(root: Root, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `compendium release` in this folder."""
    with pytest.raises(SystemExit) as ended:
        main(["release", NAME, *arguments, "--root", str(root.path)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_command_lists_and_withdraws_and_says_what_is_missing(
    chain: tuple[Root, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root, _ = chain
    (root.path / "_quarto.yml").touch()
    (root.path / "data_dictionaries").mkdir()
    status, out, _ = _told(root, capsys, "--list")
    assert status == 0 and [line[:2] for line in out.splitlines()] == ["1 ", "2 ", "3 "]
    assert "withdraws release 1" in out
    status, _, err = _told(root, capsys, "--withdraw", "3")
    assert status == 1 and "This takes 1 name" in err and "no date" in err
    reason = ("--reason", "A case stood twice.", "--by", "Ann Lee", "--date", "2026-05-01")
    status, _, err = _told(root, capsys, "--withdraw", "3", *reason)
    assert status == 0 and "No release stands now" in err
    status, _, err = _told(root, capsys, "--withdraw", "3", *reason)
    assert status == 0 and "nothing changed" in err
    assert _told(root, capsys, "--withdraw", "3", "--approve")[0] == 2
