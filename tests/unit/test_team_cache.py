"""A folder of results that a team shares: what is taken from it is what was put there, whoever writes and dies."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from compendium.errors import CompendiumError
from compendium.seen.digests import Digests
from compendium.workflow.cache import VARIABLE, Cache, Damaged, Hit
from tests.acceptance.toy import LOCALITY, VICTIMS
from tests.unit.left_by_a_run import NAME, Left, left


@pytest.fixture
def made(tmp_path: Path) -> Left:
    return left(tmp_path)


def shared(made: Left, folder: Path) -> Cache:
    """The cache in `folder`, with the result of `made`."""
    cache = opened(made, folder)
    cache.put(made.root, made.locality, made.notebook, made.given, made.record())
    return cache


def opened(made: Left, folder: Path) -> Cache:
    cache = Cache.open(folder, made.root)
    assert cache
    return cache


def found(made: Left, cache: Cache) -> Hit | None:
    return cache.find(made.root, made.locality, made.notebook, made.given, Digests())


def colleague(made: Left, folder: Path) -> Left:
    """Another checkout of the same compendium, in which nothing was run."""
    copy = left(folder)
    shutil.rmtree(copy.root.private)
    copy.root.private_room(LOCALITY)
    assert copy.notebook.text == made.notebook.text
    return copy


def fetched(hit: Hit, cache: Cache, made: Left, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    cache.fetch(hit, made.notebook, folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_colleague_gets_the_same_bytes_and_file_times_mean_nothing(made: Left, tmp_path: Path) -> None:
    shared(made, tmp_path / "cache")
    for path in (tmp_path / "cache").rglob("*"):
        os.utime(path, (0, 0))
    other = colleague(made, tmp_path / "other")
    cache = opened(other, tmp_path / "cache")
    hit = found(other, cache)
    assert hit
    got = fetched(hit, cache, other, tmp_path / "got")
    assert got["proposals/victims_by_form.json"] == made.proposal.read_bytes()
    assert set(got) == {"raw.ipynb", "proposals/reads.json", "proposals/victims_by_form.json"}


@pytest.mark.parametrize("file", [VICTIMS, Path("data_dictionaries/victims.yml")])
def test_another_input_is_another_result(made: Left, tmp_path: Path, file: Path) -> None:
    cache = shared(made, tmp_path / "cache")
    assert found(made, cache)
    with (made.root.path / file).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert found(made, cache) is None
    assert cache.words == []


def one_file(cache: Cache, kind: str, holding: str = "") -> Path:
    return next(
        path
        for path in sorted((cache.folder / kind).rglob("*"))
        if path.is_file() and holding in path.read_text("utf-8")
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def forge(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("3", "4"), "utf-8")


@pytest.mark.parametrize("damage", [cut, forge, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_or_forged_result_is_refused_and_mended_by_the_next_run(
    made: Left, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    cache = shared(made, tmp_path / "cache")
    damage(one_file(cache, "files", "exposure"))
    hit = found(made, cache)
    assert hit
    with pytest.raises(Damaged):
        fetched(hit, cache, made, tmp_path / "got")
    shared(made, tmp_path / "cache")
    assert fetched(hit, cache, made, tmp_path / "again")["proposals/victims_by_form.json"] == made.proposal.read_bytes()


@pytest.mark.parametrize("damage", [cut, forge, lambda path: path.write_text("{}", "utf-8")])
def test_a_damaged_or_forged_entry_is_passed_over_with_a_word(
    made: Left, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    cache = shared(made, tmp_path / "cache")
    damage(one_file(cache, "entries"))
    assert found(made, cache) is None
    assert cache.words == [f"the team's cache: an entry for {NAME} is damaged and was passed over"]


@pytest.mark.parametrize("name", ["../../../evil.json", "/etc/evil.json", "a/b.json", "evil.py", ".hidden.json"])
def test_an_entry_cannot_name_a_file_elsewhere(made: Left, tmp_path: Path, name: str) -> None:
    cache = shared(made, tmp_path / "cache")
    path = one_file(cache, "entries")
    said = json.loads(path.read_text("utf-8"))
    said["files"][name] = next(iter(said["files"].values()))
    text = json.dumps(said).encode()
    import hashlib

    path.with_name(f"{hashlib.sha256(text).hexdigest()}.json").write_bytes(text)
    path.unlink()
    assert found(made, cache) is None
    assert cache.words


def put_often(made: Left, folder: Path, times: int) -> None:
    for _ in range(times):
        shared(made, folder)


def test_two_who_write_at_once_both_leave_whole_entries(made: Left, tmp_path: Path) -> None:
    fork = get_context("fork")
    writers = [fork.Process(target=put_often, args=(made, tmp_path / "cache", 15)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    cache = opened(made, tmp_path / "cache")
    hit = found(made, cache)
    assert hit and fetched(hit, cache, made, tmp_path / "got")
    assert cache.words == []
    assert list((cache.folder / "aside").iterdir()) == []


@pytest.mark.parametrize("step", range(1, 5))  # three files of a result and its entry
def test_who_is_killed_while_writing_leaves_nothing_that_is_taken_for_a_result(
    made: Left, tmp_path: Path, step: int
) -> None:
    child = os.fork()
    if child == 0:
        done, replace = 0, Path.replace

        def counted(self: Path, target: Path) -> Path:
            nonlocal done
            if self.parent.name == "aside":
                done += 1
                if done == step:
                    self.write_bytes(self.read_bytes()[:3])
                    os._exit(9)
            return replace(self, target)

        Path.replace = counted  # type: ignore[method-assign, assignment]
        shared(made, tmp_path / "cache")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    made.record()
    cache = opened(made, tmp_path / "cache")
    assert found(made, cache) is None
    assert cache.words == []
    shared(made, tmp_path / "cache")
    assert found(made, cache)


def test_what_it_holds_is_as_private_as_the_folder(made: Left, tmp_path: Path) -> None:
    for mode in (0o700, 0o2770):
        folder = tmp_path / f"cache {mode:o}"
        folder.mkdir()
        folder.chmod(mode)
        shared(made, folder)
        for path in folder.rglob("*"):
            assert not path.stat().st_mode & 0o007, path
            assert bool(path.stat().st_mode & 0o060) == (mode == 0o2770), path


def test_a_folder_that_others_can_look_into_or_that_could_be_committed_is_refused(made: Left, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(CompendiumError, match="Others on this machine"):
        Cache.open(tmp_path / "open", made.root)
    for place in ("cache", "outputs/cache", "localities/cache"):
        with pytest.raises(CompendiumError, match="inside the checkout"):
            Cache.open(made.root.path / place, made.root)
    assert Cache.open(made.root.private / "cache", made.root)


def test_without_a_folder_there_is_none_and_the_environment_may_name_it(
    made: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Cache.open(None, made.root) is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    cache = Cache.open(None, made.root)
    assert cache and cache.folder.name == "named"


def test_results_on_real_records_are_shared_only_where_the_locality_says_so(tmp_path: Path) -> None:
    silent, open_ = left(tmp_path / "a", real=True), left(tmp_path / "b", runs="{share_real: true}", real=True)
    cache = shared(silent, tmp_path / "cache")
    assert not (cache.folder / "files").exists()
    assert "not shared" in cache.words[0]
    shared(open_, tmp_path / "cache")
    assert found(open_, opened(open_, tmp_path / "cache"))
    assert found(silent, opened(silent, tmp_path / "cache")) is None


def test_a_cache_that_cannot_be_written_stops_no_run(made: Left, tmp_path: Path) -> None:
    cache = opened(made, tmp_path / "cache")
    (cache.folder / "files").write_text("in the way", "utf-8")
    cache.put(made.root, made.locality, made.notebook, made.given, made.record())
    assert "can't be written" in cache.words[0]


def test_an_entry_that_nests_without_end_is_passed_over(made: Left, tmp_path: Path) -> None:
    cache = shared(made, tmp_path / "cache")
    entry, text = one_file(cache, "entries"), "[" * 100_000
    entry.rename(entry.with_name(f"{hashlib.sha256(text.encode()).hexdigest()}.json")).write_text(text, "utf-8")
    assert found(made, cache) is None
    assert cache.words


def entry_forged(cache: Cache, change: Callable[[dict[str, Any]], object]) -> None:
    """Another entry in place of the one that is there, with its own right hash."""
    path = one_file(cache, "entries")
    said = json.loads(path.read_text("utf-8"))
    change(said)
    text = json.dumps(said).encode()
    path.unlink()
    path.with_name(f"{hashlib.sha256(text).hexdigest()}.json").write_bytes(text)


def result_forged(cache: Cache, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Another result, and an entry that names it by its right hash: nothing but its content tells."""

    def renamed(said: dict[str, Any]) -> None:
        old = said["files"][name]
        result = json.loads((cache.folder / "files" / old[:2] / old).read_bytes())
        change(result)
        data = json.dumps(result).encode()
        said["files"][name] = digest = hashlib.sha256(data).hexdigest()
        place = cache.folder / "files" / digest[:2] / digest
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)

    entry_forged(cache, renamed)


FORGED: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "a name that leads out": ("victims_by_form.json", lambda said: said.update(name="../../../../evil")),
    "another notebook": ("victims_by_form.json", lambda said: said.update(notebook="../x")),
    "rows of another width": ("victims_by_form.json", lambda said: said.update(rows=[["exposure"]])),
    "a count that no machine holds": ("victims_by_form.json", lambda said: said["rows"][0].__setitem__(-1, 10**30)),
    "no origin": ("victims_by_form.json", lambda said: said.pop("origin")),
    "a title that is a number": ("victims_by_form.json", lambda said: said.update(title=5)),
    "a note without files": ("reads.json", lambda said: said.pop("files")),
    "prose that nobody wrote": (
        f"{NAME}.ipynb",
        lambda said: said["cells"].append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": "<script>"}),
    ),
    "another title of the notebook": (f"{NAME}.ipynb", lambda said: said["metadata"]["compendium"].update(title="x")),
    "no cells": (f"{NAME}.ipynb", lambda said: said.pop("cells")),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_result_that_no_run_of_this_notebook_leaves_is_not_taken_whatever_its_hashes_say(
    what: str, made: Left, tmp_path: Path
) -> None:
    cache = shared(made, tmp_path / "cache")
    result_forged(cache, *FORGED[what])
    hit = found(made, cache)
    assert hit
    with pytest.raises(Damaged):
        fetched(hit, cache, made, tmp_path / "got")


@pytest.mark.parametrize("kind", ["inputs", "modules"])
@pytest.mark.parametrize("name", ["/dev/zero", "../../../../../../../../../../dev/zero", "a\0b", "pipe", "x" * 5_000])
def test_an_entry_that_names_what_must_not_be_read_is_passed_over_at_once(
    name: str, kind: str, made: Left, tmp_path: Path
) -> None:
    cache = shared(made, tmp_path / "cache")
    os.mkfifo(made.root.path / "pipe")
    entry_forged(cache, lambda said: said[kind].update({name: "0" * 64}))
    assert found(made, cache) is None


@pytest.mark.parametrize(
    "change",
    [{"inputs": [[1, "x"]]}, {"asked": [[]]}, {"keyed": [{}]}, {"settings": None}, {"files": []}, {"format": 2}],
    ids=str,
)
def test_an_entry_of_another_shape_is_passed_over(change: dict[str, Any], made: Left, tmp_path: Path) -> None:
    cache = shared(made, tmp_path / "cache")
    entry_forged(cache, lambda said: said.update(change))
    assert found(made, cache) is None


def test_a_pipe_among_the_entries_is_not_waited_for(made: Left, tmp_path: Path) -> None:
    cache = shared(made, tmp_path / "cache")
    path = one_file(cache, "entries")
    path.unlink()
    os.mkfifo(path)
    assert found(made, cache) is None
