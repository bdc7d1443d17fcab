"""What a glance tells is true: whatever could be another content is compared by content."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.paths import Root
from compendium.seen import digests as seen
from compendium.seen import versions
from compendium.seen.digests import Digests
from compendium.workflow import glance

OWN, SHARED, ONE, TWO = "localities/leeds/a.csv", "evidence/studies.csv", "leeds", "york"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Two localities that rest on a file each, on a file they share, and on what is in their outputs."""
    for file in (OWN, SHARED, "localities/york/a.csv", "outputs/leeds/tables/t.csv", "outputs/york/t.csv"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{file} 1234\n", "utf-8")
    found = Root(tmp_path)
    for name in (ONE, TWO):
        found.private_room(name)
    time.sleep(0.02)  # at rest
    return found


def keep(root: Root) -> Digests:
    digests = Digests()
    for name in (ONE, TWO):
        digests.of(root.path / "localities" / name / "a.csv", name)
        digests.of(root.path / SHARED, name)
        digests.below(root.outputs / name, name)
    glance.keep(root, digests, {ONE: 5, TWO: 5})
    return digests


def standing(root: Root) -> set[str]:
    return set(glance.standing(root, [ONE, TWO]))


def test_nothing_changed_is_told_of_every_locality(root: Root) -> None:
    assert standing(root) == set()
    keep(root)
    assert glance.standing(root, [ONE, TWO]) == {ONE: 5, TWO: 5}
    assert glance.standing(root, [TWO, "bath"]) == {TWO: 5}
    assert glance.standing(root, [ONE], only=["05"]) == {}


def same_size_and_time_restored(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"1", b"7"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def exchanged_for_a_copy_with_its_times(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)
    same_size_and_time_restored(other)
    other.replace(path)


def written_in_place(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(b"9")


@pytest.mark.parametrize(
    "change",
    [same_size_and_time_restored, exchanged_for_a_copy_with_its_times, written_in_place, Path.unlink],
)
@pytest.mark.parametrize(("file", "left"), [(OWN, {TWO}), ("outputs/leeds/tables/t.csv", {TWO}), (SHARED, set())])
def test_a_change_is_seen_however_it_was_made(
    root: Root, change: Callable[[Path], object], file: str, left: set[str]
) -> None:
    keep(root)
    change(root.path / file)
    assert standing(root) == left


@pytest.mark.parametrize("file", ["outputs/leeds/tables/new.csv", "outputs/leeds/new.csv"])
def test_a_file_that_was_added_is_seen(root: Root, file: str) -> None:
    keep(root)
    (root.path / file).write_text("", "utf-8")
    assert standing(root) == {TWO}


def test_what_a_killed_run_left_is_looked_at(root: Root) -> None:
    keep(root)
    (root.private / ONE / ".run-abc").mkdir()
    assert standing(root) == {TWO}


def test_a_shared_file_that_was_only_touched_is_read_and_found_the_same(root: Root) -> None:
    keep(root)
    os.utime(root.path / SHARED)
    assert standing(root) == {ONE, TWO}


def test_one_locality_compared_anew_says_nothing_of_another(root: Root) -> None:
    keep(root)
    (root.path / SHARED).write_text("other", "utf-8")
    time.sleep(0.02)
    digests = Digests()
    digests.of(root.path / SHARED, ONE)
    glance.keep(root, digests, {ONE: 5})
    assert standing(root) == {ONE}


def test_a_file_that_changed_a_moment_ago_is_no_mark(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "coarse_time", lambda: (root.path / OWN).stat().st_ctime_ns)  # within the same tick
    keep(root)
    assert standing(root) == set()


def test_what_changed_between_mark_and_reading_is_not_taken_for_what_was_read(root: Root) -> None:
    read_bytes = Path.read_bytes

    def slow(self: Path) -> bytes:
        content = read_bytes(self)
        if self.name == "a.csv" and self.parent.name == ONE:
            self.write_bytes(b"meanwhile")
        return content

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", slow)
        keep(root)
    assert standing(root) == {TWO}


def test_files_on_another_file_system_are_read_each_time(root: Root) -> None:
    digests = keep(root)
    path = root.path / OWN
    digests.seen[path] = dataclasses.replace(digests.seen[path], device=digests.seen[path].device + 1)
    glance.keep(root, digests, {ONE: 5, TWO: 5})
    assert json.loads((root.private / glance.FILE).read_text("utf-8"))["localities"][ONE]["read"] == {
        OWN: digests.seen[path].digest
    }
    os.utime(path)
    assert standing(root) == {ONE, TWO}
    path.write_text("other", "utf-8")
    assert standing(root) == {TWO}


def test_on_a_network_file_system_nothing_is_taken_on_trust(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root)
    monkeypatch.setattr(glance, "_file_system", lambda path: "nfs4")
    assert standing(root) == set()
    (root.private / glance.FILE).unlink()
    keep(root)
    assert not (root.private / glance.FILE).exists()


def test_a_copy_of_the_folder_is_compared_by_content(root: Root, tmp_path_factory: pytest.TempPathFactory) -> None:
    keep(root)
    copy = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(root.path, copy)
    assert standing(Root(copy)) == set()


def test_another_library_is_told(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root)
    monkeypatch.setattr(versions, "installed", lambda: {"pandas": "0.1"})
    assert standing(root) == set()


@pytest.mark.parametrize("damage", ["", "{", "[]", "[" * 100_000, '{"format": 1}', "moved"])
def test_an_index_that_is_damaged_tells_nothing(root: Root, damage: str) -> None:
    keep(root)
    path = root.private / glance.FILE
    said = json.loads(path.read_text("utf-8"))
    said["localities"] = {ONE: {"notebooks": 5}}
    path.write_text(json.dumps(said) if damage == "moved" else damage, "utf-8")
    assert standing(root) == set()
    keep(root)


def test_a_link_is_never_passed_over(root: Root) -> None:
    (root.outputs / ONE / "link").symlink_to(root.path / OWN)
    time.sleep(0.02)
    keep(root)
    assert standing(root) == {TWO}
