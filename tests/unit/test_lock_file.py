"""The lock file can be read, compared and committed, and gives nothing away."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from compendium.errors import NotebookFailed
from compendium.locality import load_locality
from compendium.paths import READS
from compendium.release import secret
from compendium.seen.digests import Digests
from compendium.workflow import content, lock_file
from compendium.workflow.reasons import between_cells
from tests.acceptance.toy import LOCALITY
from tests.unit.left_by_a_run import NAME, RECORDS, Left, left


def unchanged(made: Left) -> bool:
    entries = lock_file.read(made.root, made.locality)
    return content.reason(made.root, made.locality, made.notebook, made.given, Digests(), entries).stands


def test_it_lies_in_the_private_folder_unless_the_team_commits_it(tmp_path: Path) -> None:
    private, committed = left(tmp_path / "a"), left(tmp_path / "b", runs="{lock_file: committed}")
    for made in (private, committed):
        made.record()
        assert unchanged(made)
    assert (private.root.private / LOCALITY / "lock.json").exists()
    assert (committed.root.localities / LOCALITY / "lock.json").exists()
    assert not (committed.root.private / LOCALITY / "lock.json").exists()


def test_it_is_sorted_and_the_same_bytes_each_time_and_in_each_folder(tmp_path: Path) -> None:
    texts = set()
    for folder in ("a", "b"):
        made = left(tmp_path / folder, runs="{lock_file: committed}")
        for _ in range(2):
            made.record()
            texts.add((made.root.localities / LOCALITY / "lock.json").read_text("utf-8"))
    (text,) = texts
    assert json.dumps(json.loads(text), sort_keys=True, indent=1, ensure_ascii=False) + "\n" == text


def test_it_holds_no_hash_that_a_guess_of_a_record_could_be_held_against(tmp_path: Path) -> None:
    made = left(tmp_path, runs="{lock_file: committed}", real=True)
    made.record()
    assert unchanged(made)
    text = (made.root.localities / LOCALITY / "lock.json").read_text("utf-8")
    guessable = [tmp_path / "records" / RECORDS, *made.root.proposals(LOCALITY).rglob("*.json")]
    guessable += list(made.root.raw_notebooks(LOCALITY).iterdir())
    for path in guessable:
        assert hashlib.sha256(path.read_bytes()).hexdigest() not in text, path.name
    assert str(tmp_path) not in text
    assert text.count("hmac-sha256:") == len(guessable)
    assert f"<data_root>/{RECORDS}" in text
    with (tmp_path / "records" / RECORDS).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert not unchanged(made)


def test_who_has_another_secret_cannot_compare_and_runs_again(tmp_path: Path) -> None:
    made = left(tmp_path, real=True)
    made.record()
    (made.root.private / LOCALITY / secret.FILE).write_text("ab" * secret.BYTES + "\n", "ascii")
    assert not unchanged(made)


def test_invented_records_have_plain_hashes_that_anybody_can_check(tmp_path: Path) -> None:
    made = left(tmp_path)
    entry = made.record()
    assert lock_file.read(made.root, made.locality)[NAME] == entry
    name = next(name for name in entry.inputs if name.endswith(".csv"))
    assert entry.inputs[name] == hashlib.sha256((made.root.path / name).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "[" * 100_000, '{"format": 1}', '{"format": 2, "notebooks": {"01_toy": {}}}']
)
def test_one_that_cannot_be_read_counts_as_none(tmp_path: Path, damage: str) -> None:
    made = left(tmp_path)
    made.record()
    (made.root.private / LOCALITY / "lock.json").write_text(damage, "utf-8")
    assert lock_file.read(made.root, made.locality) == {}


def test_an_unknown_place_for_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="private"):
        left(tmp_path, runs="{lock_file: everywhere}")


def test_records_that_moved_with_their_folder_are_the_same(tmp_path: Path) -> None:
    made = left(tmp_path, real=True)
    made.record()
    (tmp_path / "records").rename(tmp_path / "elsewhere")
    settings = made.root.localities / LOCALITY / "locality.yml"
    settings.write_text(settings.read_text("utf-8").replace("/records", "/elsewhere"), "utf-8")
    moved = Left(made.root, load_locality(made.root, LOCALITY), made.notebook, made.given)
    assert unchanged(moved)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"files": {"a": 1}, "asked": 3}'])
def test_a_note_that_a_cell_damaged_stops_its_notebook_in_words(tmp_path: Path, damage: str) -> None:
    made = left(tmp_path)
    (made.root.proposals(LOCALITY) / NAME / READS).write_text(damage, "utf-8")
    with pytest.raises(NotebookFailed, match="01_toy"):
        made.record()
    assert lock_file.read(made.root, made.locality) == {}


def test_a_cell_that_is_gone_is_missed_also_where_the_next_one_took_its_id() -> None:
    before = (("code", "a", "1"), ("code", "b", "2"), ("code", "c", "3"))
    assert [str(one) for one in between_cells(before, (("code", "a", "1"), ("code", "b", "3")))] != []
    assert between_cells(before, (("code", "x", "1"), ("code", "y", "2"), ("code", "z", "3"))) == []
