"""A team keeps its localities in a repository of its own: the rest is laid out, and a newer version loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compendium.beginning import Wanted
from compendium.cli import (
    commands,  # noqa: F401 (importing them registers them)
)
from compendium.cli.application import app
from compendium.errors import Busy, CompendiumError, InputRefused
from compendium.paths import Root, contents
from compendium.release.lock import locked
from compendium.repository import begun, journal, laid_out, laying, record, shipped, skeleton, starting, updating
from compendium.repository.places import BEGUN, ORIGINALS, PENDING

FIRST = {
    "_quarto.yml": "project: {type: website}\ntitle: Ours and yours\nlang: en\n",
    "styles.css": "a {}\nb {}\nc {}\nd {}\ne {}\n",
    "data_dictionaries/cases.yml": "name: cases\ntitle: Cases\nunit: case\n",
    "evidence/studies.csv": "id,year\na,2020\nb,2021\nc,2022\n",
    "report/about.qmd": "One\n\nTwo\n\nThree\n",
    "report/gone.qmd": "No longer needed\n",
}
SECOND = {
    **{name: text for name, text in FIRST.items() if name != "report/gone.qmd"},
    "styles.css": "a {}\nb {}\nc {}\nd {}\ne { color: red }\n",
    "report/about.qmd": "One\n\nTwo\n\nThree, and more\n",
    "report/added.qmd": "New here\n",
}
Version = Callable[[str, Mapping[str, str]], None]


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Version]:
    """Install a version of the package that brings these parts."""

    def install(number: str, files: Mapping[str, str]) -> None:
        home = tmp_path / "installed" / number
        for name, text in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text, encoding="utf-8", newline="")
        monkeypatch.setattr(shipped, "home", lambda: home)
        monkeypatch.setattr(record, "__version__", number)
        for cached in (shipped.parts, shipped.hashes, shipped.digest):
            cached.cache_clear()

    yield install
    for cached in (shipped.parts, shipped.hashes, shipped.digest):
        cached.cache_clear()


@pytest.fixture
def root(tmp_path: Path, version: Version) -> Path:
    """A repository that rests on the first version, laid out."""
    version("1.0", FIRST)
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "localities").mkdir()
    for name, data in skeleton.files().items():
        (folder / name).write_bytes(data)
    (folder / "compendium.yml").write_text(record.text_of(record.installed()), encoding="utf-8")
    for name, data in begun.record(folder, {begun.REPOSITORY: begun.Beginning(None, skeleton.files())}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    lay(folder)
    return folder


def lay(root: Path) -> list[str]:
    said = list[str]()
    laying.prepare(root, said.append)
    return said


def states(root: Path) -> dict[str, str]:
    return {change.path: change.state for change in updating.plan(root).changes if change.state != "unchanged"}


def update(root: Path) -> dict[str, str]:
    planned = updating.plan(root)
    updating.carry_out(root, planned)
    lay(root)
    return {change.path: change.state for change in planned.changes if change.state != "unchanged"}


def run(root: Path, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(app, [*arguments, "--root", str(root)], standalone_mode=True)
    return ran.exit_code, ran.output + str(ran.exception or "")


def text(root: Path, name: str) -> str:
    return (root / name).read_bytes().decode("utf-8")


def seen_by_git(root: Path) -> set[str]:
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    shown = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain", "-uall"], capture_output=True, text=True, check=True
    )
    return {line[3:] for line in shown.stdout.splitlines()}


# laid out


def test_the_parts_stand_where_they_stand_in_the_project(root: Path) -> None:
    assert {name: text(root, name) for name in FIRST} == FIRST
    assert lay(root) == []


def test_git_sees_none_of_them(root: Path) -> None:
    assert seen_by_git(root) == {
        "compendium.yml", ".gitignore", ".pre-commit-config.yaml", "README.md", BEGUN,
        *(f"{ORIGINALS}/{name}" for name in (".gitignore", ".pre-commit-config.yaml", "README.md")),
    }  # fmt: skip


def test_a_part_that_is_missing_comes_back(root: Path) -> None:
    (root / "report" / "about.qmd").unlink()
    assert lay(root) == [f"laid out 1 shared parts of {record.installed()}"]
    assert text(root, "report/about.qmd") == FIRST["report/about.qmd"]


def test_what_a_team_changed_is_never_written_over_and_is_shown_by_git_with_what_it_was(root: Path) -> None:
    before = seen_by_git(root)
    (root / "styles.css").write_text("ours {}\n")
    (root / "report" / "about.qmd").write_text("Ours\n")
    (root / "report" / "our_page.qmd").write_text("A page of ours\n")
    lay(root)
    assert text(root, "styles.css") == "ours {}\n"
    own = {"styles.css", "report/about.qmd", "report/our_page.qmd"}
    assert seen_by_git(root) - before == own | {f"{ORIGINALS}/styles.css", f"{ORIGINALS}/report/about.qmd"}
    assert text(root, f"{ORIGINALS}/styles.css") == FIRST["styles.css"]


def test_a_change_taken_back_is_forgotten(root: Path) -> None:
    before = seen_by_git(root)
    (root / "styles.css").write_text("ours {}\n")
    lay(root)
    (root / "styles.css").write_text(FIRST["styles.css"])
    lay(root)
    assert seen_by_git(root) == before


def test_lines_of_a_team_in_its_gitignore_stay(root: Path) -> None:
    (root / ".gitignore").write_text("secret/\n" + text(root, ".gitignore") + "drafts/\n")
    (root / "styles.css").write_text("ours {}\n")
    lay(root)
    lines = text(root, ".gitignore").splitlines()
    assert (lines[0], lines[-1]) == ("secret/", "drafts/")
    assert "/_quarto.yml" in lines
    assert "/styles.css" not in lines


def test_nothing_is_laid_out_through_a_link(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (root / "report").rename(elsewhere)
    for path in elsewhere.iterdir():
        path.unlink()
    (root / "report").symlink_to(elsewhere)
    with pytest.raises(CompendiumError, match="report is a link"):
        lay(root)
    assert list(elsewhere.iterdir()) == []


def test_a_folder_where_a_file_belongs_is_said(root: Path) -> None:
    (root / "styles.css").unlink()
    (root / "styles.css").mkdir()
    with pytest.raises(CompendiumError, match="a file is expected here"):
        lay(root)


def test_another_version_than_the_recorded_one_is_refused_with_both_named(root: Path, version: Version) -> None:
    version("2.0", SECOND)
    code, said = run(root, "check")
    assert code == 1
    assert "rest on 1.0 (" in said
    assert "and 2.0 (" in said
    assert "compendium update" in said


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "parts: x\n",
        'compendium: "1.0"\nparts: "../../etc"\n',
        "compendium: [1]\nparts: {}\n",
        f'compendium: "the newest"\nparts: "{"a" * 64}"\n',
        f'compendium: "1.{"0" * 50}"\nparts: "{"a" * 64}"\n',
        "- a\n",
        "a: &a [*a]\n",
    ],
)
def test_a_broken_record_is_refused(root: Path, broken: str) -> None:
    (root / "compendium.yml").write_text(broken)
    with pytest.raises(InputRefused):
        record.read(root)


# a newer version


def test_what_nobody_changed_is_renewed_what_is_new_comes_what_is_gone_goes(root: Path, version: Version) -> None:
    version("2.0", SECOND)
    assert update(root) == {
        "styles.css": "renewed",
        "report/about.qmd": "renewed",
        "report/added.qmd": "added",
        "report/gone.qmd": "removed",
    }
    assert {name: text(root, name) for name in SECOND} == SECOND
    assert not (root / "report/gone.qmd").exists()
    assert record.read(root) == record.installed()
    assert lay(root) == []


def test_after_it_all_is_as_if_the_new_version_had_been_laid_out_at_once(root: Path, version: Version) -> None:
    version("2.0", SECOND)
    update(root)
    updated = contents(root)
    for name in (*FIRST, *SECOND, "report/.gitignore"):
        (root / name).unlink(missing_ok=True)
    lay(root)
    assert contents(root) == updated


def test_a_folder_of_which_nothing_is_left_goes_too(root: Path, version: Version) -> None:
    version("2.0", {name: text for name, text in SECOND.items() if not name.startswith("evidence/")})
    update(root)
    assert not (root / "evidence").exists()


def test_a_file_where_the_new_version_has_a_folder_is_said_before_anything_is_written(
    root: Path, version: Version
) -> None:
    (root / "report" / "deep").write_text("ours\n")
    version("2.0", {**SECOND, "report/deep/page.qmd": "New\n"})
    before = contents(root)
    with pytest.raises(CompendiumError, match="report/deep is a file"):
        updating.plan(root)
    assert contents(root) == before


def test_changes_in_different_places_are_brought_together(root: Path, version: Version) -> None:
    (root / "styles.css").write_text("a { ours }\nb {}\nc {}\nd {}\ne {}\n")
    version("2.0", SECOND)
    assert update(root)["styles.css"] == "merged"
    assert text(root, "styles.css") == "a { ours }\nb {}\nc {}\nd {}\ne { color: red }\n"
    assert text(root, f"{ORIGINALS}/styles.css") == SECOND["styles.css"]  # the next update compares with this


def test_changes_in_the_same_place_leave_the_file_alone_and_lie_beside_it(root: Path, version: Version) -> None:
    ours = "a {}\nb {}\nc {}\nd {}\ne { color: blue }\n"
    (root / "styles.css").write_text(ours)
    version("2.0", SECOND)
    code, said = run(root, "update")
    assert code == 1
    assert "conflict  styles.css (changed here and there, in the same place): styles.css.new" in said
    assert text(root, "styles.css") == ours
    assert text(root, "styles.css.new") == (
        "a {}\nb {}\nc {}\nd {}\n<<<<<<< yours\ne { color: blue }\n||||||| ocsv-compendium 1.0\ne {}\n"
        "=======\ne { color: red }\n>>>>>>> ocsv-compendium 2.0\n"
    )
    assert record.read(root).version == "2.0"
    assert any("styles.css.new waits" in line for line in lay(root))
    with pytest.raises(CompendiumError, match="It waits since the last update"):
        updating.plan(root)
    (root / "styles.css.new").unlink()
    assert states(root) == {"styles.css": "yours"}


def test_what_only_the_team_changed_stays_as_it_is(root: Path, version: Version) -> None:
    (root / "data_dictionaries" / "cases.yml").write_text("name: cases\ntitle: Fälle\nunit: case\n")
    (root / "report" / "gone.qmd").write_text("We need this\n")
    version("2.0", SECOND)
    found = update(root)
    assert (found["data_dictionaries/cases.yml"], found["report/gone.qmd"]) == ("yours", "yours")
    assert "Fälle" in text(root, "data_dictionaries/cases.yml")
    assert text(root, "report/gone.qmd") == "We need this\n"


def test_a_new_part_where_the_team_has_a_file_of_its_own_lies_beside_it(root: Path, version: Version) -> None:
    (root / "report" / "added.qmd").write_text("Our own page\n")
    version("2.0", SECOND)
    assert update(root)["report/added.qmd"] == "conflict"
    assert text(root, "report/added.qmd") == "Our own page\n"
    assert text(root, "report/added.qmd.new") == "New here\n"


def test_lines_that_fit_but_make_no_table_any_more_are_a_conflict(root: Path, version: Version) -> None:
    (root / "evidence/studies.csv").write_text("id,year\na,2020\nb,2021\nc,2022\nd,2023\n")
    version("2.0", {**FIRST, "evidence/studies.csv": "id,year,where\na,2020,x\nb,2021,x\nc,2022,x\n"})
    assert update(root)["evidence/studies.csv"] == "conflict"
    assert text(root, "evidence/studies.csv").endswith("d,2023\n")


def test_a_key_that_would_stand_twice_is_a_conflict(root: Path, version: Version) -> None:
    name = "data_dictionaries/cases.yml"
    (root / name).write_text("floor: 10\n" + FIRST[name])
    version("2.0", {**FIRST, name: FIRST[name] + "floor: 20\n"})
    assert update(root)[name] == "conflict"


def test_a_file_with_the_line_ends_of_windows_keeps_them(root: Path, version: Version) -> None:
    (root / "styles.css").write_bytes(b"a { ours }\r\nb {}\r\nc {}\r\nd {}\r\ne {}\r\n")
    version("2.0", SECOND)
    assert update(root)["styles.css"] == "merged"
    assert (root / "styles.css").read_bytes() == b"a { ours }\r\nb {}\r\nc {}\r\nd {}\r\ne { color: red }\r\n"


def test_a_dry_run_says_the_same_and_writes_nothing(root: Path, version: Version) -> None:
    (root / "styles.css").write_text("a { ours }\nb {}\nc {}\nd {}\ne {}\n")
    lay(root)
    version("2.0", SECOND)
    before = contents(root)
    code, said = run(root, "update", "--dry-run", "--json")
    assert (code, contents(root)) == (0, before)
    told = json.loads(said)
    assert (told["from"]["version"], told["to"]["version"], told["dry_run"]) == ("1.0", "2.0", True)
    assert {"path": "styles.css", "state": "merged", "aside": ""} in told["files"]
    assert json.loads(run(root, "update", "--json")[1])["files"] == told["files"]


def test_a_clone_without_what_was_laid_out_is_brought_over_as_well(
    root: Path, version: Version, tmp_path: Path
) -> None:
    (root / "styles.css").write_text("a { ours }\nb {}\nc {}\nd {}\ne {}\n")
    lay(root)
    seen = seen_by_git(root)
    clone = tmp_path / "clone"
    for name in seen:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes((root / name).read_bytes())
    version("2.0", SECOND)
    assert update(clone)["styles.css"] == "merged"
    assert text(clone, "styles.css").startswith("a { ours }")
    assert text(clone, "report/added.qmd") == "New here\n"


def test_where_nobody_can_tell_any_more_what_was_laid_out_nothing_is_lost(root: Path, version: Version) -> None:
    laid_out.file(root, record.read(root).parts).unlink()
    version("2.0", SECOND)
    found = update(root)
    assert found["styles.css"] == "conflict"
    assert text(root, "styles.css") == FIRST["styles.css"]
    assert text(root, "styles.css.new") == SECOND["styles.css"]


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 no zip", b"\0" * 1000])
def test_a_damaged_memory_of_what_was_laid_out_is_none(root: Path, broken: bytes) -> None:
    digest = record.read(root).parts
    laid_out.file(root, digest).write_bytes(broken)
    assert laid_out.read(root, digest) is None


@pytest.mark.parametrize(("recorded", "installed"), [("2.0", "1.0"), ("1.10", "1.9"), ("1.0", "1.0rc1")])
def test_an_older_version_than_the_recorded_one_is_refused(
    recorded: str, installed: str, root: Path, version: Version
) -> None:
    version(recorded, SECOND)
    update(root)
    version(installed, FIRST)
    with pytest.raises(CompendiumError, match="which is newer than"):
        updating.plan(root)


@pytest.mark.parametrize(("recorded", "installed"), [("2.0rc1", "2.0"), ("2.0.dev3", "2.0a1"), ("2.0", "2.0.0")])
def test_a_version_that_follows_a_trial_of_it_is_brought(
    recorded: str, installed: str, root: Path, version: Version
) -> None:
    version(recorded, SECOND)
    update(root)
    version(installed, FIRST)
    assert updating.plan(root).new.version == installed


def test_there_is_nothing_to_bring_twice(root: Path, version: Version) -> None:
    version("2.0", SECOND)
    update(root)
    code, said = run(root, "update")
    assert (code, said) == (0, "2.0 is what this repository rests on: there is nothing to bring.\n")


def test_a_checkout_of_the_project_is_not_updated_like_this(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text("")
    (tmp_path / "data_dictionaries").mkdir()
    code, said = run(tmp_path, "update")
    assert code == 1
    assert "come by git" in said


# killed


def test_an_update_killed_before_any_of_its_writes_is_finished_by_the_next_command(
    root: Path, version: Version, tmp_path: Path
) -> None:
    """At each write of the update in turn: what is there afterwards is what an undisturbed update leaves."""
    (root / "styles.css").write_text("a { ours }\nb {}\nc {}\nd {}\ne {}\n")
    lay(root)
    version("2.0", SECOND)
    planned = updating.plan(root)
    wanted, moments = None, 0
    while True:
        copy = tmp_path / f"killed-{moments}"
        subprocess.run(["cp", "-a", str(root), str(copy)], check=True)
        child = os.fork()
        if child == 0:
            kill_before_rename(moments)
            updating.carry_out(copy, planned)
            os._exit(0)
        killed = os.waitpid(child, 0)[1] != 0
        begun_writing = (copy / PENDING).exists() or record.read(copy).version == "2.0"
        if begun_writing:
            lay(copy)
            wanted = wanted or contents(copy)
            assert contents(copy) == wanted, moments
            assert text(copy, "styles.css") == "a { ours }\nb {}\nc {}\nd {}\ne { color: red }\n"
        else:
            assert contents(copy / "report") == contents(root / "report")
            assert record.read(copy).version == "1.0"
        if not killed:
            assert moments > len(SECOND)
            return
        moments += 1


def kill_before_rename(number: int) -> None:
    left = [number]

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("os.rename", "os.remove", "compendium.exchange"):
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

    sys.addaudithook(heard)


def test_what_somebody_writes_while_an_update_goes_on_stays(root: Path, version: Version) -> None:
    version("2.0", SECOND)
    planned = updating.plan(root)
    journal.write(root, {change.path: change.content for change in planned.changes if change.content})
    (root / "styles.css").write_text("quick {}\n")
    assert journal.finish(root) == ["styles.css was changed meanwhile and stays as it is"]
    assert text(root, "styles.css") == "quick {}\n"
    assert text(root, "styles.css.new") == SECOND["styles.css"]


@pytest.mark.parametrize(
    "path",
    [
        *("../out", "/tmp/out", "a/../../out", "a\\..\\b", "a\x1b[2J", "", "a//b"),
        *(".git/hooks/pre-commit", ".GIT/config", "a/.Git/config", ".git./config", ".git /config", "GIT~1/config"),
        *(".private/leeds/seed", ".PRIVATE/leeds/seed", "é" * 200, "a/" * 600 + "a"),
    ],
)
def test_a_plan_of_another_s_making_writes_nothing_outside(root: Path, path: str) -> None:
    (root / PENDING).mkdir()
    data = b"echo hello\n"
    (root / PENDING / shipped.sha256(data)).write_bytes(data)
    plan = [{"path": path, "from": None, "to": shipped.sha256(data)}]
    (root / PENDING / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(CompendiumError, match="leads out of the repository"):
        lay(root)
    assert not (root.parent / "out").exists()


DAMAGED = [
    *("", "[1]", "{}x", "5", "[" * 100_000, '[{"path": 1}]', '[{"path": "a", "from": null, "to": "b"}]'),
    *('[{"path": "a", "from": null, "to": {}}]', '[{"path": "a", "from": [], "to": null}]'),
]


@pytest.mark.parametrize("plan", DAMAGED, ids=[plan[:40] for plan in DAMAGED])
def test_a_damaged_plan_is_said(root: Path, plan: str) -> None:
    (root / PENDING).mkdir()
    (root / PENDING / "plan.json").write_text(plan)
    with pytest.raises(CompendiumError, match="damaged"):
        lay(root)


# notebooks


def notebook(*cells: str, **more: object) -> str:
    made = [
        {"cell_type": "code", "execution_count": None, "id": f"id{at}", "metadata": {}, "outputs": [], "source": [cell]}
        for at, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": more, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def sources(made: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(made)["cells"]]


BOOK = "notebooks/01_a.ipynb"


def test_a_notebook_is_brought_together_by_its_cells(root: Path, version: Version) -> None:
    version("1.0", {**FIRST, BOOK: notebook("a", "b", "c", "d")})
    (root / "compendium.yml").write_text(record.text_of(record.installed()))
    lay(root)
    (root / BOOK).write_text(notebook("a", "ours", "b", "c", "d"))
    version("2.0", {**SECOND, BOOK: notebook("a", "b", "c", "d", "theirs")})
    assert update(root)[BOOK] == "merged"
    assert sources(text(root, BOOK)) == ["a", "ours", "b", "c", "d", "theirs"]
    ids = [cell["id"] for cell in json.loads(text(root, BOOK))["cells"]]
    assert len(ids) == len(set(ids))


def test_what_a_run_left_in_a_notebook_is_no_change_of_a_cell(root: Path, version: Version) -> None:
    version("1.0", {**FIRST, BOOK: notebook("a", "b")})
    (root / "compendium.yml").write_text(record.text_of(record.installed()))
    lay(root)
    ran = json.loads(text(root, BOOK))
    for cell in ran["cells"]:
        cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["secret"]}]}
    (root / BOOK).write_text(json.dumps(ran))
    version("2.0", {**SECOND, BOOK: notebook("a", "new")})
    assert update(root)[BOOK] == "merged"
    assert sources(text(root, BOOK)) == ["a", "new"]
    assert "secret" not in text(root, BOOK)


def test_a_notebook_saved_with_what_its_cells_showed_is_named_before_it_is_committed(root: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "source": [], "outputs": [{"output_type": "stream", "text": ["13 girls"]}]}
    (root / "notebooks").mkdir()
    (root / "notebooks" / "07_ours.ipynb").write_text(json.dumps({"cells": [cell]}))
    (line,) = lay(root)
    assert line.startswith("notebooks/07_ours.ipynb holds what its cells showed")
    assert "13" not in line
    (root / "notebooks" / "07_ours.ipynb").write_text(notebook("a"))
    assert lay(root) == []


def test_a_cell_that_both_changed_is_marked_in_a_notebook_that_still_opens(root: Path, version: Version) -> None:
    version("1.0", {**FIRST, BOOK: notebook("a", "b")})
    (root / "compendium.yml").write_text(record.text_of(record.installed()))
    lay(root)
    (root / BOOK).write_text(notebook("a", "ours"))
    version("2.0", {**SECOND, BOOK: notebook("a", "theirs")})
    assert update(root)[BOOK] == "conflict"
    assert sources(text(root, BOOK)) == ["a", "ours"]
    marked = sources(text(root, f"{BOOK}.new"))
    assert marked[0] == "a"
    assert "<<<<<<< yours\nours\n" in marked[1]
    assert "=======\ntheirs\n" in marked[1]


# localities


def first_files(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str]) -> None:
    """What a locality begins with, without making workbooks and a twin."""

    def fill(folder: Path, root: object, wanted: Wanted) -> None:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text.replace("{name}", wanted.title), encoding="utf-8")

    monkeypatch.setattr(begun, "fill", fill)


LEEDS = {
    "locality.yml": "id: leeds\nname: {name}\n\nlimits: {seconds: 300}\n\n# sources:\n",
    "README.md": "# {name}\n",
    "templates/cases.xlsx": "a workbook",
    "data/synthetic/cases.synthetic.csv": "id\n1\n",
}


@pytest.fixture
def leeds(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a locality that began with the first version."""
    folder = root / "localities" / "leeds"
    wanted = Wanted("leeds", "Leeds, West Yorkshire")
    first_files(monkeypatch, LEEDS)
    begun.fill(folder, None, wanted)  # type: ignore[attr-defined]
    begun.remember(root, "leeds", wanted)
    return folder


def test_a_locality_s_settings_get_what_is_new_beside_what_the_team_wrote(
    leeds: Path, root: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    (leeds / "locality.yml").write_text(text(leeds, "locality.yml").replace("# sources:", "sources: {a: b}"))
    first_files(monkeypatch, {**LEEDS, "locality.yml": "# A new line of help.\n" + LEEDS["locality.yml"]})
    version("2.0", SECOND)
    assert update(root)["localities/leeds/locality.yml"] == "merged"
    merged = text(leeds, "locality.yml")
    assert merged.startswith("# A new line of help.\n")
    assert "name: Leeds, West Yorkshire" in merged
    assert merged.endswith("sources: {a: b}\n")


def test_templates_that_nobody_filled_in_are_renewed_and_others_stay(
    leeds: Path, root: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = {**LEEDS, "templates/cases.xlsx": "a better workbook", "templates/new.xlsx": "one more"}
    first_files(monkeypatch, newer)
    version("2.0", SECOND)
    found = update(root)
    assert (found["localities/leeds/templates/cases.xlsx"], found["localities/leeds/templates/new.xlsx"]) == (
        "renewed",
        "added",
    )
    (leeds / "templates" / "cases.xlsx").write_text("filled in")
    first_files(monkeypatch, {**newer, "templates/cases.xlsx": "the best"})
    version("3.0", SECOND)
    assert update(root)["localities/leeds/templates/cases.xlsx"] == "conflict"
    assert text(leeds, "templates/cases.xlsx") == "filled in"
    assert text(leeds, "templates/cases.xlsx.new") == "the best"


def test_what_a_team_took_away_from_its_locality_stays_away(
    leeds: Path, root: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    (leeds / "templates" / "cases.xlsx").unlink()
    (leeds / "templates").rmdir()
    (leeds / "README.md").unlink()
    first_files(monkeypatch, {**LEEDS, "templates/cases.xlsx": "newer", "templates/new.xlsx": "one more"})
    version("2.0", SECOND)
    update(root)
    assert not (leeds / "templates").exists()
    assert not (leeds / "README.md").exists()


def test_invented_records_that_were_made_again_are_the_team_s(
    leeds: Path, root: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "data/synthetic/cases.synthetic.csv"
    (leeds / name).write_text("id\n2\n")
    first_files(monkeypatch, {**LEEDS, name: "id\n3\n"})
    version("2.0", SECOND)
    assert update(root)[f"localities/leeds/{name}"] == "yours"
    assert text(leeds, name) == "id\n2\n"


def test_a_locality_that_could_not_begin_today_is_named_and_the_rest_is_brought(
    leeds: Path, root: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, root: object, wanted: Wanted) -> None:
        raise CompendiumError("no police force area is E23.")

    monkeypatch.setattr(begun, "fill", refuse)
    version("2.0", SECOND)
    code, said = run(root, "update")
    assert code == 1
    assert "leeds: no police force area is E23." in said
    assert text(root, "styles.css") == SECOND["styles.css"]


@pytest.mark.parametrize("broken", ["[]", '{"leeds": 1}', "{", '{"leeds": {"wanted": {}, "files": {"a": 1}}}'])
def test_a_damaged_memory_of_beginnings_is_said(root: Path, broken: str) -> None:
    (root / BEGUN).write_text(broken)
    with pytest.raises(CompendiumError, match=f"{BEGUN} is damaged"):
        updating.plan(root)


@pytest.mark.parametrize("period", [[], ["2022-05"], ["2022-05", 1], "2022-05", None])
def test_an_answer_that_cannot_be_one_has_its_default(period: object, root: Root) -> None:
    (root / "localities" / "leeds").mkdir(parents=True)
    (root / BEGUN).write_text(json.dumps({"leeds": {"wanted": {"period": period}, "files": {}}}))
    assert begun.localities(root)["leeds"].period == Wanted.period


# a new repository


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(root: object, wanted: Wanted) -> Path:
        folder = root.localities / wanted.id  # type: ignore[attr-defined]
        first_files(monkeypatch, LEEDS)
        begun.fill(folder, root, wanted)  # type: ignore[attr-defined]
        return folder

    monkeypatch.setattr(starting, "begin", begin)


@pytest.mark.parametrize("before", ["nothing", "empty", "git"])
def test_a_repository_is_made_where_nothing_is_in_the_way(
    tmp_path: Path, version: Version, quick: None, before: str
) -> None:
    version("1.0", FIRST)
    folder = tmp_path / "own"
    if before != "nothing":
        folder.mkdir()
    if before == "git":
        (folder / ".git").mkdir()
    starting.start(folder, Wanted("leeds"), lambda line: None)
    assert text(folder, "localities/leeds/README.md") == "# Leeds\n"
    assert record.read(folder) == record.installed()
    assert lay(folder) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_second_locality_is_remembered_as_well(
    root: Path, version: Version, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting.add(Root(root), Wanted("leeds"))
    starting.add(Root(root), Wanted("york"))
    first_files(monkeypatch, {**LEEDS, "README.md": "# {name}, anew\n"})
    version("2.0", SECOND)
    update(root)
    assert text(root, "localities/york/README.md") == "# York, anew\n"
    assert text(root, "localities/leeds/README.md") == "# Leeds, anew\n"


def test_an_update_waits_for_nobody_but_says_who_is_at_work(leeds: Path, root: Path, version: Version) -> None:
    version("2.0", SECOND)
    planned = updating.plan(root)
    with locked(Root(root).private_room("leeds")), pytest.raises(Busy, match="at work on leeds"):
        updating.carry_out(root, planned)
    assert record.read(root).version == "1.0"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, version: Version, quick: None) -> None:
    version("1.0", FIRST)
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "thesis.docx").write_text("")
    with pytest.raises(CompendiumError, match="holds something already"):
        starting.start(folder, Wanted("leeds"), lambda line: None)
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]


def test_an_id_that_can_t_be_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="can't be an id"):
        starting.start(tmp_path / "own", Wanted("Leeds!"), lambda line: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [f"{PENDING}/{journal.PLAN}", BEGUN])
def test_a_pipe_where_a_memory_should_lie_is_said_and_not_waited_for(name: str, root: Path) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(CompendiumError, match="a file is expected here"):
        journal.finish(root)
        updating.plan(root)
